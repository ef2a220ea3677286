"""When a question can still be put to somebody."""

from datetime import datetime

from linli.participation.rules import LAST_ANSWER_BEFORE_SHIFT


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
