"""Reads of insurances: an organization's list, and what counts for a need."""

from collections.abc import Collection, Mapping, Sequence
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
from linli.insurance.models import InsuranceEntry, InsuranceTeam
from linli.insurance.rules import (
    COVER_NAMES,
    Belonging,
    Cover,
    Gap,
    Insured,
    gap_in,
    risks_running_out,
    uninsured_risks,
)
from linli.needs.models import Need, Shift
from linli.organizations.models import Membership
from linli.organizations.registration import RENEW_WITHIN
from linli.teams.models import Team, TeamMember
from linli.teams.rules import PUBLIC_STATES, MemberState, TeamState

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
    teams: tuple[str, ...] = ()

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
    names = {
        id: tuple(team.name for team in teams)
        for id, teams in (await named_teams(session, [row[0] for row in page.rows])).items()
    }
    rows = [
        ShownInsurance(entry, need_title, entered_by, checked_by, names.get(entry.id, ()))
        for entry, need_title, entered_by, checked_by in page.rows
    ]
    return Page(rows, page.next_cursor)


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
    teams = await named_teams(session, entries)
    counting = [(each, _insured(each, teams)) for each in entries if each.counts]
    insured = [each for _, each in counting]
    return DueInsurances(
        [each for each in entries if not each.counts and each.ends_on >= today],
        [entry for entry, each in counting if risks_running_out(each, insured, today=today)],
    )


async def insurances_for(session: AsyncSession, need: Need) -> list[Insured]:
    """What counts for the work of a need: entered for it, or for everything its organization asks for."""
    if not need.risk_kinds:
        return []
    found = await session.scalars(
        select(InsuranceEntry).where(*_counting_for(need)).order_by(InsuranceEntry.id.desc()).limit(MOST_READ)
    )
    entries = found.all()
    teams = await named_teams(session, entries)
    return [_insured(each, teams) for each in entries]


def _insured(entry: InsuranceEntry, teams: Mapping[UUID, Sequence[Team]]) -> Insured:
    return entry.insured(team.id for team in teams.get(entry.id, ()))


async def named_teams(
    session: AsyncSession, entries: Sequence[InsuranceEntry]
) -> Mapping[UUID, Sequence[Team]]:
    """The teams that each entry names; no query where none does."""
    ids = [each.id for each in entries if each.covers is Cover.named_teams]
    if not ids:
        return {}
    rows = await session.execute(
        select(InsuranceTeam.entry_id, Team)
        .join(Team, Team.id == InsuranceTeam.team_id)
        .where(InsuranceTeam.entry_id.in_(ids))
        .order_by(Team.name, Team.id)
    )
    found: dict[UUID, list[Team]] = {}
    for entry_id, team in rows:
        found.setdefault(entry_id, []).append(team)
    return found


async def teams_to_name(
    session: AsyncSession, *, organization_id: UUID, also: Collection[UUID] = ()
) -> Sequence[Team]:
    """The organization's agreed teams, and others that are public and were named."""
    own = (_is_home(organization_id)) & (Team.state == TeamState.agreed)
    named = Team.id.in_(also) & Team.state.in_(PUBLIC_STATES)
    found = await session.scalars(
        select(Team).where(or_(own, named)).order_by(Team.name, Team.id).limit(MOST_READ)
    )
    return found.all()


@dataclass(frozen=True)
class ShownGap:
    """What a need's people are not insured for; `is_waiting` where only a paper has still to be seen."""

    gap: Gap
    risks: tuple[Named, ...]
    is_waiting: bool


async def gap_of(session: AsyncSession, *, need: Need, shifts: Sequence[Shift]) -> ShownGap | None:
    """What is missing before just anybody can be confirmed for these shifts of a need."""
    insurances = await insurances_for(session, need)
    gap = gap_in(need.risk_kinds, insurances, days=[days_of(each) for each in shifts])
    if gap is None:
        return None
    is_waiting = gap.nobody_is_insured and await waiting_for(session, need)
    return ShownGap(gap, named_risks(gap.risks), is_waiting)


async def waiting_for(session: AsyncSession, need: Need) -> bool:
    """Whether an insurance for the need has been entered, and nobody has seen the paper yet."""
    waiting = select(InsuranceEntry.id).where(
        *_entered_for(need), InsuranceEntry.checked_at.is_(None), InsuranceEntry.revoked_at.is_(None)
    )
    return await session.scalar(waiting.limit(1)) is not None


async def belonging_of(session: AsyncSession, *, organization_id: UUID | None, account_id: UUID) -> Belonging:
    """Whether a person holds a role in the organization or is in one of its agreed teams, and their teams."""
    has_role = select(Membership.id).where(
        Membership.organization_id == organization_id,
        Membership.account_id == account_id,
        Membership.ended_at.is_(None),
    )
    teams = await session.execute(
        select(Team.id, _is_home(organization_id))
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(
            Team.state == TeamState.agreed,
            TeamMember.account_id == account_id,
            TeamMember.state == MemberState.member,
        )
    )
    is_of = {team_id: bool(is_own) for team_id, is_own in teams}
    is_own = any(is_of.values()) or bool(await session.scalar(select(has_role.exists())))
    return Belonging(is_own, frozenset(is_of))


def _is_home(organization_id: UUID | None) -> ColumnElement[bool]:
    return or_(Team.organization_id == organization_id, Team.committee_id == organization_id)


def missing_in(need: Need, shift: Shift, insurances: Sequence[Insured], who: Belonging) -> list[str]:
    """The risks of a shift for which somebody is not insured."""
    first_on, last_on = days_of(shift)
    return uninsured_risks(need.risk_kinds, insurances, first_on=first_on, last_on=last_on, who=who)


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
