"""What a file does to many people is done kind by kind: more people are no more statements."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from linli.organizations.rules import OrganizationKind
from linli.rosters import actions
from linli.rosters.queries import roster_of
from linli.teams.rules import TeamRole
from tests.factories import (
    make_member,
    make_organization,
    make_registered_person,
    make_team,
    make_team_member,
)
from tests.linli.rosters.files import apply, compare, csv_of, row


@dataclass(frozen=True)
class Counted:
    changed: int
    applied: int
    undone: int


async def change_many(session: AsyncSession, statements: list[str], now: datetime, people: int) -> Counted:
    """So many new, renamed, brought in, invited, made deputies, and left out, in two teams; then all back."""
    charity = await make_organization(session, OrganizationKind.charity)
    coordinator = await make_member(session, charity)
    first, second = [await make_team(session, charity, name=f"{name}队") for name in "甲乙"]
    leader = await make_team_member(session, first, role=TeamRole.leader)
    rows = [[str(leader.account_id), "", "", "", "", "甲队", ""]]
    for n in range(people):
        known = await make_registered_person(session, charity)
        says = [f"新名{n}", f"139{n:08d}" if n % 2 else "", "1950-01-01" if n % 3 else ""]
        seat, leaves = await make_team_member(session, first), await make_team_member(session, first)
        rows += [
            row(f"新人{n}", team="乙队", role="队长" if n == 0 else "队员"),
            [str(known.id), *says, "", "甲队", "队长" if n == 0 else "副队长"],
            [str(seat.account_id), "", "", "", "", "甲队", "副队长"],
            [str(seat.account_id), "", "", "", "", "乙队", ""],
        ]
        assert leaves.is_member
    before = (await roster_of(session, organization_id=charity.id)).print
    seen = await compare(session, charity, coordinator, csv_of(*rows), now)
    session.expunge_all()
    seen = await session.merge(seen)
    statements.clear()
    changed = await apply(session, seen, coordinator, now, missing=True)
    applied = len(statements)
    roster = await roster_of(session, organization_id=charity.id)
    roles = [each.teams.get(first.id) for each in roster.people.values()]
    assert (roles.count(TeamRole.leader), roles.count(TeamRole.deputy)) == (1, 2 * people)
    assert len([each for each in roster.people.values() if second.id in each.teams]) == 2 * people
    session.expunge_all()
    seen = await session.merge(seen)
    statements.clear()
    await actions.undo_import(session, seen=seen, account_id=coordinator.id, now=now)
    undone = len(statements)
    assert (await roster_of(session, organization_id=charity.id)).print == before
    return Counted(changed, applied, undone)


async def test_statements_do_not_grow_with_the_people(
    session: AsyncSession, now: datetime, statements: list[str]
) -> None:
    few = await change_many(session, statements, now, 6)
    many = await change_many(session, statements, now, 24)
    assert (few.changed, many.changed) == (30, 120)
    assert (many.applied, many.undone) == (few.applied, few.undone)
    assert few.applied <= 65
    assert few.undone <= 30
