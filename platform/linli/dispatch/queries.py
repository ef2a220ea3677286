"""Reads of dispatches: one, a need's, a team's, an organization's, and what has become due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from linli.accounts.models import Account
from linli.core.errors import NotFound
from linli.core.paging import Page, read_page
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import ASKABLE_KINDS, OPEN_STATES, DispatchState
from linli.needs.models import Need, Shift
from linli.needs.rules import RUNNING_STATES
from linli.needs.views import PublicNeed
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import ACTING_ROLES
from linli.participation.models import Hold, Participation
from linli.participation.rules import SAID_YES as PERSON_SAID_YES
from linli.participation.rules import State
from linli.teams.models import Team, TeamMember
from linli.teams.queries import can_be_asked, home_id
from linli.teams.rules import LEADING_ROLES, MemberState, TeamState

MOST_SHOWN: Final = 100
PAGE_SIZE: Final = 50
SHOWN_AFTER_END: Final = timedelta(days=30)
Home = aliased(Organization)
Asker = aliased(Organization)
# Who will not come any more, of the people who were named.
GONE: Final = (State.declined, State.expired, State.withdrawn, State.cancelled)


@dataclass(frozen=True)
class Named:
    """How many people named for a dispatch have not answered, come, and do not."""

    asked: int = 0
    coming: int = 0
    gone: int = 0


@dataclass(frozen=True)
class DispatchRow:
    """A dispatch with what it is about; of the need only its public part (security 4)."""

    dispatch: Dispatch
    need: PublicNeed
    shift: Shift
    asked: str
    asker: str
    hold: Hold | None
    named: Named = field(default_factory=Named)

    @property
    def left(self) -> int:
        return self.hold.places_left if self.hold else 0

    @property
    def waits_for_answer(self) -> bool:
        return self.dispatch.state is DispatchState.asked

    @property
    def is_taken_on(self) -> bool:
        """A yes whose places are still to be filled, or whose people are asked or come."""
        is_accepted = self.dispatch.state is DispatchState.accepted
        return is_accepted or bool(self.named.asked or self.named.coming)

    def waits_for_names(self, now: datetime) -> bool:
        """Places are kept for them, and nobody has been named for some."""
        return bool(self.left) and self.hold is not None and self.hold.runs_at(now)


async def find_dispatch(session: AsyncSession, dispatch_id: UUID) -> Dispatch:
    found = await session.get(Dispatch, dispatch_id)
    if found is None:
        raise NotFound
    return found


async def askable_team(session: AsyncSession, team_id: UUID) -> Team | None:
    """The team, if it is agreed to and its organization may act at this moment."""
    team: Team | None = await session.scalar(
        select(Team)
        .join(Organization, Organization.id == home_id())
        .where(Team.id == team_id, can_be_asked())
        .execution_options(populate_existing=True)
    )
    return team


async def askable_organization(session: AsyncSession, organization_id: UUID) -> Organization | None:
    organization: Organization | None = await session.scalar(
        select(Organization)
        .where(Organization.id == organization_id, is_askable(Organization))
        .execution_options(populate_existing=True)
    )
    return organization


async def has_said_no(
    session: AsyncSession, *, need_id: UUID, team_id: UUID | None, organization_id: UUID | None
) -> bool:
    """Whether they have declined this need, whichever shift."""
    asked = _asked(team_id, organization_id)
    found = await session.scalar(
        select(Dispatch.id).where(
            Dispatch.need_id == need_id, asked, Dispatch.state == DispatchState.declined
        )
    )
    return found is not None


async def is_open_in_shift(
    session: AsyncSession, *, shift_id: UUID, team_id: UUID | None, organization_id: UUID | None
) -> bool:
    asked = _asked(team_id, organization_id)
    found = await session.scalar(
        select(Dispatch.id).where(Dispatch.shift_id == shift_id, asked, Dispatch.state.in_(OPEN_STATES))
    )
    return found is not None


async def leading_people(session: AsyncSession, dispatch: Dispatch) -> Sequence[Account]:
    """Who answers for it: the team's leaders, or else who acts for the organization asked."""
    if dispatch.team_id is None:
        return await _acting_for(session, dispatch.organization_id)
    led = (
        select(Account)
        .join(TeamMember, TeamMember.account_id == Account.id)
        .where(TeamMember.team_id == dispatch.team_id, TeamMember.state == MemberState.member)
        .where(TeamMember.role.in_(LEADING_ROLES), Account.stopped_at.is_(None))
    )
    if people := (await session.scalars(led)).all():
        return people
    return await _acting_for(
        session, await session.scalar(select(Team.organization_id).where(Team.id == dispatch.team_id))
    )


async def name_of(session: AsyncSession, dispatch: Dispatch) -> str:
    """The team's or the organization's name."""
    if dispatch.team_id is not None:
        return (await session.get_one(Team, dispatch.team_id)).name
    return (await session.get_one(Organization, dispatch.organization_id)).name


async def teams_to_name_from(session: AsyncSession, dispatch: Dispatch) -> Sequence[UUID]:
    """The team that took it on; of an organization all its agreed teams."""
    if dispatch.team_id is not None:
        return [dispatch.team_id]
    found = await session.scalars(
        select(Team.id).where(
            Team.organization_id == dispatch.organization_id, Team.state == TeamState.agreed
        )
    )
    return found.all()


async def are_members(
    session: AsyncSession, *, team_ids: Collection[UUID], account_ids: Collection[UUID]
) -> set[UUID]:
    """Of these people those who belong to one of the teams now."""
    found = await session.scalars(
        select(TeamMember.account_id).where(
            TeamMember.team_id.in_(team_ids),
            TeamMember.account_id.in_(account_ids),
            TeamMember.state == MemberState.member,
        )
    )
    return set(found)


async def row_of(session: AsyncSession, dispatch: Dispatch) -> DispatchRow:
    [row] = await _rows(session, _whole().where(Dispatch.id == dispatch.id))
    return row


async def of_need(session: AsyncSession, *, need_id: UUID) -> list[DispatchRow]:
    """Everything that was asked for a need, the open ones first."""
    is_over = Dispatch.state.not_in(OPEN_STATES)
    return await _rows(
        session,
        _whole().where(Dispatch.need_id == need_id).order_by(is_over, Shift.starts_at, Dispatch.id.desc()),
    )


async def of_team(
    session: AsyncSession, *, team_id: UUID, now: datetime, after: str | None = None
) -> Page[DispatchRow]:
    """Asked of a team, or handed to it; what waits for an answer first, what is long over left out."""
    own = or_(Dispatch.team_id == team_id, Dispatch.handed_to_id == team_id)
    return await _page(session, own, now, after)


async def of_organization(
    session: AsyncSession, *, organization_id: UUID, now: datetime, after: str | None = None
) -> Page[DispatchRow]:
    """Asked of an organization, and of its teams."""
    of_its_team = Dispatch.team_id.in_(select(Team.id).where(Team.organization_id == organization_id))
    own = or_(Dispatch.organization_id == organization_id, of_its_team)
    return await _page(session, own, now, after)


async def taken_on_by_team(session: AsyncSession, *, team_id: UUID, now: datetime) -> list[DispatchRow]:
    """What is still to come and has a hold or people, by time."""
    own = or_(Dispatch.team_id == team_id, Dispatch.handed_to_id == team_id)
    rows = await _rows(
        session,
        _whole()
        .where(own, Dispatch.hold_id.is_not(None), Shift.ends_at > now)
        .where(Need.state.in_(RUNNING_STATES))
        .order_by(Shift.starts_at, Dispatch.id),
    )
    return [row for row in rows if row.left or row.named.asked or row.named.coming]


async def teams_with_ids(session: AsyncSession, team_ids: Collection[UUID]) -> Sequence[Team]:
    found = await session.scalars(select(Team).where(Team.id.in_(team_ids)).order_by(Team.name, Team.id))
    return found.all()


async def needs_to_ask_for(
    session: AsyncSession, *, organization_ids: Collection[UUID], now: datetime
) -> list[tuple[PublicNeed, Shift]]:
    """Running needs of these organizations with the first time that has a free place, the next first."""
    rows = await session.execute(
        select(Need, Shift)
        .join(Shift, Shift.need_id == Need.id)
        .join(Organization, Organization.id == Need.organization_id)
        .where(Need.organization_id.in_(organization_ids), Organization.is_verified)
        .where(Need.state.in_(RUNNING_STATES), Shift.starts_at > now, Shift.places_taken < Shift.places)
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST_SHOWN)
    )
    first: dict[UUID, tuple[PublicNeed, Shift]] = {}
    for need, shift in rows:
        first.setdefault(need.id, (PublicNeed.of(need), shift))
    return list(first.values())


async def named_people(session: AsyncSession, hold_id: UUID) -> Sequence[tuple[Participation, Account]]:
    return (await people_named_for(session, [hold_id])).get(hold_id, [])


async def people_named_for(
    session: AsyncSession, hold_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[tuple[Participation, Account]]]:
    """Whom the leaders named for each, in the order in which they were named."""
    rows = await session.execute(
        select(Participation, Account)
        .join(Account, Account.id == Participation.account_id)
        .where(Participation.hold_id.in_(hold_ids))
        .order_by(Participation.id)
        .limit(MOST_SHOWN * len(hold_ids))
    )
    found: dict[UUID, list[tuple[Participation, Account]]] = {}
    for participation, account in rows:
        if participation.hold_id is not None:
            found.setdefault(participation.hold_id, []).append((participation, account))
    return found


async def counts_of(session: AsyncSession, hold_ids: Collection[UUID]) -> Mapping[UUID, Named]:
    rows = await session.execute(
        select(
            Participation.hold_id,
            count_of((State.offered,)),
            count_of(PERSON_SAID_YES),
            count_of(GONE),
        )
        .where(Participation.hold_id.in_(hold_ids))
        .group_by(Participation.hold_id)
    )
    return {row[0]: Named(*row[1:]) for row in rows}


async def _rows(session: AsyncSession, query: Select[Any]) -> list[DispatchRow]:
    return await _shown(session, (await session.execute(query.limit(MOST_SHOWN))).all())


async def _page(
    session: AsyncSession, whose: ColumnElement[bool], now: datetime, after: str | None
) -> Page[DispatchRow]:
    order = {DispatchState.asked: 0, DispatchState.accepted: 1}
    rank = case(*((Dispatch.state == state, n) for state, n in order.items()), else_=len(order))
    page = await read_page(
        session,
        _whole().where(whose, Shift.ends_at > now - SHOWN_AFTER_END),
        keys=[rank, Shift.starts_at, Dispatch.id],
        key_of=lambda row: [order.get(row[0].state, len(order)), row[2].starts_at, row[0].id],
        after=after,
        size=PAGE_SIZE,
    )
    return Page(await _shown(session, page.rows), page.next_cursor)


async def _shown(session: AsyncSession, rows: Sequence[Any]) -> list[DispatchRow]:
    """With one more query however many there are."""
    counts = await counts_of(session, [row[0].hold_id for row in rows if row[0].hold_id])
    return [
        DispatchRow(
            dispatch, PublicNeed.of(need), shift, asked, asker, hold, counts.get(dispatch.hold_id, Named())
        )
        for dispatch, need, shift, hold, asked, asker in rows
    ]


def _whole() -> Select[Any]:
    return (
        select(Dispatch, Need, Shift, Hold, func.coalesce(Team.name, Home.name), Asker.name)
        .join(Need, Need.id == Dispatch.need_id)
        .join(Shift, Shift.id == Dispatch.shift_id)
        .join(Asker, Asker.id == Need.organization_id)
        .outerjoin(Hold, Hold.id == Dispatch.hold_id)
        .outerjoin(Team, Team.id == Dispatch.team_id)
        .outerjoin(Home, Home.id == Dispatch.organization_id)
    )


async def _acting_for(session: AsyncSession, organization_id: UUID | None) -> Sequence[Account]:
    found = await session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organization_id == organization_id, Membership.ended_at.is_(None))
        .where(Membership.role.in_(ACTING_ROLES))
        .order_by(Membership.since)
        .limit(MOST_SHOWN)
    )
    return found.all()


def _asked(team_id: UUID | None, organization_id: UUID | None) -> ColumnElement[bool]:
    return Dispatch.team_id == team_id if team_id else Dispatch.organization_id == organization_id


def is_askable(organization: Any) -> ColumnElement[bool]:
    return and_(organization.is_verified, organization.kind.in_(ASKABLE_KINDS))


def count_of(states: Collection[State]) -> ColumnElement[int]:
    return func.count().filter(Participation.state.in_(states))
