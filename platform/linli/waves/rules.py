"""When a wave goes out, how many there are, and what stops them (docs/adr/0044)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from linli.core.i18n import Message
from linli.needs.rules import NeedState
from linli.notifications.rules import USUAL_QUIET_HOURS, reaches_at
from linli.participation.rules import LAST_ANSWER_BEFORE_SHIFT, NOT_VERIFIED_NOW, refuse_joining

MOST_WAVES: Final = 4
LONGEST_GAP: Final = timedelta(hours=24)
SHORTEST_GAP: Final = timedelta(hours=2)
# Two hours to answer, and two before that: nobody is asked in a rush.
LAST_WAVE_BEFORE_SHIFT: Final = LAST_ANSWER_BEFORE_SHIFT + timedelta(hours=2)
# What a committee may ask for one time without looking again.
FEWEST_MESSAGES: Final = 20
MESSAGES_PER_PLACE: Final = 8
MOST_MESSAGES: Final = 200

NO_LONGER_IN_CHARGE: Final = Message(
    "Whoever began this does not act for your organization any more. Look it through and let it go on."
)


class AskingState(StrEnum):
    """`filled` stands still while all places are taken, and goes on if one is given back."""

    going = "going"
    filled = "filled"
    held = "held"
    ended = "ended"


class Ending(StrEnum):
    """Why nobody is asked any more."""

    filled = "filled"
    all_asked = "all_asked"
    too_late = "too_late"
    called_off = "called_off"
    officer = "officer"


def asks_until(starts_at: datetime) -> datetime:
    """The last moment at which a wave may go out: four hours before the shift.

    Examples
    --------
    >>> asks_until(datetime(2026, 11, 24, 14)).isoformat()
    '2026-11-24T10:00:00'
    """
    return starts_at - LAST_WAVE_BEFORE_SHIFT


def gap(begins_at: datetime, starts_at: datetime) -> timedelta:
    """How long a wave may be answered before the next one goes out.

    A quarter of the time that is left, at least 2 and at most 24 hours.

    Examples
    --------
    >>> monday = datetime(2026, 11, 23, 8)
    >>> [str(gap(monday, monday + timedelta(hours=hours))) for hours in (6, 44, 400)]
    ['2:00:00', '10:00:00', '1 day, 0:00:00']
    """
    left = asks_until(starts_at) - begins_at
    return min(max(left / MOST_WAVES, SHORTEST_GAP), LONGEST_GAP)


def is_a_day_apart(begins_at: datetime, starts_at: datetime) -> bool:
    """Whether between two waves everybody may be asked again.

    Examples
    --------
    >>> monday = datetime(2026, 11, 23, 8)
    >>> [is_a_day_apart(monday, monday + timedelta(hours=hours)) for hours in (44, 400)]
    [False, True]
    """
    return gap(begins_at, starts_at) >= LONGEST_GAP


def planned_waves(begins_at: datetime, starts_at: datetime) -> int:
    """How many waves fit before the shift: one at least, four at most.

    Examples
    --------
    >>> monday = datetime(2026, 11, 23, 8)
    >>> [planned_waves(monday, monday + timedelta(hours=hours)) for hours in (5, 7, 400)]
    [1, 2, 4]
    """
    left = asks_until(starts_at) - begins_at
    return min(MOST_WAVES, 1 + max(0, left // gap(begins_at, starts_at)))


def waves_left(*, begun_at: datetime, starts_at: datetime, sent: int, now: datetime) -> int:
    """How many waves may still go out, counting one that goes out now; 0 when all are out.

    Examples
    --------
    >>> monday = datetime(2026, 11, 23, 8)
    >>> shift = monday + timedelta(days=9)
    >>> [waves_left(begun_at=monday, starts_at=shift, sent=sent, now=monday) for sent in (0, 3, 4)]
    [4, 1, 0]
    >>> waves_left(begun_at=monday, starts_at=shift, sent=1, now=shift - timedelta(hours=5))
    1
    """
    left = planned_waves(begun_at, starts_at) - sent
    return max(0, min(left, planned_waves(now, starts_at)))


def next_wave_at(
    *, reached_at: datetime, begun_at: datetime, starts_at: datetime, zone: ZoneInfo
) -> datetime:
    """When to look again after a wave.

    Parameters
    ----------
    reached_at : datetime
        When the last of its questions reached somebody.
    begun_at, starts_at : datetime
        When the asking and the shift begin.
    zone : ZoneInfo
        In which quiet hours are meant: a wave that would go out at night waits until the morning, as long as
        that is not too late.

    Returns
    -------
    datetime

    Examples
    --------
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> monday = datetime(2026, 11, 23, 10, tzinfo=zone)
    >>> for hours in (44, 400):
    ...     at = next_wave_at(reached_at=monday, begun_at=monday, zone=zone,
    ...                       starts_at=monday + timedelta(hours=hours))
    ...     print(f"{at.astimezone(zone):%a %H:%M}")
    Mon 20:00
    Tue 10:00
    """
    at = reached_at + gap(begun_at, starts_at)
    morning = reaches_at(at, USUAL_QUIET_HOURS, zone)
    return morning if morning <= asks_until(starts_at) else at


def expected_by(begins_at: datetime, starts_at: datetime) -> datetime:
    """When the last of the planned waves has been answered.

    Examples
    --------
    >>> monday = datetime(2026, 11, 23, 8)
    >>> [expected_by(monday, monday + timedelta(hours=hours)).isoformat() for hours in (30, 400)]
    ['2026-11-24T10:00:00', '2026-11-27T08:00:00']
    """
    answered = begins_at + planned_waves(begins_at, starts_at) * gap(begins_at, starts_at)
    return min(answered, starts_at - LAST_ANSWER_BEFORE_SHIFT)


def is_night(now: datetime, zone: ZoneInfo) -> bool:
    """Whether most people rest: a wave that all have answered is followed by the next one in the morning.

    Examples
    --------
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> [is_night(datetime(2026, 11, 23, hour, tzinfo=zone), zone) for hour in (12, 22)]
    [False, True]
    """
    return reaches_at(now, USUAL_QUIET_HOURS, zone) > now


def most_messages(places: int) -> int:
    """How many people one asking may reach at most.

    Examples
    --------
    >>> [most_messages(places) for places in (1, 5, 60)]
    [20, 40, 200]
    """
    return min(MOST_MESSAGES, max(FEWEST_MESSAGES, MESSAGES_PER_PLACE * places))


def why_over(
    *, state: NeedState, starts_at: datetime, places_free: int, waves_left: int, now: datetime
) -> Ending | None:
    """Whether an asking is over, and why.

    Examples
    --------
    >>> monday = datetime(2026, 11, 23, 8)
    >>> at = dict(starts_at=monday + timedelta(days=2), now=monday)
    >>> why_over(state=NeedState.open, places_free=1, waves_left=2, **at) is None
    True
    >>> why_over(state=NeedState.filled, places_free=0, waves_left=2, **at).value
    'filled'
    >>> why_over(state=NeedState.open, places_free=1, waves_left=0, **at).value
    'all_asked'
    >>> why_over(state=NeedState.cancelled, places_free=1, waves_left=2, **at).value
    'called_off'
    """
    if refuse_joining(state, asker_is_verified=True):
        return Ending.called_off
    if places_free <= 0:
        return Ending.filled
    if now > asks_until(starts_at):
        return Ending.too_late
    return Ending.all_asked if waves_left == 0 else None


def why_resting(*, asker_is_verified: bool, is_in_charge: bool) -> Message | None:
    """What lets the waves rest until it is mended, by the rules of asking by hand.

    Parameters
    ----------
    asker_is_verified : bool
        Whether a bureau vouches for the organization that asks.
    is_in_charge : bool
        Whether whoever began may still ask for it.

    Returns
    -------
    Message or None

    Examples
    --------
    >>> why_resting(asker_is_verified=True, is_in_charge=True) is None
    True
    >>> why_resting(asker_is_verified=False, is_in_charge=True) is NOT_VERIFIED_NOW
    True
    """
    if not asker_is_verified:
        return NOT_VERIFIED_NOW
    return None if is_in_charge else NO_LONGER_IN_CHARGE
