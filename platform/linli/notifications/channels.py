"""The ways out of the house: what goes out, and what every channel does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Letter:
    """A message in words, ready to leave. A text message is sent without subject and html."""

    id: UUID
    address: str
    language: str
    written_at: datetime
    text: str
    subject: str
    html: str


class Carrier(Protocol):
    """Hands a letter to the outside: returns when that has taken it over, or raises one of the errors below.

    The letter's id stays the same when it is tried again, so that the outside can notice a second copy.
    """

    async def hand_over(self, letter: Letter) -> None: ...


class NotHandedOver(Exception):
    """The text says why, without the address: it is kept beside the message."""


class Undeliverable(NotHandedOver):
    """This letter will never arrive: no use in trying again."""


class TryLater(NotHandedOver):
    """This letter was not taken now; others may be."""


class Unreachable(NotHandedOver):
    """The channel itself is down: no use in trying others now."""


class DevelopmentMailbox:
    """Without a provider nothing leaves: the page /dev/mailbox shows what lies in the outbox."""

    async def hand_over(self, letter: Letter) -> None:
        """It already lies where it will be read."""
