"""The partners of the large town: teams with members and charities, and what they were asked before."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import seed
from linli.core.db import new_id
from linli.core.seed_samples import samples
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import DispatchState
from linli.needs.models import Shift
from linli.organizations.models import Organization
from linli.organizations.registration import RegistrationState
from linli.organizations.rules import OrganizationKind
from linli.teams.models import Team, TeamField, TeamMember
from linli.teams.rules import CONSENT_VERSION, MemberState, TeamRole, TeamState
from linli.volunteers.models import VolunteerProfile
from tests.benchmarks.town import LargeTown, Rows, write

ORGANIZATIONS, TEAMS, MEMBERS_EACH, REQUESTS = 500, 1000, 20, 5000
KINDS = (OrganizationKind.charity, OrganizationKind.social_organization, OrganizationKind.station)
ANSWERS = (DispatchState.declined, DispatchState.expired)
Pairs = Sequence[Row[Any]]


@dataclass(frozen=True)
class LargeTownsPartners:
    """A team to look for needs as, and who leads it."""

    team_id: UUID
    leader_id: UUID


async def fill_partners(
    session: AsyncSession, town: LargeTown, *, now: datetime, number: int = 1
) -> LargeTownsPartners:
    """Half of the teams are of charities, half community groups; the same for the same number."""
    rng = random.Random(number)
    people = (await session.scalars(select(VolunteerProfile.account_id))).all()
    committees = (await session.execute(select(Organization.id, Organization.division))).all()
    divisions = [division for _, division in committees]
    homes = [organization_row(n, rng.choice(divisions), now, rng) for n in range(ORGANIZATIONS)]
    teams = [team_row(n, homes, committees, now, rng) for n in range(TEAMS)]
    members = [row for team in teams for row in member_rows(team["id"], people, now, rng)]
    fields = [{"team_id": team["id"], "field_id": id} for team in teams for id in some_fields(rng)]
    times = select(Shift.need_id, Shift.id).where(Shift.need_id != town.need_id)
    shifts = (await session.execute(times)).all()
    asked = request_rows(shifts, [team["id"] for team in teams], [each["id"] for each in homes], now, rng)
    for model, rows in (
        (Organization, homes),
        (Team, teams),
        (TeamField, fields),
        (TeamMember, members),
        (Dispatch, asked),
    ):
        await write(session, model, rows)
    leader = next(each for each in members if each["role"] is TeamRole.leader)
    return LargeTownsPartners(leader["team_id"], leader["account_id"])


def organization_row(n: int, division: str, now: datetime, rng: random.Random) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": rng.choice(KINDS),
        "name": f"公益服务中心{n}",
        "division": area(division, rng),
        "readiness": rng.choice(samples().intros).text,
        "state": RegistrationState.verified,
        "verified_at": now,
        "is_sample": True,
        "created_at": now,
    }


def team_row(n: int, homes: Rows, committees: Pairs, now: datetime, rng: random.Random) -> dict[str, Any]:
    committee_id, division = rng.choice(committees)
    of_charity = n % 2 == 0
    return {
        "id": new_id(),
        "organization_id": rng.choice(homes)["id"] if of_charity else None,
        "committee_id": None if of_charity else committee_id,
        "state": TeamState.agreed,
        "name": f"服务队{n}",
        "about": rng.choice(samples().intros).text,
        "division": area(division, rng),
        "join_token": f"bench-{n}",
        "is_sample": True,
        "created_at": now,
        "agreed_at": now,
        "changed_at": now,
    }


def area(community: str, rng: random.Random) -> str:
    """A team or a charity works in its community, in the township or in the whole county."""
    return community[: rng.choice((6, 9, 12))]


def member_rows(team_id: UUID, people: Sequence[UUID], now: datetime, rng: random.Random) -> Rows:
    chosen = rng.sample(people, MEMBERS_EACH)
    return [
        {
            "id": new_id(),
            "team_id": team_id,
            "account_id": account_id,
            "role": TeamRole.member if n else TeamRole.leader,
            "state": MemberState.member,
            "consent_version": CONSENT_VERSION,
            "asked_at": now,
            "since": now,
        }
        for n, account_id in enumerate(chosen)
    ]


def some_fields(rng: random.Random) -> list[str]:
    return rng.sample(sorted(seed.fields()), 2)


def request_rows(
    shifts: Pairs, teams: Sequence[UUID], organizations: Sequence[UUID], now: datetime, rng: random.Random
) -> Rows:
    rows = []
    for (need_id, shift_id), n in zip(rng.choices(shifts, k=REQUESTS), range(REQUESTS), strict=True):
        asked_at = now - timedelta(days=rng.randint(1, 300))
        rows.append(
            {
                "id": new_id(),
                "need_id": need_id,
                "shift_id": shift_id,
                "team_id": rng.choice(teams) if n % 2 else None,
                "organization_id": None if n % 2 else rng.choice(organizations),
                "places": 2,
                "state": rng.choice(ANSWERS),
                "asked_at": asked_at,
                "answer_until": asked_at + timedelta(days=2),
            }
        )
    return rows
