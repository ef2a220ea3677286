"""Papers: a volunteer says they hold one, somebody who may looks at it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n, seed
from linli.core.audit import record
from linli.core.errors import Conflict, Invalid, NotFound
from linli.core.i18n import Message
from linli.notifications.actions import tell
from linli.organizations.models import Organization
from linli.volunteers.actions.profile import ensure_profile, flush
from linli.volunteers.forms import StatedPaper
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from linli.volunteers.queries import ShownPaper
from linli.volunteers.rules import refuse_valid_until


async def state_credential(
    session: AsyncSession, *, account: Account, paper: StatedPaper, now: datetime
) -> VolunteerCredential:
    """ "I hold this": it counts only once somebody has seen it. Saying it again asks for another check."""
    await ensure_profile(session, account=account, now=now)
    held = await _held(session, account.id, paper.credential.id)
    if held is None:
        held = VolunteerCredential(account_id=account.id, credential_id=paper.credential.id)
        session.add(held)
    held.stated_at, held.stated_expires_on = now, paper.expires_on
    await flush(session)
    record(
        session,
        action="state_credential",
        object_id=account.id,
        actor_id=account.id,
        now=now,
        paper_id=held.id,
    )
    return held


async def withdraw_credential(
    session: AsyncSession, *, account: Account, credential_id: str, now: datetime
) -> None:
    """The person no longer says so: the paper counts no more and nobody sees it."""
    held = await _held(session, account.id, credential_id)
    if held is None:
        raise NotFound
    await session.delete(held)
    await _note_change(session, account.id, now)
    record(
        session,
        action="withdraw_credential",
        object_id=account.id,
        actor_id=account.id,
        now=now,
        paper_id=held.id,
    )
    await flush(session)


async def note_papers_seen(
    session: AsyncSession,
    *,
    papers: Sequence[ShownPaper],
    organization: Organization,
    account_id: UUID,
    now: datetime,
) -> None:
    """Whose papers somebody was shown: one entry for each person on the page."""
    for paper in papers:
        record(
            session,
            action="see_paper",
            object_id=paper.account_id,
            actor_id=account_id,
            organization_id=organization.id,
            now=now,
            paper_id=paper.id,
        )


async def check_credential(
    session: AsyncSession,
    *,
    held: VolunteerCredential,
    organization: Organization,
    role: str,
    account_id: UUID,
    valid_until: date | None,
    now: datetime,
) -> None:
    """ "I have seen the paper": from now until the day on it, it opens needs."""
    credential = seed.credentials()[held.credential_id]
    if held.account_id == account_id:
        raise Conflict(Message("Nobody checks their own papers. Ask a colleague."))
    if role not in credential.checked_by:
        raise Conflict(Message("This paper is checked by somebody else: a social worker or the bureau."))
    today = i18n.local(now).date()
    if refusal := refuse_valid_until(valid_until, today=today, valid_months=credential.valid_months):
        raise Invalid({"valid_until": refusal})
    held.checked_at, held.expires_on = now, valid_until
    held.checked_by_id, held.checked_for_id = account_id, organization.id
    await _note_change(session, held.account_id, now)
    _record_check(session, "check_credential", held, organization, account_id, now)
    sentence = (
        Message("Checked: {credential}. It counts until {day}.", credential=credential, day=valid_until)
        if valid_until
        else Message("Checked: {credential}. It counts from now on.", credential=credential)
    )
    await _tell(session, held.account_id, sentence, now)
    await flush(session)


async def take_back_check(
    session: AsyncSession,
    *,
    held: VolunteerCredential,
    organization: Organization,
    account_id: UUID,
    now: datetime,
) -> None:
    """The organization that checked a paper was mistaken: it waits for a check again."""
    if held.checked_for_id != organization.id:
        raise NotFound
    held.checked_at = held.expires_on = held.checked_by_id = held.checked_for_id = None
    await _note_change(session, held.account_id, now)
    _record_check(session, "take_back_check", held, organization, account_id, now)
    sentence = Message(
        "The check of a paper was taken back: {credential}. Please ask {organization}.",
        credential=seed.credentials()[held.credential_id],
        organization=organization.name,
    )
    await _tell(session, held.account_id, sentence, now)
    await flush(session)


async def _held(session: AsyncSession, account_id: UUID, credential_id: str) -> VolunteerCredential | None:
    found: VolunteerCredential | None = await session.scalar(
        select(VolunteerCredential).where(
            VolunteerCredential.account_id == account_id, VolunteerCredential.credential_id == credential_id
        )
    )
    return found


async def _note_change(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    """So that suggestions look again; not a new version, for the person has edited nothing."""
    await session.execute(
        update(VolunteerProfile).where(VolunteerProfile.account_id == account_id).values(changed_at=now)
    )


def _record_check(
    session: AsyncSession,
    action: str,
    held: VolunteerCredential,
    organization: Organization,
    account_id: UUID,
    now: datetime,
) -> None:
    record(
        session,
        action=action,
        object_id=held.account_id,
        actor_id=account_id,
        organization_id=organization.id,
        now=now,
        paper_id=held.id,
    )


async def _tell(session: AsyncSession, account_id: UUID, sentence: Message, now: datetime) -> None:
    tell(
        session,
        person=await session.get_one(Account, account_id),
        event="credential",
        subject=Message("Your papers on Linli"),
        sentence=sentence,
        path="/me/credentials",
        now=now,
    )
