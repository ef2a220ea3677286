"""Reads of profiles and papers: one person's, those an officer may check, and the pool for matching."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from linli.accounts.models import Account
from linli.core import seed
from linli.core.errors import NotFound
from linli.core.i18n import Name
from linli.core.paging import Page, read_page
from linli.core.seed import Credential
from linli.divisions.shown import named
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.volunteers.forms import ProfileDraft
from linli.volunteers.models import (
    VolunteerCredential,
    VolunteerField,
    VolunteerLanguage,
    VolunteerProfile,
    VolunteerSkill,
)
from linli.volunteers.rules import CredentialState, SkillLevel, checkable, checking_circle, credential_state


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a volunteer says, as pages show it; `version` 0 where there is no profile yet."""

    draft: ProfileDraft
    number: str | None = None
    opted_in: bool = False
    version: int = 0


@dataclass(frozen=True)
class Paper:
    """A stated credential as its holder sees it."""

    credential: Credential
    held: VolunteerCredential
    state: CredentialState

    @property
    def is_waiting(self) -> bool:
        """Whether somebody should look at it: never checked, or a renewed one."""
        return self.held.checked_at is None or self.held.stated_at > self.held.checked_at


@dataclass(frozen=True)
class ShownPaper:
    """A stated credential as somebody who may check it sees it: the paper, and whose it is."""

    id: UUID
    credential: Credential
    name: str
    account_id: UUID
    division: str
    stated_at: datetime
    stated_expires_on: date | None
    checked_at: datetime | None
    expires_on: date | None

    @property
    def home(self) -> Name | None:
        """The community or township of the volunteer."""
        return named(self.division)


async def profile_of(session: AsyncSession, account_id: UUID) -> Profile:
    """The profile of one account, in one query; an empty one where none was taken up."""
    found = await session.execute(
        select(VolunteerProfile, skills_in_words(), fields_in_words(), languages_in_words()).where(
            VolunteerProfile.account_id == account_id
        )
    )
    row = found.one_or_none()
    if row is None:
        return Profile(draft=ProfileDraft())
    profile, skills, fields, languages = row
    draft = ProfileDraft(
        skills=skills_of(skills),
        fields=words(fields),
        languages=words(languages),
        availability=profile.availability,
        weekly_cap=profile.weekly_cap,
        means=profile.means,
        reach_km=profile.reach_km,
        longitude=profile.longitude,
        latitude=profile.latitude,
        about=profile.about,
    )
    return Profile(draft=draft, number=profile.number, opted_in=profile.opted_in, version=profile.version)


async def papers_of(session: AsyncSession, account_id: UUID, *, today: date) -> list[Paper]:
    """What somebody says they hold, in the order of seed/credentials.toml."""
    rows = await session.scalars(
        select(VolunteerCredential).where(VolunteerCredential.account_id == account_id)
    )
    held = {row.credential_id: row for row in rows}
    return [
        Paper(credential, held[id], _state(held[id], today))
        for id, credential in seed.credentials().items()
        if id in held
    ]


async def papers_to_check(
    session: AsyncSession, *, organization: Organization, role: str, account_id: UUID, after: str | None
) -> Page[ShownPaper]:
    """Papers in the organization's circle that wait for somebody in this role, the longest wait first."""
    query = _shown_papers().where(
        _is_waiting(), *_in_circle(organization), _may_be_checked(role), Account.id != account_id
    )
    return await _papers_page(session, query, VolunteerCredential.stated_at, after)


async def papers_checked(
    session: AsyncSession, *, organization: Organization, after: str | None
) -> Page[ShownPaper]:
    """Papers that this organization has checked, the earliest first."""
    query = _shown_papers().where(VolunteerCredential.checked_for_id == organization.id)
    return await _papers_page(session, query, VolunteerCredential.checked_at, after)


async def paper_to_check(
    session: AsyncSession, *, organization: Organization, paper_id: UUID
) -> VolunteerCredential:
    """One paper in the organization's circle, or that it has checked; NotFound otherwise."""
    found: VolunteerCredential | None = await session.scalar(
        select(VolunteerCredential)
        .join(VolunteerProfile, VolunteerProfile.account_id == VolunteerCredential.account_id)
        .join(Account, Account.id == VolunteerCredential.account_id)
        .where(
            VolunteerCredential.id == paper_id,
            or_(and_(*_in_circle(organization)), VolunteerCredential.checked_for_id == organization.id),
        )
    )
    if found is None:
        raise NotFound
    return found


def skills_in_words() -> ColumnElement[str]:
    """Skills and levels of a profile in one column, "driving:good cooking:some"."""
    return _joined(
        VolunteerSkill.skill_id + ":" + cast(VolunteerSkill.level, String), VolunteerSkill.account_id
    )


def fields_in_words() -> ColumnElement[str]:
    return _joined(VolunteerField.field_id, VolunteerField.account_id)


def languages_in_words() -> ColumnElement[str]:
    return _joined(VolunteerLanguage.language_id, VolunteerLanguage.account_id)


def words(joined: str | None) -> tuple[str, ...]:
    """The ids of one column, in a fixed order: the database gives them in any."""
    return tuple(sorted(joined.split())) if joined else ()


def skills_of(joined: str | None) -> dict[str, SkillLevel]:
    return dict(map(_skill_and_level, words(joined)))


@lru_cache(maxsize=4096)  # the pool of a county asks for the same few hundred words 50,000 times
def _skill_and_level(word: str) -> tuple[str, SkillLevel]:
    skill, level = word.split(":")
    return skill, SkillLevel(level)


def _joined(
    column: ColumnElement[str] | InstrumentedAttribute[str], owner: InstrumentedAttribute[UUID]
) -> ColumnElement[str]:
    return (
        select(func.aggregate_strings(column, " "))
        .where(owner == VolunteerProfile.account_id)
        .correlate(VolunteerProfile)
        .scalar_subquery()
    )


def _state(held: VolunteerCredential, today: date) -> CredentialState:
    return credential_state(
        is_checked=held.checked_at is not None,
        expires_on=held.expires_on,
        stated_expires_on=held.stated_expires_on,
        today=today,
    )


def _shown_papers() -> Any:
    return (
        select(VolunteerCredential, Account.name, VolunteerProfile.division)
        .join(VolunteerProfile, VolunteerProfile.account_id == VolunteerCredential.account_id)
        .join(Account, Account.id == VolunteerCredential.account_id)
    )


def _is_waiting() -> ColumnElement[bool]:
    return or_(
        VolunteerCredential.checked_at.is_(None),
        VolunteerCredential.stated_at > VolunteerCredential.checked_at,
    )


def _in_circle(organization: Organization) -> tuple[ColumnElement[bool], ...]:
    circle = checking_circle(
        division=organization.division, is_bureau=organization.kind is OrganizationKind.bureau
    )
    return (VolunteerProfile.division.startswith(circle, autoescape=True), Account.stopped_at.is_(None))


def _may_be_checked(role: str) -> ColumnElement[bool]:
    checkers = {id: each.checked_by for id, each in seed.credentials().items()}
    return VolunteerCredential.credential_id.in_(checkable(role, checkers))


async def _papers_page(
    session: AsyncSession, query: Any, moment: InstrumentedAttribute[Any], after: str | None
) -> Page[ShownPaper]:
    page = await read_page(
        session,
        query,
        keys=[moment, VolunteerCredential.id],
        key_of=lambda row: [getattr(row[0], moment.key), row[0].id],
        after=after,
    )
    return Page([_shown(*row) for row in page.rows], page.next_cursor)


def _shown(held: VolunteerCredential, name: str, division: str | None) -> ShownPaper:
    return ShownPaper(
        id=held.id,
        credential=seed.credentials()[held.credential_id],
        name=name,
        account_id=held.account_id,
        division=division or "",
        stated_at=held.stated_at,
        stated_expires_on=held.stated_expires_on,
        checked_at=held.checked_at,
        expires_on=held.expires_on,
    )
