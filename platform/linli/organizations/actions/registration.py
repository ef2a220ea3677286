"""An organization registers in the browser, corrects, hands in, appeals or withdraws."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.organizations.actions.members import add_member
from linli.organizations.forms import OrganizationDraft
from linli.organizations.models import (
    Membership,
    Organization,
    OrganizationArea,
    OrganizationContact,
    OrganizationDocument,
    OrganizationField,
    OrganizationSkill,
)
from linli.organizations.registration import LOOKED_AT, MOST_UNVERIFIED, RegistrationState, Step
from linli.organizations.rules import first_role
from linli.organizations.steps import check_version, save, take_step
from linli.organizations.traces import note, tell_bureau

PLAIN = (*LOOKED_AT, "readiness", "about", "phone", "address")
CODE_TAKEN = Message(
    "This social credit code is registered already. Ask your colleagues there to invite you, or your bureau."
)


async def register_organization(
    session: AsyncSession, *, account: Account, draft: OrganizationDraft, now: datetime
) -> Organization:
    """A draft that only its first member sees; a person may keep a few at once."""
    unverified = (
        select(func.count())
        .select_from(Organization)
        .join(Membership)
        .where(
            Membership.account_id == account.id,
            Membership.ended_at.is_(None),
            ~Organization.is_verified,
            Organization.state != RegistrationState.withdrawn,
        )
    )
    if (await session.scalar(unverified) or 0) >= MOST_UNVERIFIED:
        raise Conflict(Message("You have several registrations under way. Please finish one of them first."))
    organization = Organization(state=RegistrationState.draft, created_at=now, changed_at=now)
    _take_over(organization, draft)
    session.add(organization)
    await session.flush()
    await _take_over_lists(session, organization, draft)
    note(session, "register_organization", organization, account.id, now)
    await add_member(
        session,
        organization=organization,
        account=account,
        role=first_role(draft.kind),
        account_id=account.id,
        now=now,
    )
    return organization


async def edit_organization(
    session: AsyncSession,
    *,
    organization: Organization,
    draft: OrganizationDraft,
    version: int,
    account_id: UUID,
    now: datetime,
) -> bool:
    """Takes over what was typed; True where the bureau must look again, because what it looked at changed."""
    check_version(organization, version)
    state = organization.state
    changed = [name for name in LOOKED_AT if getattr(organization, name) != getattr(draft, name)]
    if state is RegistrationState.withdrawn:
        raise Conflict(Message("This registration was withdrawn. Please take it up again first."))
    if changed and state in {RegistrationState.suspended, RegistrationState.appealed}:
        sentence = Message(
            "While the organization is suspended, its name, kind, code and home stay as they are. "
            "Everything else can be changed."
        )
        raise Conflict(sentence)
    await _follow_kind(session, organization, draft)
    _take_over(organization, draft)
    organization.changed_at = now
    try:
        await save(session)
    except IntegrityError as error:
        raise Invalid({"credit_code": CODE_TAKEN}) from error
    await _take_over_lists(session, organization, draft)
    note(session, "edit_organization", organization, account_id, now)
    if not changed or state is not RegistrationState.verified:
        return False
    await take_step(session, Step.change, organization, account_id=account_id, now=now)
    await _tell_bureau_that_it_waits(session, organization, now)
    return True


async def submit_registration(
    session: AsyncSession, *, organization: Organization, version: int, account_id: UUID, now: datetime
) -> None:
    """Hands the registration in: from here on the bureau sees it."""
    check_version(organization, version)
    papers = select(func.count()).select_from(OrganizationDocument)
    if not await session.scalar(papers.where(OrganizationDocument.organization_id == organization.id)):
        raise Conflict(Message("Please add at least one paper, such as the registration certificate."))
    try:
        await take_step(session, Step.submit, organization, account_id=account_id, now=now)
    except IntegrityError as error:
        raise Conflict(CODE_TAKEN) from error
    await _tell_bureau_that_it_waits(session, organization, now)


async def appeal(
    session: AsyncSession, *, organization: Organization, reason: str, account_id: UUID, now: datetime
) -> None:
    await take_step(session, Step.appeal, organization, account_id=account_id, now=now, reason=reason)
    sentence = Message("{organization} appeals against its suspension.", organization=organization.name)
    await tell_bureau(session, organization, sentence, now)


async def withdraw_registration(
    session: AsyncSession, *, organization: Organization, account_id: UUID, now: datetime
) -> None:
    """Before it was verified; it stays with its members and may be taken up again."""
    await take_step(session, Step.withdraw, organization, account_id=account_id, now=now)


async def take_up_registration(
    session: AsyncSession, *, organization: Organization, account_id: UUID, now: datetime
) -> None:
    await take_step(session, Step.take_up, organization, account_id=account_id, now=now)


async def _tell_bureau_that_it_waits(
    session: AsyncSession, organization: Organization, now: datetime
) -> None:
    sentence = Message("{organization} waits to be verified.", organization=organization.name)
    await tell_bureau(session, organization, sentence, now)


async def _follow_kind(session: AsyncSession, organization: Organization, draft: OrganizationDraft) -> None:
    """Each kind that can be registered has one role: its members take that of the new kind."""
    if organization.kind is not draft.kind:
        members = update(Membership).where(
            Membership.organization_id == organization.id, Membership.ended_at.is_(None)
        )
        await session.execute(members.values(role=first_role(draft.kind)))


def _take_over(organization: Organization, draft: OrganizationDraft) -> None:
    for name in PLAIN:
        setattr(organization, name, getattr(draft, name))


async def _take_over_lists(
    session: AsyncSession, organization: Organization, draft: OrganizationDraft
) -> None:
    id = organization.id
    for table in (OrganizationArea, OrganizationField, OrganizationSkill, OrganizationContact):
        await session.execute(delete(table).where(table.organization_id == id))
    session.add_all(OrganizationArea(organization_id=id, division=each) for each in draft.areas)
    session.add_all(OrganizationField(organization_id=id, field_id=each) for each in draft.fields)
    session.add_all(OrganizationSkill(organization_id=id, skill_id=each) for each in draft.skills)
    session.add_all(
        OrganizationContact(
            organization_id=id, position=n, name=each.name, phone=each.phone, email=each.email
        )
        for n, each in enumerate(draft.contacts)
    )
    await session.flush()
