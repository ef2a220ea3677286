"""When a question can still be put to somebody."""

from datetime import datetime
from typing import Final

from linli.core.i18n import Message
from linli.participation.rules import LAST_ANSWER_BEFORE_SHIFT

TOO_LATE: Final = Message("It is too late to ask: people need two hours to answer.")


def is_too_late_to_ask(reaches_at: datetime, starts_at: datetime) -> bool:
    """Whether a question that arrives then leaves no time to answer: people need two hours.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> starts_at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    >>> [is_too_late_to_ask(starts_at - timedelta(hours=hours), starts_at) for hours in (3, 2)]
    [False, True]
    """
    return starts_at - LAST_ANSWER_BEFORE_SHIFT <= reaches_at


def refuse_late(reaches_at: datetime, starts_at: datetime) -> Message | None:
    """The sentence for it, or None while there is time.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> starts_at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    >>> refuse_late(starts_at - timedelta(hours=3), starts_at) is None
    True
    >>> refuse_late(starts_at - timedelta(hours=2), starts_at) is TOO_LATE
    True
    """
    return TOO_LATE if is_too_late_to_ask(reaches_at, starts_at) else None
