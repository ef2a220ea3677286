"""A volunteer's home: what was answered, and the teams with what waits in them."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations.queries import own_conversations
from linli.core.i18n import Message, counted
from linli.desks.waiting.rows import Group, Waiting, filled, group
from linli.teams.models import Team, TeamMember
from linli.teams.queries import waiting_counts
from linli.teams.rules import LEADING_ROLES, ROLE_NAMES, MemberState, TeamState
from linli.volunteers.asking.actions import PAGE as ASKING
from linli.volunteers.asking.actions import SHALL_WE_GO_ON

Seats = Sequence[tuple[Team, TeamMember]]
GO_ON: Final = Waiting(title=SHALL_WE_GO_ON, url=ASKING, facts=(Message("We ask you nothing for now."),))


async def volunteer_groups(
    session: AsyncSession, *, account_id: UUID, seats: Seats, is_silent: bool
) -> tuple[list[Group], list[Group]]:
    """What is news, to stand on top, and the teams, to stand below.

    Who has gone silent finds the one question here, too, as long as it waits.
    """
    led = [team.id for team in led_in(seats)]
    waiting = await waiting_counts(session, led) if led else {}
    teams = [_team(team, seat, waiting) for team, seat in seats]
    news = [
        group(Message("A question to you"), [GO_ON] if is_silent else []),
        await _answers(session, account_id),
    ]
    return filled(news), filled([group(Message("My teams"), teams, url="/me/teams")])


def led_in(seats: Seats) -> list[Team]:
    """The teams that somebody leads or helps to lead."""
    return [team for team, seat in seats if _leads(team, seat)]


async def _answers(session: AsyncSession, account_id: UUID) -> Group:
    page = await own_conversations(session, account_id=account_id, after=None)
    rows = [
        Waiting(
            title=each.title,
            title_lang=each.language,
            url=f"/conversations/{each.id}",
            facts=(each.who, each.written_at),
        )
        for each in page.rows
        if each.is_unread
    ]
    return group(Message("They have answered you"), rows, url="/me/conversations")


def _team(team: Team, seat: TeamMember, waiting: Mapping[UUID, int]) -> Waiting:
    n = waiting.get(team.id, 0)
    leads = _leads(team, seat)
    return Waiting(
        title=team.name,
        title_lang="zh",
        url=f"/teams/{team.id}/desk" if leads else f"/teams/{team.id}",
        facts=(_standing(team, seat),),
        due=counted(n, "{n} person waits for your answer", "{n} people wait for your answer") if n else None,
    )


def _standing(team: Team, seat: TeamMember) -> Message:
    if seat.state is MemberState.invited:
        return Message("You are invited: yes or no?")
    if seat.state is MemberState.asked:
        return Message("You have asked to join")
    if team.state is TeamState.proposed:
        return Message("Waits for the committee")
    return ROLE_NAMES[seat.role]


def _leads(team: Team, seat: TeamMember) -> bool:
    return seat.is_member and seat.role in LEADING_ROLES and team.is_agreed
