"""States, limits and refusals of needs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from linli.core.i18n import Message, counted


class NeedState(StrEnum):
    draft = "draft"
    open = "open"
    filled = "filled"
    under_way = "under_way"
    done = "done"
    cancelled = "cancelled"


class Priority(StrEnum):
    urgent = "urgent"
    soon = "soon"
    normal = "normal"


class Joining(StrEnum):
    """Whether a volunteer takes a place at once, or asks and is confirmed."""

    at_once = "at_once"
    asked = "asked"


class Setting(StrEnum):
    home = "home"
    indoors = "indoors"
    outdoors = "outdoors"
    online = "online"


PRIORITY_NAMES: Final = {
    Priority.urgent: Message("Urgent: within a day"),
    Priority.soon: Message("Soon: within days"),
    Priority.normal: Message("Normal: within a week"),
}
JOINING_NAMES: Final = {
    Joining.at_once: Message("Volunteers take a place at once"),
    Joining.asked: Message("Volunteers ask, and you confirm each"),
}
SETTING_NAMES: Final = {
    Setting.home: Message("In somebody's home"),
    Setting.indoors: Message("Indoors, in a public place"),
    Setting.outdoors: Message("Outdoors"),
    Setting.online: Message("Online or by phone"),
}

# Where a division's table says nothing (志愿服务条例: a request is verified and answered in time).
ANSWER_HOURS: Final = {Priority.urgent: 24, Priority.soon: 72, Priority.normal: 168}
# A month. Longer is no limit.
LONGEST_ANSWER_HOURS: Final = 720
PUBLIC_STATES: Final = frozenset({NeedState.open, NeedState.filled, NeedState.under_way, NeedState.done})
RUNNING_STATES: Final = frozenset({NeedState.open, NeedState.filled, NeedState.under_way})
ENDED_STATES: Final = frozenset({NeedState.done, NeedState.cancelled})
MOST_SHIFTS: Final = 30
MOST_PLACES: Final = 500
LONGEST_SHIFT: Final = timedelta(hours=24)
FURTHEST_AHEAD: Final = timedelta(days=366)
# So long before its first time a need is told at the latest as not taking place.
TOLD_BEFORE: Final = timedelta(hours=2)


@dataclass(frozen=True)
class Times:
    """A shift as far as rules care about it."""

    starts_at: datetime
    ends_at: datetime
    places: int
    places_taken: int = 0


def refuse_shift(shift: Times, now: datetime) -> Message | None:
    """Whether a shift can be posted.

    Parameters
    ----------
    shift : Times
        Aware datetimes; places as typed.
    now : datetime
        Aware.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 23, tzinfo=UTC)
    >>> later = now + timedelta(hours=3)
    >>> refuse_shift(Times(later, later - timedelta(hours=1), 3), now).text
    'The end must be after the start.'
    >>> refuse_shift(Times(later, later + timedelta(hours=1), 3), now) is None
    True
    """
    if shift.ends_at <= shift.starts_at:
        return Message("The end must be after the start.")
    if shift.starts_at <= now:
        return Message("This time has already begun. Please choose a later one.")
    if shift.ends_at - shift.starts_at > LONGEST_SHIFT:
        return Message("A shift is at most a day long. Please post several.")
    if shift.starts_at - now > FURTHEST_AHEAD:
        return Message("Please choose a day within the next twelve months.")
    if not 1 <= shift.places <= MOST_PLACES:
        return Message("Please give a whole number from {least} to {most}.", least=1, most=MOST_PLACES)
    return None


def refuse_same_person(times: Collection[Times]) -> Message | None:
    """Whether the same person can come to all of these times.

    Examples
    --------
    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 24, 6, tzinfo=UTC)
    >>> first = Times(start, start + timedelta(hours=2), 1)
    >>> second = Times(start + timedelta(days=7), start + timedelta(days=7, hours=2), 1)
    >>> refuse_same_person([first, second]) is None
    True
    >>> refuse_same_person([first]).text
    'With one time only, nothing has to be ticked here.'
    >>> overlapping = Times(start + timedelta(hours=1), start + timedelta(hours=3), 1)
    >>> refuse_same_person([first, overlapping]).text
    'Nobody can come to two times that overlap.'
    >>> more = Times(second.starts_at, second.ends_at, 2)
    >>> refuse_same_person([first, more]).text
    'The same people come each time: please give the same number for all times.'
    """
    in_order = sorted(times, key=lambda each: each.starts_at)
    if len(in_order) < 2:
        return Message("With one time only, nothing has to be ticked here.")
    if any(each.ends_at > following.starts_at for each, following in pairwise(in_order)):
        return Message("Nobody can come to two times that overlap.")
    if len({each.places for each in in_order}) > 1:
        return Message("The same people come each time: please give the same number for all times.")
    return None


def refuse_changed_shift(old: Times, new: Times | None) -> Message | None:
    """Whether a shift in which people already hold places may change so; `new` is None when it is removed.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 24, 6, tzinfo=UTC)
    >>> old = Times(start, start + timedelta(hours=2), 5, places_taken=2)
    >>> refuse_changed_shift(old, Times(old.starts_at, old.ends_at, 2)) is None
    True
    >>> refuse_changed_shift(old, None).in_language("en")
    '2 people have said yes to this time. Please leave it, and post another one beside it.'
    """
    taken = old.places_taken
    if taken == 0:
        return None
    if new is None or (new.starts_at, new.ends_at) != (old.starts_at, old.ends_at):
        return counted(
            taken,
            "One person has said yes to this time. Please leave it, and post another one beside it.",
            "{n} people have said yes to this time. Please leave it, and post another one beside it.",
        )
    if new.places < taken:
        return Message("{n} places are already taken; there cannot be fewer.", n=taken)
    return None


def refuse_requirements(
    *,
    minimum_age_years: int,
    least_age_years: int,
    credentials: Collection[str],
    needed_credentials: Iterable[str],
    names: Mapping[str, object],
) -> dict[str, Message]:
    """What a field of service demands and a draft lacks.

    Parameters
    ----------
    minimum_age_years, least_age_years : int
        What the draft says and the least its field allows, in years. Nobody under 18 takes part in
        disaster relief (docs/coverage.md, disaster relief).
    credentials, needed_credentials : collection of str
        Ids the draft requires and ids its field requires in this setting.
    names : mapping
        Credential id to what names it, for the sentence.

    Returns
    -------
    dict of str to Message
        One sentence per form field, empty when nothing is lacking.

    Examples
    --------
    >>> refuse_requirements(minimum_age_years=16, least_age_years=18, credentials=[],
    ...     needed_credentials=[], names={})["minimum_age_years"].in_language("en")
    'In this field of service the minimum age is 18.'
    """
    errors = {}
    if minimum_age_years < least_age_years:
        errors["minimum_age_years"] = Message(
            "In this field of service the minimum age is {age}.", age=least_age_years
        )
    missing = [names[each] for each in needed_credentials if each not in credentials]
    if missing:
        errors["credentials"] = Message(
            "In this field of service volunteers need: {credentials}.", credentials=missing
        )
    return errors


def answer_due_at(posted_at: datetime, hours: int) -> datetime:
    """Until when a need must have its first confirmed place or a recorded answer.

    Examples
    --------
    >>> from datetime import UTC
    >>> answer_due_at(datetime(2026, 11, 23, 2, tzinfo=UTC), 24).isoformat()
    '2026-11-24T02:00:00+00:00'
    """
    return posted_at + timedelta(hours=hours)


def decides_at(answer_due_at: datetime | None, first_starts_at: datetime) -> datetime:
    """Until when all places must be filled where a need takes place only then: people have to hear in time.

    Examples
    --------
    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 24, 6, tzinfo=UTC)
    >>> decides_at(start - timedelta(days=3), start).isoformat()
    '2026-11-21T06:00:00+00:00'
    >>> decides_at(start + timedelta(days=3), start).isoformat(), decides_at(None, start).isoformat()
    ('2026-11-24T04:00:00+00:00', '2026-11-24T04:00:00+00:00')
    """
    latest = first_starts_at - TOLD_BEFORE
    return min(answer_due_at, latest) if answer_due_at else latest


def places_lacking(shifts: Collection[Times]) -> int:
    """How many places of all times nobody has taken.

    Examples
    --------
    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 24, 6, tzinfo=UTC)
    >>> places_lacking([Times(start, start + timedelta(hours=2), 5, 3), Times(start, start, 2, 2)])
    2
    """
    return sum(each.places - each.places_taken for each in shifts)


def state_at(state: NeedState, shifts: Collection[Times], now: datetime) -> NeedState:
    """The state a running need is in, given its shifts and the time.

    Parameters
    ----------
    state : NeedState
        The state so far. Drafts, done and cancelled needs stay what they are.
    shifts : collection of Times
        All of the need's shifts.
    now : datetime
        Aware.

    Returns
    -------
    NeedState
        `done` once every shift has ended; `under_way` once one has begun and none that is still
        to come has a free place; `filled` while no coming shift has a free place; otherwise `open`.

    Examples
    --------
    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 24, 6, tzinfo=UTC)
    >>> shift = Times(start, start + timedelta(hours=2), places=1, places_taken=1)
    >>> state_at(NeedState.open, [shift], start - timedelta(hours=1)).value
    'filled'
    >>> [state_at(NeedState.filled, [shift], moment).value for moment in (start, shift.ends_at)]
    ['under_way', 'done']
    """
    if state not in RUNNING_STATES or not shifts:
        return state
    if all(shift.ends_at <= now for shift in shifts):
        return NeedState.done
    coming = [shift for shift in shifts if shift.starts_at > now]
    if any(shift.places_taken < shift.places for shift in coming):
        return NeedState.open
    return NeedState.under_way if len(coming) < len(shifts) else NeedState.filled


def is_overdue(*, answer_due_at: datetime | None, answered_at: datetime | None, now: datetime) -> bool:
    """Whether the answer clock has run out without an answer.

    Examples
    --------
    >>> from datetime import UTC
    >>> due = datetime(2026, 11, 24, tzinfo=UTC)
    >>> is_overdue(answer_due_at=due, answered_at=None, now=due)
    True
    """
    return answer_due_at is not None and answered_at is None and answer_due_at <= now
