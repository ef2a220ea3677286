"""The desk of who leads a team: what waits, who goes where, who could step in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import Message, counted
from linli.desks.waiting.dispatches import to_answer, to_name
from linli.desks.waiting.rows import Group, Waiting, filled, group
from linli.dispatch import queries as dispatches
from linli.dispatch.candidates import could_step_in
from linli.dispatch.queries import DispatchRow
from linli.participation.models import Participation
from linli.participation.rules import COMES, State
from linli.teams.models import Team
from linli.teams.queries import waiting_counts

MOST_OUTINGS: Final = 6


@dataclass(frozen=True)
class Outing:
    """Something the team took on: who comes, who has not answered, and how many more are free."""

    row: DispatchRow
    named: Sequence[tuple[Participation, Account]]
    could_step_in: int

    @property
    def coming(self) -> list[str]:
        return [person.name for each, person in self.named if each.state in COMES]

    @property
    def asked(self) -> list[str]:
        return [person.name for each, person in self.named if each.state is State.offered]

    @property
    def gone(self) -> int:
        return self.row.named.gone


@dataclass(frozen=True)
class TeamDesk:
    groups: Sequence[Group]
    outings: Sequence[Outing]
    taken_on: int


async def team_desk(session: AsyncSession, *, team: Team, now: datetime) -> TeamDesk:
    """The same queries however much there is."""
    base = f"/teams/{team.id}"
    rows = (await dispatches.of_team(session, team_id=team.id, now=now)).rows
    joining = (await waiting_counts(session, [team.id])).get(team.id, 0)
    groups = [
        to_answer(rows, url=f"{base}/dispatch", says_whom=False),
        to_name(rows, url=f"{base}/dispatch", says_whom=False, now=now),
        _joining(joining, f"{base}/roster"),
    ]
    coming = [row for row in rows if row.is_taken_on and row.shift.ends_at > now]
    coming.sort(key=lambda row: row.shift.starts_at)
    outings = await _outings(session, team.id, coming[:MOST_OUTINGS])
    return TeamDesk(filled(groups), outings, len(coming))


async def _outings(session: AsyncSession, team_id: UUID, rows: Sequence[DispatchRow]) -> list[Outing]:
    named = await dispatches.people_named_for(
        session, {row.dispatch.hold_id for row in rows if row.dispatch.hold_id}
    )
    free = await could_step_in(session, team_id=team_id, shifts=[row.shift for row in rows])
    return [
        Outing(row, named.get(row.dispatch.hold_id, ()) if row.dispatch.hold_id else (), free[row.shift.id])
        for row in rows
    ]


def _joining(n: int, url: str) -> Group:
    asks = counted(n, "{n} person waits for your answer", "{n} people wait for your answer")
    rows = [Waiting(title=asks, url=url, facts=(Message("Say welcome, or not now."),))] if n else []
    return group(Message("People who would like to join"), rows, total=n)
