"""Reads of insurances: an organization's list, and what counts for a need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from linli.accounts.models import Account
from linli.core import i18n, seed
from linli.core.errors import NotFound
from linli.core.i18n import Named
from linli.core.paging import Page, read_page
from linli.insurance.models import InsuranceEntry
from linli.insurance.rules import COVER_NAMES, Insured, risks_running_out, uninsured_risks
from linli.needs.models import Need, Shift
from linli.organizations.models import Membership
from linli.organizations.registration import RENEW_WITHIN
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState, TeamState

# An organization insures its people once a year; one that enters more is read as far as this.
MOST_READ = 200
Checker = aliased(Account)


@dataclass(frozen=True)
class ShownInsurance:
    """An entry with the names that belong to it."""

    entry: InsuranceEntry
    need_title: str | None
    entered_by: str | None
    checked_by: str | None

    @property
    def covers(self) -> object:
        return COVER_NAMES[self.entry.covers]

    @property
    def risks(self) -> tuple[Named, ...]:
        return named_risks(self.entry.risk_kinds)


async def find_insurance(session: AsyncSession, entry_id: UUID) -> InsuranceEntry:
    """The entry, locked; whether one may touch it is asked before."""
    found: InsuranceEntry | None = await session.scalar(
        select(InsuranceEntry)
        .where(InsuranceEntry.id == entry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def insurances_page(
    session: AsyncSession, *, organization_id: UUID, after: str | None
) -> Page[ShownInsurance]:
    """Everything the organization has entered, what was entered last first."""
    query = (
        select(InsuranceEntry, Need.title, Account.name, Checker.name)
        .outerjoin(Need, Need.id == InsuranceEntry.need_id)
        .outerjoin(Account, Account.id == InsuranceEntry.entered_by_id)
        .outerjoin(Checker, Checker.id == InsuranceEntry.checked_by_id)
        .where(InsuranceEntry.organization_id == organization_id)
    )
    page = await read_page(
        session,
        query,
        keys=[InsuranceEntry.id],
        key_of=lambda row: [row[0].id],
        after=after,
        descending=True,
    )
    return Page([ShownInsurance(*row) for row in page.rows], page.next_cursor)


@dataclass(frozen=True)
class DueInsurances:
    """What an organization has to do about its insurances: see a policy, or renew it."""

    unseen: Sequence[InsuranceEntry]
    ending: Sequence[InsuranceEntry]


async def insurances_due(session: AsyncSession, *, organization_id: UUID, today: date) -> DueInsurances:
    """Those for everything it asks for; one for a single need ends with the need."""
    found = await session.scalars(
        select(InsuranceEntry)
        .where(InsuranceEntry.organization_id == organization_id, InsuranceEntry.need_id.is_(None))
        .where(InsuranceEntry.revoked_at.is_(None), InsuranceEntry.ends_on >= today - RENEW_WITHIN)
        .order_by(InsuranceEntry.ends_on, InsuranceEntry.id)
        .limit(MOST_READ)
    )
    entries = found.all()
    counting = [each for each in entries if each.counts]
    insured = [each.insured for each in counting]
    return DueInsurances(
        [each for each in entries if not each.counts and each.ends_on >= today],
        [each for each in counting if risks_running_out(each.insured, insured, today=today)],
    )


async def insurances_for(session: AsyncSession, need: Need) -> list[Insured]:
    """What counts for the work of a need: entered for it, or for everything its organization asks for."""
    if not need.risk_kinds:
        return []
    found = await session.scalars(
        select(InsuranceEntry).where(*_counting_for(need)).order_by(InsuranceEntry.id.desc()).limit(MOST_READ)
    )
    return [each.insured for each in found]


async def waiting_for(session: AsyncSession, need: Need) -> bool:
    """Whether an insurance for the need has been entered, and nobody has seen the paper yet."""
    waiting = select(InsuranceEntry.id).where(
        *_entered_for(need), InsuranceEntry.checked_at.is_(None), InsuranceEntry.revoked_at.is_(None)
    )
    return await session.scalar(waiting.limit(1)) is not None


async def belongs_to(session: AsyncSession, *, organization_id: UUID | None, account_id: UUID) -> bool:
    """Whether a person holds a role in the organization, or is a member of one of its agreed teams."""
    has_role = select(Membership.id).where(
        Membership.organization_id == organization_id,
        Membership.account_id == account_id,
        Membership.ended_at.is_(None),
    )
    in_team = (
        select(TeamMember.id)
        .join(Team, Team.id == TeamMember.team_id)
        .where(
            or_(Team.organization_id == organization_id, Team.committee_id == organization_id),
            Team.state == TeamState.agreed,
            TeamMember.account_id == account_id,
            TeamMember.state == MemberState.member,
        )
    )
    return bool(await session.scalar(select(or_(has_role.exists(), in_team.exists()))))


def missing_in(need: Need, shift: Shift, insurances: Sequence[Insured], *, is_own: bool) -> list[str]:
    """The risks of a shift for which somebody is not insured."""
    first_on, last_on = days_of(shift)
    return uninsured_risks(need.risk_kinds, insurances, first_on=first_on, last_on=last_on, is_own=is_own)


def days_of(shift: Shift) -> tuple[date, date]:
    """In the place's own time."""
    return i18n.local(shift.starts_at).date(), i18n.local(shift.ends_at).date()


def named_risks(ids: Sequence[str]) -> tuple[Named, ...]:
    known = seed.risk_kinds()
    return tuple(known[each] for each in ids if each in known)


def _entered_for(need: Need) -> tuple[ColumnElement[bool], ...]:
    is_for_it: ColumnElement[bool] = or_(InsuranceEntry.need_id.is_(None), InsuranceEntry.need_id == need.id)
    return InsuranceEntry.organization_id == need.organization_id, is_for_it


def _counting_for(need: Need) -> tuple[Any, ...]:
    return (*_entered_for(need), InsuranceEntry.counts)
