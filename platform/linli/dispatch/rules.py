"""Asking a team or an organization for several places at once: states, limits and refusals."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message, counted
from linli.organizations.rules import OrganizationKind
from linli.participation.rules import invitation_expires_at


class DispatchState(StrEnum):
    """Asked and not answered, or with a hold that runs; everything else has ended.

    `fulfilled`: every place of the hold got a person. `expired`: nobody answered, or not everybody was named
    in time. `withdrawn`: by the officer. `released`: by who had said yes. `ended`: the team, its organization
    or the need is no longer there.
    """

    asked = "asked"
    accepted = "accepted"
    fulfilled = "fulfilled"
    declined = "declined"
    expired = "expired"
    withdrawn = "withdrawn"
    released = "released"
    ended = "ended"


OPEN_STATES: Final = frozenset({DispatchState.asked, DispatchState.accepted})
# A yes was given once, whatever came of it.
SAID_YES: Final = frozenset({DispatchState.accepted, DispatchState.fulfilled})
NEXT: Final[Mapping[DispatchState, frozenset[DispatchState]]] = {
    DispatchState.asked: frozenset(
        {
            DispatchState.accepted,
            DispatchState.declined,
            DispatchState.expired,
            DispatchState.withdrawn,
            DispatchState.ended,
        }
    ),
    DispatchState.accepted: frozenset(
        {
            DispatchState.fulfilled,
            DispatchState.expired,
            DispatchState.withdrawn,
            DispatchState.released,
            DispatchState.ended,
        }
    ),
}
STATE_NAMES: Final = {
    DispatchState.asked: Message("Asked, no answer yet"),
    DispatchState.accepted: Message("Taken on"),
    DispatchState.fulfilled: Message("All found"),
    DispatchState.declined: Message("Said no"),
    DispatchState.expired: Message("Time ran out"),
    DispatchState.withdrawn: Message("Taken back"),
    DispatchState.released: Message("Given back"),
    DispatchState.ended: Message("Ended"),
}
# Who brings people; committees ask, bureaus watch.
ASKABLE_KINDS: Final = frozenset(
    {
        OrganizationKind.charity,
        OrganizationKind.social_organization,
        OrganizationKind.station,
        OrganizationKind.host,
    }
)
MOST_PLACES: Final = 50
LONGEST_NOTE: Final = 300


def may_become(old: DispatchState, new: DispatchState) -> bool:
    """Whether the state machine has this step.

    Examples
    --------
    >>> may_become(DispatchState.asked, DispatchState.accepted)
    True
    >>> may_become(DispatchState.withdrawn, DispatchState.accepted)
    False
    """
    return new in NEXT.get(old, frozenset())


def answer_until(asked_at: datetime, starts_at: datetime) -> datetime:
    """As long as a person has to answer an invitation: 48 hours, never later than 2 hours before the shift.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> monday = datetime(2026, 11, 23, 8, tzinfo=UTC)
    >>> answer_until(monday, monday + timedelta(days=7)).isoformat()
    '2026-11-25T08:00:00+00:00'
    """
    return invitation_expires_at(asked_at, starts_at)


def refuse_asking(
    *,
    is_askable: bool,
    is_open_already: bool,
    has_said_no: bool,
    is_own: bool = False,
    is_barred: bool = False,
) -> Message | None:
    """Whether a team or an organization can be asked for places.

    Parameters
    ----------
    is_askable : bool
        Agreed to and of a verified organization; or a verified organization with people of its own.
    is_open_already : bool
        Whether it was asked for the same shift and that is not over.
    has_said_no : bool
        To the same need, whichever shift: nobody is asked twice.
    is_own : bool
        Whether an organization would ask itself. Its own teams it may ask.
    is_barred : bool
        Whether a block stands between it and everybody who would answer; which side blocked is not told.

    Examples
    --------
    >>> refuse_asking(is_askable=True, is_open_already=False, has_said_no=False) is None
    True
    >>> refuse_asking(is_askable=True, is_open_already=False, has_said_no=True).text
    'They have already said no to this need and are not asked again.'
    """
    if is_own:
        return Message("This is your own organization. Ask one of its teams, or people directly.")
    if not is_askable or is_barred:
        return Message("They cannot be asked at present.")
    if has_said_no:
        return Message("They have already said no to this need and are not asked again.")
    if is_open_already:
        return Message("They are asked for this time already. Please look at what came of it first.")
    return None


def refuse_count(count: int, asked_for: int) -> Message | None:
    """Whether a yes to so many places fits what was asked.

    Examples
    --------
    >>> refuse_count(2, 3) is None
    True
    >>> refuse_count(4, 3).in_language("en")
    'You were asked for 3 places. Please say yes to at most 3.'
    """
    if 1 <= count <= asked_for:
        return None
    return counted(
        asked_for,
        "You were asked for one place. Please say yes to one.",
        "You were asked for {n} places. Please say yes to at most {n}.",
    )


def state_after_hold(places_left: int) -> DispatchState:
    """What a hold that has run out was: everybody was found, or not.

    Examples
    --------
    >>> state_after_hold(0).value, state_after_hold(1).value
    ('fulfilled', 'expired')
    """
    return DispatchState.expired if places_left else DispatchState.fulfilled
