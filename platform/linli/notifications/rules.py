"""When a message is tried again, and how long it is kept."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    mail = "mail"
    sms = "sms"


# RFC 5321, 4.5.4.1: waits grow, and giving up takes days, because servers are down at night.
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 360))
GIVE_UP_AFTER: Final = timedelta(days=2)
# Long enough to answer "was I told?", short enough that addresses and texts do not pile up.
DELIVERED_KEPT: Final = timedelta(days=7)
# A message that carried a code says the code: it goes as soon as the code is of no use.
CODES_KEPT: Final = timedelta(hours=1)
CODE_EVENTS: Final = ".code"
GIVEN_UP_KEPT: Final = timedelta(days=30)
NOTICES_KEPT: Final = timedelta(days=365)


def next_try_at(*, attempts: int, now: datetime, give_up_at: datetime) -> datetime | None:
    """When to try again after a failure.

    Parameters
    ----------
    attempts : int
        How often it was tried, 1 or more.
    now : datetime
        Aware.
    give_up_at : datetime
        After this moment the message is of no use.

    Returns
    -------
    datetime or None
        None when that would be after `give_up_at`.

    Examples
    --------
    >>> from datetime import UTC
    >>> monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    >>> f"{next_try_at(attempts=3, now=monday, give_up_at=monday + GIVE_UP_AFTER):%H:%M}"
    '08:05'
    >>> next_try_at(attempts=3, now=monday, give_up_at=monday + timedelta(minutes=4)) is None
    True
    """
    at = now + WAITS[min(attempts, len(WAITS)) - 1]
    return at if at <= give_up_at else None
