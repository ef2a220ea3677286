"""Papers of an organization are added, removed, looked at, and renewed in time."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.organizations.documents import DOCUMENT_NAMES, MOST_DOCUMENTS, DocumentKind, ReadDocument
from linli.organizations.models import Organization, OrganizationDocument
from linli.organizations.registration import RENEW_WITHIN, RegistrationState
from linli.organizations.steps import save
from linli.organizations.traces import note, tell_members

AT_ONCE: Final = 100


async def add_document(
    session: AsyncSession,
    *,
    organization: Organization,
    kind: DocumentKind,
    document: ReadDocument,
    expires_on: date | None,
    account_id: UUID | None,
    now: datetime,
) -> OrganizationDocument:
    """A paper that was checked; whoever looks at the organization has to look again."""
    # First, so that of two who add at once the second sees the first's.
    organization.changed_at = now
    await save(session)
    kept = select(func.count()).select_from(OrganizationDocument)
    if (await session.scalar(kept.where(OrganizationDocument.organization_id == organization.id)) or 0) >= (
        MOST_DOCUMENTS
    ):
        sentence = Message("At most {n} papers fit. Please remove one first.", n=MOST_DOCUMENTS)
        raise Conflict(sentence)
    added = OrganizationDocument(
        organization_id=organization.id,
        kind=kind,
        media_type=document.media_type,
        size_bytes=len(document.content),
        content=document.content,
        expires_on=expires_on,
        uploaded_by_id=account_id,
        uploaded_at=now,
    )
    session.add(added)
    await session.flush()
    note(session, "add_document", organization, account_id, now, document_id=added.id)
    return added


async def remove_document(
    session: AsyncSession, *, organization: Organization, document_id: UUID, account_id: UUID, now: datetime
) -> None:
    document = await session.scalar(
        select(OrganizationDocument).where(
            OrganizationDocument.id == document_id, OrganizationDocument.organization_id == organization.id
        )
    )
    if document is None:
        raise NotFound
    organization.changed_at = now
    await session.delete(document)
    await save(session)
    note(session, "remove_document", organization, account_id, now, document_id=document_id)


def note_document_seen(
    session: AsyncSession,
    *,
    organization: Organization,
    document: OrganizationDocument,
    bureau_id: UUID,
    account_id: UUID,
    now: datetime,
) -> None:
    """Each look by the bureau leaves an entry; members look at their own."""
    note(
        session,
        "see_document",
        organization,
        account_id,
        now,
        document_id=document.id,
        bureau_id=bureau_id,
    )


async def tell_renewals(session: AsyncSession, *, now: datetime, today: date) -> int:
    """Members hear once, thirty days before, that a paper expires; how many papers it was."""
    due = (
        select(OrganizationDocument, Organization)
        .join(Organization, Organization.id == OrganizationDocument.organization_id)
        .where(
            OrganizationDocument.told_expiring_at.is_(None),
            OrganizationDocument.expires_on <= today + RENEW_WITHIN,
            Organization.state == RegistrationState.verified,
        )
        .limit(AT_ONCE)
        .with_for_update(of=OrganizationDocument, skip_locked=True)
    )
    found = (await session.execute(due)).all()
    for document, organization in found:
        document.told_expiring_at = now
        sentence = Message(
            "A paper of {organization} is valid until {day}: {paper}. Please send the renewed one in time.",
            organization=organization.name,
            day=document.expires_on,
            paper=DOCUMENT_NAMES[document.kind],
        )
        path = f"/organizations/{organization.id}/registration"
        await tell_members(session, organization, sentence, now, path=path)
    await session.flush()
    return len(found)
