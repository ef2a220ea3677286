"""Two entries that are one person become one, after somebody has looked at both."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.db import take_turns
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.participation.models import Participation
from linli.participation.rules import OPEN
from linli.rosters.models import RegisteredPerson
from linli.rosters.queries import registered_person, roster_of
from linli.teams.models import TeamMember
from linli.teams.rules import MOST_TEAMS, OPEN_STATES, TeamRole
from linli.volunteers.actions import ensure_profile
from linli.volunteers.models import (
    VolunteerCredential,
    VolunteerField,
    VolunteerLanguage,
    VolunteerProfile,
    VolunteerSkill,
)

# Columns that name a person, and what becomes of them; a test asks about every such column there is.
MOVED: Final = frozenset(
    {
        "participations.account_id",
        "team_members.account_id",
        "volunteer_credentials.account_id",
        "volunteer_skills.account_id",
        "volunteer_fields.account_id",
        "volunteer_languages.account_id",
    }
)


async def merge_people(
    session: AsyncSession,
    *,
    organization_id: UUID,
    kept_id: UUID,
    merged_id: UUID,
    account_id: UUID,
    now: datetime,
) -> Account:
    """The second is one whom this organization registered, and goes; the first keeps everything of both."""
    await take_turns(session, f"roster {organization_id}")
    if kept_id == merged_id:
        raise NotFound
    roster = await roster_of(session, organization_id=organization_id)
    if kept_id not in roster.people:
        raise NotFound
    # Nobody else's account: who has signed in themselves is never merged away.
    _, merged = await registered_person(session, organization_id=organization_id, person_id=merged_id)
    kept: Account = (
        await session.scalars(select(Account).where(Account.id == kept_id).with_for_update())
    ).one()
    await _move_places(session, kept_id, merged_id)
    await _move_teams(session, kept_id, merged_id)
    await _move_offers(session, kept, merged_id, now)
    await _move_registration(session, kept, merged_id)
    await session.delete(merged)
    await session.flush()
    record(
        session,
        action="merge_people",
        object_id=kept_id,
        organization_id=organization_id,
        actor_id=account_id,
        now=now,
        merged_id=merged_id,
    )
    return kept


async def _move_places(session: AsyncSession, kept_id: UUID, merged_id: UUID) -> None:
    held = select(Participation.shift_id).where(
        Participation.account_id == kept_id, Participation.state.in_(OPEN)
    )
    both = select(Participation.id).where(
        Participation.account_id == merged_id,
        Participation.state.in_(OPEN),
        Participation.shift_id.in_(held),
    )
    if await session.scalar(both.limit(1)):
        raise Conflict(
            Message("Both have something open at the same time of one need. End one of them first.")
        )
    await session.execute(
        update(Participation).where(Participation.account_id == merged_id).values(account_id=kept_id)
    )


async def _move_teams(session: AsyncSession, kept_id: UUID, merged_id: UUID) -> None:
    rows = (
        await session.scalars(
            select(TeamMember).where(TeamMember.account_id.in_([kept_id, merged_id])).order_by(TeamMember.id)
        )
    ).all()
    kept = {row.team_id: row for row in rows if row.account_id == kept_id and row.state in OPEN_STATES}
    for row in rows:
        if row.account_id == merged_id:
            twin = kept.get(row.team_id) if row.state in OPEN_STATES else None
            if twin is None:
                row.account_id = kept_id
                if row.state in OPEN_STATES:
                    kept[row.team_id] = row
            else:
                await _join_seats(session, twin, row)
    if sum(row.is_member for row in kept.values()) > MOST_TEAMS:
        raise Conflict(
            Message(
                "Together they would be in more than {n} teams. Take one out of a team first.", n=MOST_TEAMS
            )
        )
    await session.flush()


async def _join_seats(session: AsyncSession, twin: TeamMember, row: TeamMember) -> None:
    """Both in one team: the one who stays gets the higher role of the two."""
    role, is_member = row.role, row.is_member
    await session.delete(row)
    await session.flush()
    if is_member and not twin.is_member:
        twin.state, twin.since, twin.consent_version = row.state, row.since, row.consent_version
    if twin.role is TeamRole.member or role is TeamRole.leader:
        twin.role = role


async def _move_offers(session: AsyncSession, kept: Account, merged_id: UUID, now: datetime) -> None:
    """What the profiles say, added up; where both say something, what was said for the kept one stays."""
    if await session.get(VolunteerProfile, merged_id) is None:
        return
    await ensure_profile(session, account=kept, now=now)
    for model, key in (
        (VolunteerSkill, "skill_id"),
        (VolunteerField, "field_id"),
        (VolunteerLanguage, "language_id"),
        (VolunteerCredential, "credential_id"),
    ):
        column = getattr(model, key)
        known = select(column).where(model.account_id == kept.id)
        await session.execute(
            update(model)
            .where(model.account_id == merged_id, column.not_in(list(await session.scalars(known))))
            .values(account_id=kept.id)
        )


async def _move_registration(session: AsyncSession, kept: Account, merged_id: UUID) -> None:
    """A number noted for one of two registered people is not lost."""
    gone = await session.get_one(RegisteredPerson, merged_id)
    stays = await session.get(RegisteredPerson, kept.id)
    if stays is not None and not stays.mobile:
        stays.mobile = gone.mobile
    await session.flush()
