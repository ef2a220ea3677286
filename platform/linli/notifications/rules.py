"""When a message may leave, when it is tried again, and how long it is kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo


class Channel(StrEnum):
    mail = "mail"
    sms = "sms"


@dataclass(frozen=True)
class QuietHours:
    """Hours of the day, in the place's own time, in which no question reaches a person; twice the same: none.

    Examples
    --------
    >>> QuietHours(21, 8).holds_at(23), QuietHours(21, 8).holds_at(8), QuietHours(0, 0).holds_at(3)
    (True, False, False)
    """

    from_hour: int
    until_hour: int

    def holds_at(self, hour: int) -> bool:
        """Whether this hour of the day is one of them."""
        if self.from_hour <= self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour


# Who has said nothing else is asked nothing at night.
USUAL_QUIET_HOURS: Final = QuietHours(21, 8)

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


def reaches_at(asked_at: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """When a question may reach a person: at once, or when their quiet hours end.

    Parameters
    ----------
    asked_at : datetime
        Aware.
    quiet : QuietHours
        The person's own.
    zone : ZoneInfo
        In which the hours are meant.

    Returns
    -------
    datetime
        In UTC, not before `asked_at`.

    Examples
    --------
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> for hour in (12, 22, 3, 8):
    ...     asked = datetime(2026, 11, 23, hour, 30, tzinfo=zone)
    ...     print(f"{reaches_at(asked, USUAL_QUIET_HOURS, zone).astimezone(zone):%d %H:%M}")
    23 12:30
    24 08:00
    23 08:00
    23 08:30
    """
    here = asked_at.astimezone(zone)
    if not quiet.holds_at(here.hour):
        return asked_at
    ends = here.replace(hour=quiet.until_hour, minute=0, second=0, microsecond=0)
    if quiet.until_hour <= here.hour:
        ends += timedelta(days=1)
    return ends.astimezone(UTC)


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
