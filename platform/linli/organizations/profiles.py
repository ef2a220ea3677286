"""An organization with everything that is said about it, and the public list of those that are verified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import seed
from linli.core.errors import NotFound
from linli.core.i18n import Message, Name
from linli.core.paging import Page, read_page
from linli.core.seed import Field, Skill
from linli.divisions.shown import path_named
from linli.organizations.documents import DOCUMENT_NAMES, MOST_DOCUMENTS
from linli.organizations.models import (
    Organization,
    OrganizationArea,
    OrganizationContact,
    OrganizationDocument,
    OrganizationField,
    OrganizationSkill,
    RegistrationStep,
)
from linli.organizations.registration import RENEW_WITHIN, STEP_NAMES
from linli.organizations.rules import KIND_NAMES, SUB_KIND_NAMES, OrganizationKind

MOST_STEPS = 100


@dataclass(frozen=True)
class Profile:
    """What an organization says about itself in public."""

    organization: Organization
    areas: Sequence[str]
    fields: Sequence[Field]
    skills: Sequence[Skill]

    @property
    def kind(self) -> Message:
        return kind_of(self.organization)

    @property
    def home(self) -> Name | None:
        return path_named(self.organization.division)

    @property
    def area_names(self) -> list[Name]:
        return [name for code in self.areas if (name := path_named(code))]


@dataclass(frozen=True)
class PastStep:
    """A step as the timeline shows it. `by` is the bureau's name; persons of it are not named to others."""

    at: datetime
    text: Message
    note: str
    by: str


@dataclass(frozen=True)
class ShownDocument:
    id: UUID
    name: Message
    is_picture: bool
    size_bytes: int
    uploaded_at: datetime
    expires_on: date | None
    is_due: bool


@dataclass(frozen=True)
class Registration:
    """What only its members and its bureau see."""

    contacts: Sequence[OrganizationContact]
    documents: Sequence[ShownDocument]
    steps: Sequence[PastStep]


def kind_of(organization: Organization) -> Message:
    """Its sub-kind where it has one: "Foundation" says more than "Social organization"."""
    if organization.sub_kind:
        return SUB_KIND_NAMES[organization.sub_kind]
    return KIND_NAMES[organization.kind]


async def profile_of(session: AsyncSession, organization: Organization) -> Profile:
    id = organization.id
    areas = select(OrganizationArea.division).where(OrganizationArea.organization_id == id)
    fields = await session.scalars(
        select(OrganizationField.field_id).where(OrganizationField.organization_id == id)
    )
    skills = await session.scalars(
        select(OrganizationSkill.skill_id).where(OrganizationSkill.organization_id == id)
    )
    chosen, able = set(fields), set(skills)
    return Profile(
        organization,
        (await session.scalars(areas.order_by(OrganizationArea.division))).all(),
        [field for field in seed.fields().values() if field.id in chosen],
        [skill for skill in seed.skills().values() if skill.id in able],
    )


async def registration_of(session: AsyncSession, organization: Organization, *, today: date) -> Registration:
    return Registration(
        await contacts_of(session, organization.id),
        await _documents(session, organization.id, today),
        await _steps(session, organization.id),
    )


async def contacts_of(session: AsyncSession, organization_id: UUID) -> Sequence[OrganizationContact]:
    contacts = select(OrganizationContact).where(OrganizationContact.organization_id == organization_id)
    return (await session.scalars(contacts.order_by(OrganizationContact.position))).all()


async def documents_due(session: AsyncSession, *, organization_id: UUID, today: date) -> list[ShownDocument]:
    """Papers that have expired or will within thirty days, the first to expire first."""
    due = [each for each in await _documents(session, organization_id, today) if each.is_due]
    return sorted(due, key=lambda each: each.expires_on or today)


async def document_with_id(
    session: AsyncSession, *, organization_id: UUID, document_id: UUID
) -> tuple[OrganizationDocument, bytes]:
    """A document of this organization with its content, or NotFound."""
    query = select(OrganizationDocument, OrganizationDocument.content).where(
        OrganizationDocument.id == document_id, OrganizationDocument.organization_id == organization_id
    )
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFound
    return found[0], found[1]


async def verified_organizations(
    session: AsyncSession, *, division: str | None, field_id: str | None, after: str
) -> Page[Profile]:
    """Verified organizations at home in a place or serving it, by name; bureaus are not looked for."""
    query = select(Organization).where(Organization.is_verified, Organization.kind != OrganizationKind.bureau)
    if division:
        query = query.where(serves(division))
    if field_id:
        offers = select(OrganizationField.organization_id).where(OrganizationField.field_id == field_id)
        query = query.where(Organization.id.in_(offers))
    page = await read_page(
        session,
        query,
        keys=[Organization.name, Organization.id],
        key_of=lambda row: [row[0].name, row[0].id],
        after=after,
    )
    fields = await _fields_of(session, [row[0].id for row in page.rows])
    rows = [Profile(row[0], [], fields.get(row[0].id, []), []) for row in page.rows]
    return Page(rows, page.next_cursor)


def serves(division: str) -> ColumnElement[bool]:
    """At home inside the division; or its area lies inside the division, or contains it."""
    wider = [division[:digits] for digits in (2, 4, 6, 9, 12) if digits <= len(division)]
    areas = select(OrganizationArea.organization_id).where(
        or_(
            OrganizationArea.division.startswith(division, autoescape=True),
            OrganizationArea.division.in_(wider),
        )
    )
    return or_(Organization.division.startswith(division, autoescape=True), Organization.id.in_(areas))


async def _fields_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[Field]]:
    found = await session.execute(
        select(OrganizationField.organization_id, OrganizationField.field_id).where(
            OrganizationField.organization_id.in_(ids)
        )
    )
    fields: dict[UUID, list[Field]] = {}
    known = seed.fields()
    for organization_id, field_id in found:
        if field_id in known:
            fields.setdefault(organization_id, []).append(known[field_id])
    return fields


async def _documents(session: AsyncSession, organization_id: UUID, today: date) -> list[ShownDocument]:
    query = select(OrganizationDocument).where(OrganizationDocument.organization_id == organization_id)
    documents = await session.scalars(query.order_by(OrganizationDocument.id).limit(MOST_DOCUMENTS))
    return [
        ShownDocument(
            each.id,
            DOCUMENT_NAMES[each.kind],
            each.media_type.startswith("image/"),
            each.size_bytes,
            each.uploaded_at,
            each.expires_on,
            each.expires_on is not None and each.expires_on <= today + RENEW_WITHIN,
        )
        for each in documents
    ]


async def _steps(session: AsyncSession, organization_id: UUID) -> list[PastStep]:
    query = (
        select(RegistrationStep, Organization.name, Account.name)
        .outerjoin(Organization, Organization.id == RegistrationStep.bureau_id)
        .outerjoin(Account, Account.id == RegistrationStep.by_id)
        .where(RegistrationStep.organization_id == organization_id)
        .order_by(RegistrationStep.at.desc(), RegistrationStep.id.desc())
        .limit(MOST_STEPS)
    )
    return [_past(*row) for row in await session.execute(query)]


def _past(step: RegistrationStep, bureau: str | None, by: str | None) -> PastStep:
    return PastStep(step.at, STEP_NAMES[step.step], step.reason, bureau or by or "")


def file_name(document: OrganizationDocument, ending: str) -> str:
    """Our own name for a file: what a stranger called it is not kept.

    >>> from linli.organizations.documents import DocumentKind
    >>> paper = OrganizationDocument(id=UUID(int=7), kind=DocumentKind.licence)
    >>> file_name(paper, "pdf")
    'licence-00000007.pdf'
    """
    return f"{document.kind}-{document.id.hex[-8:]}.{ending}"


def document_headers(document: OrganizationDocument, ending: str) -> dict[str, Any]:
    return {"Content-Disposition": f'attachment; filename="{file_name(document, ending)}"'}
