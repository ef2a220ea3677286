"""One state machine for everyone who may come, and what stands in the way."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message, counted
from linli.needs.rules import RUNNING_STATES, NeedState
from linli.volunteers.rules import credential_counts


class GroupState(StrEnum):
    """Friends who want to go together: still finding each other, gone for their places, or given up."""

    gathering = "gathering"
    taken = "taken"
    ended = "ended"


class State(StrEnum):
    invited = "invited"
    applied = "applied"
    waiting = "waiting"
    offered = "offered"
    confirmed = "confirmed"
    declined = "declined"
    expired = "expired"
    refused = "refused"
    withdrawn = "withdrawn"
    cancelled = "cancelled"
    attended = "attended"
    absent = "absent"


OPEN: Final = frozenset({State.invited, State.applied, State.waiting, State.offered, State.confirmed})
TAKES_A_PLACE: Final = frozenset({State.offered, State.confirmed})
# The person was asked by name, and answers with a tap.
WAITS_FOR_YES: Final = frozenset({State.invited, State.offered})
# One side has asked the other, who has not answered yet.
UNANSWERED: Final = frozenset({State.invited, State.applied})
# Comes, or was there.
COMES: Final = frozenset({State.confirmed, State.attended})
# A yes that was not taken back, whatever came of it on the day.
SAID_YES: Final = COMES | {State.absent}
# A no of any kind counts for the whole need: nobody is asked twice.
SAID_NO: Final = frozenset({State.declined, State.withdrawn})

NEXT: Final[Mapping[State, frozenset[State]]] = {
    State.invited: frozenset({State.confirmed, State.declined, State.expired, State.cancelled}),
    State.applied: frozenset(
        {State.confirmed, State.refused, State.withdrawn, State.expired, State.cancelled}
    ),
    State.waiting: frozenset({State.offered, State.withdrawn, State.expired, State.cancelled}),
    State.offered: frozenset({State.confirmed, State.declined, State.expired, State.cancelled}),
    State.confirmed: frozenset({State.withdrawn, State.cancelled, State.attended, State.absent}),
}

# How a person's own no ends what is open: an invitation or a held place is declined, the rest taken back.
OWN_NO: Final[Mapping[State, State]] = {
    State.invited: State.declined,
    State.offered: State.declined,
    State.applied: State.withdrawn,
    State.waiting: State.withdrawn,
    State.confirmed: State.withdrawn,
}

INVITATION_LIFE: Final = timedelta(hours=48)
# Long enough to find the right people in a team, short enough that others still get what is left.
HOLD_LIFE: Final = timedelta(hours=72)
LAST_ANSWER_BEFORE_SHIFT: Final = timedelta(hours=2)
SMALLEST_GROUP: Final = 2
LARGEST_GROUP: Final = 6
GROUP_LIFE: Final = timedelta(days=7)
GROUPS_KEPT: Final = timedelta(days=90)
CONTACT_SHOWN_AFTER_END: Final = timedelta(days=1)
ANSWERED: Final = Message("This has already been answered. Please reload the page.")
FULL: Final = Message("All places at this time have just been taken.")
CHANGED_MEANWHILE: Final = Message("Something about your places has just changed. Please try once more.")


def may_become(old: State, new: State) -> bool:
    """Whether the state machine has this step.

    Examples
    --------
    >>> may_become(State.invited, State.confirmed), may_become(State.declined, State.confirmed)
    (True, False)
    """
    return new in NEXT.get(old, frozenset())


def invitation_expires_at(asked_at: datetime, starts_at: datetime) -> datetime:
    """48 hours after asking, never later than 2 hours before the shift.

    Examples
    --------
    >>> from datetime import UTC
    >>> monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    >>> invitation_expires_at(monday, monday + timedelta(days=7)).isoformat()
    '2026-11-25T08:00:00+00:00'
    >>> invitation_expires_at(monday, monday + timedelta(hours=24)).isoformat()
    '2026-11-24T06:00:00+00:00'
    """
    return min(asked_at + INVITATION_LIFE, starts_at - LAST_ANSWER_BEFORE_SHIFT)


def hold_ends_at(taken_at: datetime, starts_at: datetime) -> datetime:
    """72 hours after places were taken for people to be named, never later than 2 hours before the shift.

    Examples
    --------
    >>> from datetime import UTC
    >>> monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    >>> hold_ends_at(monday, monday + timedelta(days=7)).isoformat()
    '2026-11-26T08:00:00+00:00'
    >>> hold_ends_at(monday, monday + timedelta(hours=24)).isoformat()
    '2026-11-24T06:00:00+00:00'
    """
    return min(taken_at + HOLD_LIFE, starts_at - LAST_ANSWER_BEFORE_SHIFT)


def refuse_hold(wanted: int, places_free: int) -> Message | None:
    """Whether so many places can be kept for people who are still to be named.

    Examples
    --------
    >>> refuse_hold(2, 2) is None
    True
    >>> refuse_hold(3, 2).in_language("en")
    'Only 2 places are free now. You can say yes to 2.'
    >>> refuse_hold(3, 0).text
    'All places at this time have just been taken.'
    """
    if wanted <= places_free:
        return None
    if places_free == 0:
        return FULL
    return counted(
        places_free,
        "Only one place is free now. You can say yes to one.",
        "Only {n} places are free now. You can say yes to {n}.",
    )


NOT_RUNNING: Final = Message("This need is no longer looking for people.")
NOT_VERIFIED_NOW: Final = Message(
    "The organization that asks is not verified at present. Until it is again, nobody new can join."
)


def refuse_joining(state: NeedState, *, asker_is_verified: bool) -> Message | None:
    """Whether anybody new may be asked or confirmed. Who holds a place already keeps it (docs/adr/0022).

    Parameters
    ----------
    state : NeedState
    asker_is_verified : bool
        Whether a bureau vouches for the organization that asks.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> refuse_joining(NeedState.open, asker_is_verified=True) is None
    True
    >>> refuse_joining(NeedState.open, asker_is_verified=False) is NOT_VERIFIED_NOW
    True
    >>> refuse_joining(NeedState.done, asker_is_verified=False) is NOT_RUNNING
    True
    """
    if state not in RUNNING_STATES:
        return NOT_RUNNING
    return None if asker_is_verified else NOT_VERIFIED_NOW


def refuse_time(starts_at: datetime, now: datetime) -> Message | None:
    """Whether it is too late to join a shift.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 23, tzinfo=UTC)
    >>> refuse_time(now, now).text
    'This has already begun.'
    """
    return Message("This has already begun.") if starts_at <= now else None


def refuse_age(*, age_years: int, minimum_age_years: int, has_guardian_consent: bool) -> Message | None:
    """Whether a person of this age may take a place.

    Parameters
    ----------
    age_years : int
        Completed years on the day of the shift.
    minimum_age_years : int
        What the need asks for.
    has_guardian_consent : bool
        On record for this person. Under 18 nobody is confirmed without one
        (未成年人保护法; 志愿服务条例 art. 15: suited to age).

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> refuse_age(age_years=30, minimum_age_years=18, has_guardian_consent=False) is None
    True
    >>> refuse_age(age_years=16, minimum_age_years=14, has_guardian_consent=False).text[:52]
    'Under 18 you need the written consent of a parent or'
    """
    if age_years < minimum_age_years:
        return Message("This asks for people of {age} or older.", age=minimum_age_years)
    if age_years < 18 and not has_guardian_consent:
        return Message(
            "Under 18 you need the written consent of a parent or guardian. "
            "Until it can be given here, please ask the committee."
        )
    return None


def missing_credentials(
    required: Collection[str], held: Mapping[str, date | None], *, on_day: date
) -> list[str]:
    """Required credentials that do not count on the day.

    Parameters
    ----------
    required : collection of str
        Credential ids.
    held : mapping
        Ids of checked credentials to the day they expire on, None for never.
    on_day : date
        The last day of the shift; a credential counts on the day it expires.

    Returns
    -------
    list of str
        In the order of `required`.

    Examples
    --------
    >>> missing_credentials(["first_aid"], {"first_aid": date(2026, 1, 1)}, on_day=date(2026, 11, 24))
    ['first_aid']
    """
    return [
        each
        for each in required
        if each not in held or not credential_counts(is_checked=True, expires_on=held[each], on_day=on_day)
    ]


def may_see_contact(state: State, ends_at: datetime, now: datetime) -> bool:
    """Whether a volunteer sees the exact place and the contact: with a place, until a day after the end.

    Examples
    --------
    >>> from datetime import UTC
    >>> end = datetime(2026, 11, 24, 8, tzinfo=UTC)
    >>> may_see_contact(State.confirmed, end, end), may_see_contact(State.withdrawn, end, end)
    (True, False)
    >>> may_see_contact(State.confirmed, end, end + timedelta(days=1, seconds=1))
    False
    """
    return state in COMES and now <= ends_at + CONTACT_SHOWN_AFTER_END


def group_expires_at(started_at: datetime, starts_at: datetime) -> datetime:
    """How long a link among friends can be used: a week, never later than 2 hours before the shift.

    Examples
    --------
    >>> from datetime import UTC
    >>> monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    >>> group_expires_at(monday, monday + timedelta(days=30)).isoformat()
    '2026-11-30T08:00:00+00:00'
    >>> group_expires_at(monday, monday + timedelta(hours=24)).isoformat()
    '2026-11-24T06:00:00+00:00'
    """
    return min(started_at + GROUP_LIFE, starts_at - LAST_ANSWER_BEFORE_SHIFT)


def refuse_group(size: int, places_free: int) -> Message | None:
    """Whether so many can take places as one.

    Examples
    --------
    >>> refuse_group(3, 3) is None
    True
    >>> refuse_group(3, 2).in_language("en")
    'You are 3, and only 2 places are free now. Nobody has taken a place.'
    >>> refuse_group(1, 5).text
    'Going together takes at least two.'
    """
    if size < SMALLEST_GROUP:
        return Message("Going together takes at least two.")
    if size > places_free:
        return Message(
            "You are {size}, and only {free} places are free now. Nobody has taken a place.",
            size=size,
            free=places_free,
        )
    return None
