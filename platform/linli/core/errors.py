"""The kinds of refusal. Each carries a sentence for the person; statuses live in core/web/errors."""

from collections.abc import Mapping

from linli.core.i18n import Message


class Refusal(Exception):
    def __init__(self, sentence: Message) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


class NotFound(Refusal):
    """It does not exist, or this person may not know that it does."""

    def __init__(self, sentence: Message | None = None) -> None:
        super().__init__(sentence or Message("This page does not exist, or it is not yours to see."))


class NotSignedIn(Refusal):
    def __init__(self) -> None:
        super().__init__(Message("Please sign in first."))


class NotPermitted(Refusal):
    """They know it exists, and may not do this."""

    def __init__(self, sentence: Message | None = None) -> None:
        super().__init__(
            sentence or Message("You may not do this. Ask the person who manages your organization.")
        )


class Conflict(Refusal):
    """The rules or another person's change stand in the way."""


class TooMany(Refusal):
    """Tried too often; may be tried again after so many seconds."""

    def __init__(self, sentence: Message, *, retry_after_seconds: int) -> None:
        super().__init__(sentence)
        self.retry_after_seconds = retry_after_seconds


class FieldErrors(dict[str, Message]):
    """A sentence per form field; a field without one has None, so that templates may ask for any."""

    def __missing__(self, _name: str) -> None:
        return None


class Invalid(Refusal):
    """What was typed cannot be used; one sentence per field."""

    def __init__(self, errors: Mapping[str, Message]) -> None:
        super().__init__(next(iter(errors.values())))
        self.errors = FieldErrors(errors)
