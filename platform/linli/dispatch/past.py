"""What became of asking teams and organizations before, and who is not asked for a need at all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from linli.conversations.blocks import organizations_apart, people_apart
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import DispatchState
from linli.organizations.models import Membership
from linli.organizations.rules import ACTING_ROLES
from linli.participation.models import Hold
from linli.teams.models import Team, TeamMember
from linli.teams.rules import LEADING_ROLES, MemberState

REMEMBERED: Final = timedelta(days=365)
MOST_READ: Final = 2000


@dataclass(frozen=True, eq=False)
class PartnerKind:
    """Teams or organizations: the column of a dispatch that names them, and the seats of who answers.

    `of_team` is the column of a team that was asked whose past that is: its own, or its organization's.
    """

    column: InstrumentedAttribute[UUID | None]
    of_team: InstrumentedAttribute[Any]
    owner: InstrumentedAttribute[UUID]
    account: InstrumentedAttribute[UUID]
    answers: ColumnElement[bool]


TEAMS: Final = PartnerKind(
    Dispatch.team_id,
    Team.id,
    TeamMember.team_id,
    TeamMember.account_id,
    and_(TeamMember.state == MemberState.member, TeamMember.role.in_(LEADING_ROLES)),
)
ORGANIZATIONS: Final = PartnerKind(
    Dispatch.organization_id,
    Team.organization_id,
    Membership.organization_id,
    Membership.account_id,
    and_(Membership.ended_at.is_(None), Membership.role.in_(ACTING_ROLES)),
)


@dataclass(frozen=True)
class Past:
    """How often they were asked and answered, or let it run out, and took it on; and what is still open."""

    asked: int = 0
    accepted: int = 0
    open_requests: int = 0
    last_asked_at: datetime | None = None


async def pasts_of(
    session: AsyncSession, who: PartnerKind, ids: Collection[UUID], *, now: datetime
) -> Mapping[UUID, Past]:
    """Of the last year, in one query; who was never asked is left out."""
    whose = func.coalesce(who.column, who.of_team)
    their_teams = select(Team.id).where(who.of_team.in_(ids))
    took_on = Dispatch.hold_id.is_not(None)
    let_pass = Dispatch.state.in_((DispatchState.declined, DispatchState.expired))
    is_open = or_(
        Dispatch.state == DispatchState.asked,
        and_(Dispatch.state == DispatchState.accepted, Hold.places_left > 0),
    )
    rows = await session.execute(
        select(
            whose,
            func.count().filter(or_(took_on, let_pass)),
            func.count().filter(took_on),
            func.count().filter(is_open),
            func.max(Dispatch.asked_at),
        )
        .outerjoin(Hold, Hold.id == Dispatch.hold_id)
        .outerjoin(Team, Team.id == Dispatch.team_id)
        .where(or_(who.column.in_(ids), Dispatch.team_id.in_(their_teams)))
        .where(Dispatch.asked_at > now - REMEMBERED)
        .group_by(whose)
    )
    return {row[0]: Past(*row[1:]) for row in rows}


async def not_to_be_asked(
    session: AsyncSession, who: PartnerKind, *, need_id: UUID, organization_id: UUID | None
) -> set[UUID]:
    """Who has said no to a need, whichever time; and who cannot be asked by its organization."""
    said_no = select(who.column).where(Dispatch.need_id == need_id, Dispatch.state == DispatchState.declined)
    found = await session.scalars(said_no.where(who.column.is_not(None)))
    return {*found, *await session.scalars(_barred(who, organization_id))}


async def is_barred(
    session: AsyncSession, who: PartnerKind, id: UUID, *, organization_id: UUID | None
) -> bool:
    """Whether a block stands between an organization and everybody who would answer."""
    barred = _barred(who, organization_id).where(who.owner == id)
    return await session.scalar(barred) is not None


async def said_no_to(session: AsyncSession, who: PartnerKind, id: UUID) -> set[UUID]:
    """The needs that were declined."""
    found = await session.scalars(
        select(Dispatch.need_id)
        .where(who.column == id, Dispatch.state == DispatchState.declined)
        .order_by(Dispatch.id.desc())
        .limit(MOST_READ)
    )
    return set(found)


async def barring(session: AsyncSession, who: PartnerKind, id: UUID) -> set[UUID]:
    """The organizations that cannot ask: a block stands between each and everybody who would answer."""
    answering = set(await session.scalars(select(who.account).where(who.owner == id, who.answers)))
    apart = await organizations_apart(session, answering)
    return {organization_id for organization_id, people in apart.items() if people >= answering}


def _barred(who: PartnerKind, organization_id: UUID | None) -> Select[tuple[UUID]]:
    """Where everybody who answers is blocked or has blocked. Blocks are few, so they are read first."""
    blocked = people_apart(organization_id)
    concerned = select(who.owner).where(who.account.in_(blocked), who.answers)
    could_answer = func.count().filter(who.account.not_in(blocked))
    return (
        select(who.owner)
        .where(who.owner.in_(concerned), who.answers)
        .group_by(who.owner)
        .having(could_answer == 0)
    )
