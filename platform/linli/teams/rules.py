"""What a team is, who leads it, and how many one person can belong to."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message


class TeamState(StrEnum):
    """Only an agreed team is on public pages and can be asked."""

    proposed = "proposed"
    agreed = "agreed"
    declined = "declined"
    ended = "ended"


class TeamRole(StrEnum):
    leader = "leader"
    deputy = "deputy"
    member = "member"


class MemberState(StrEnum):
    asked = "asked"
    invited = "invited"
    member = "member"
    declined = "declined"
    left = "left"


ROLE_NAMES: Final = {
    TeamRole.leader: Message("Team leader"),
    TeamRole.deputy: Message("Deputy leader"),
    TeamRole.member: Message("Team member"),
}
PUBLIC_STATES: Final = frozenset({TeamState.agreed, TeamState.ended})
LEADING_ROLES: Final = frozenset({TeamRole.leader, TeamRole.deputy})
# A row in one of these is the one row that a person has with a team.
OPEN_STATES: Final = frozenset({MemberState.asked, MemberState.invited, MemberState.member})
# Nobody can be there for more than a few: a sixth team would count on somebody who cannot come.
MOST_TEAMS: Final = 5
# Rows that wait for a leader's answer, so that nobody can fill the lists of all leaders.
MOST_ASKED: Final = 5
NAME_LENGTH: Final = 60
LONGEST_ABOUT: Final = 1000
LONGEST_REASON: Final = 300
# Which sentence about name and phone somebody agreed to by joining (templates/teams/_consent.html).
CONSENT_VERSION: Final = "2026-11"
DAYPARTS_A_DAY: Final = 3
NOT_ANSWERED: Final = Message(
    "The committee has been asked and will answer. "
    "Until then the group is only seen by you and the committee."
)
NOT_AGREED: Final = Message("The committee did not agree.")
HAND_OVER_FIRST: Final = Message("Please hand the team over first: it needs somebody who answers for it.")
NOW_A_MEMBER: Final = Message("You are now a member of {team}.")
HAS_ENDED: Final = Message("This team has ended. There may be another one nearby.")
HOME_NOT_VERIFIED: Final = Message(
    "The organization behind this team is not verified at present: the team cannot be asked until it is."
)


def refuse_one_more(teams: int) -> Message | None:
    """Whether somebody who belongs to so many teams can join another.

    Examples
    --------
    >>> refuse_one_more(4) is None, refuse_one_more(5).in_language("en")
    (True, 'A person can be in at most 5 teams. Leave one of them first.')
    """
    if teams < MOST_TEAMS:
        return None
    return Message("A person can be in at most {n} teams. Leave one of them first.", n=MOST_TEAMS)


def refuse_joining(state: TeamState) -> Message | None:
    """Whether a team in this state takes members.

    Examples
    --------
    >>> refuse_joining(TeamState.agreed) is None, refuse_joining(TeamState.ended).text
    (True, 'This team has ended. There may be another one nearby.')
    """
    match state:
        case TeamState.agreed:
            return None
        case TeamState.proposed:
            return Message("The committee has not agreed to this team yet.")
    return HAS_ENDED


def refuse_asking(state: TeamState, *, home_is_verified: bool) -> Message | None:
    """Whether a team can be asked for help: agreed to, and of an organization that may act now.

    Parameters
    ----------
    state : TeamState
    home_is_verified : bool
        Whether the organization that answers for the team is verified by the civil affairs bureau.

    Returns
    -------
    Message or None
        The sentence that says why not, or None.

    Examples
    --------
    >>> refuse_asking(TeamState.agreed, home_is_verified=True) is None
    True
    >>> refuse_asking(TeamState.agreed, home_is_verified=False) is HOME_NOT_VERIFIED
    True
    >>> refuse_asking(TeamState.ended, home_is_verified=True) is HAS_ENDED
    True
    """
    match state:
        case TeamState.agreed:
            return None if home_is_verified else HOME_NOT_VERIFIED
        case TeamState.proposed:
            return NOT_ANSWERED
        case TeamState.declined:
            return NOT_AGREED
    return HAS_ENDED


def refuse_leaving(role: TeamRole) -> Message | None:
    """Whether somebody in this role can leave: a team is never without the one who answers for it.

    Examples
    --------
    >>> refuse_leaving(TeamRole.deputy) is None, refuse_leaving(TeamRole.leader).text
    (True, 'The leader cannot leave. Please hand the team over to a member first.')
    """
    if role is not TeamRole.leader:
        return None
    return Message("The leader cannot leave. Please hand the team over to a member first.")


def refuse_parent(*, is_same_home: bool, parent_has_parent: bool, has_branches: bool) -> Message | None:
    """Whether a team can be a branch of another: one level only, so that no circle can come about.

    Parameters
    ----------
    is_same_home : bool
        Whether the same organization, or the same committee, answers for both.
    parent_has_parent, has_branches : bool
        Whether the wider team is a branch itself, and whether the narrower one has branches.

    Examples
    --------
    >>> refuse_parent(is_same_home=True, parent_has_parent=False, has_branches=False) is None
    True
    >>> refuse_parent(is_same_home=True, parent_has_parent=True, has_branches=False).text
    'A branch has no branches of its own. Please choose another team.'
    """
    if not is_same_home:
        return Message("A branch belongs to the same organization as the whole team.")
    if parent_has_parent:
        return Message("A branch has no branches of its own. Please choose another team.")
    if has_branches:
        return Message("This team has branches, so it cannot be a branch itself.")
    return None


def parts_of_week(start: datetime, end: datetime) -> tuple[int, ...]:
    """The parts of the week that a time touches: weekday times three and daypart, Monday morning is 0.

    Parameters
    ----------
    start, end : datetime
        In the place's own zone; mornings end at 12:00, afternoons at 18:00.

    Examples
    --------
    >>> parts_of_week(datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 12))
    (3,)
    >>> parts_of_week(datetime(2026, 11, 29, 17), datetime(2026, 11, 30, 1))
    (19, 20, 0)
    """
    last = _part(end - timedelta(microseconds=1)) if end > start else _part(start)
    span = min(last - _part(start) + 1, 7 * DAYPARTS_A_DAY)
    return tuple((_part(start) + n) % (7 * DAYPARTS_A_DAY) for n in range(span))


def is_free_in(availability: str, cells: Collection[int]) -> bool:
    """Whether somebody's week says that they are free in all of these parts of it.

    Parameters
    ----------
    availability : str
        The 21 characters of a volunteer's profile.
    cells : collection of int
        As `parts_of_week` gives them.

    Examples
    --------
    >>> week = "1" + "0" * 20
    >>> is_free_in(week, (0,)), is_free_in(week, (0, 1)), is_free_in("?" * 21, (0,))
    (True, False, False)
    """
    return all(availability[cell] == "1" for cell in cells)


def _part(moment: datetime) -> int:
    day = date(moment.year, moment.month, moment.day)
    daypart = 0 if moment.hour < 12 else 1 if moment.hour < 18 else 2
    return (day.toordinal() - 1) * DAYPARTS_A_DAY + daypart
