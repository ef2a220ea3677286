"""The one clock. Everything below a page gets `now` as an argument."""

from datetime import UTC, datetime, timedelta

_shift = timedelta()


def now() -> datetime:
    return datetime.now(UTC) + _shift


def move(by: timedelta) -> None:
    """Shift the clock of this process: for tests and for trying out deadlines, never in production."""
    global _shift
    _shift += by


def reset() -> None:
    global _shift
    _shift = timedelta()
