"""An organization registers people who have no phone, with their consent noted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Consent
from linli.accounts.rules import PRIVACY_VERSION, ConsentPurpose
from linli.core.audit import record, record_each
from linli.core.db import insert_rows, new_id
from linli.rosters.models import RegisteredPerson
from linli.rosters.rules import REGISTRATION_VERSION


@dataclass(frozen=True)
class Registration:
    name: str
    birth_on: date
    division: str
    mobile: str = ""


async def register_people(
    session: AsyncSession,
    *,
    organization_id: UUID,
    drafts: Sequence[Registration],
    account_id: UUID,
    now: datetime,
    is_sample: bool = False,
) -> list[UUID]:
    """Accounts without an address, many at once; the caller has made sure that the people agreed."""
    ids = [new_id() for _ in drafts]
    accounts = [
        {
            "id": id,
            "name": draft.name,
            "birth_on": draft.birth_on,
            "division": draft.division,
            "is_managed": True,
            "is_sample": is_sample,
            "created_at": now,
        }
        for id, draft in zip(ids, drafts, strict=True)
    ]
    registered = [
        {
            "account_id": id,
            "organization_id": organization_id,
            "mobile": draft.mobile,
            "recorded_by_id": account_id,
            "consent_version": REGISTRATION_VERSION,
            "consent_at": now,
        }
        for id, draft in zip(ids, drafts, strict=True)
    ]
    privacy = {
        "purpose": ConsentPurpose.privacy,
        "text_version": PRIVACY_VERSION,
        "given": True,
        "at": now,
    }
    await insert_rows(session, Account, accounts)
    await insert_rows(session, RegisteredPerson, registered)
    await insert_rows(session, Consent, [{**privacy, "account_id": id} for id in ids])
    await record_each(
        session,
        ids,
        action="register_person",
        organization_id=organization_id,
        actor_id=account_id,
        now=now,
    )
    return ids


def note_people_seen(
    session: AsyncSession,
    *,
    organization_id: UUID,
    people: Iterable[UUID],
    account_id: UUID,
    now: datetime,
) -> None:
    """One entry for each person whose number went into a file or onto a page (security 5)."""
    for person_id in people:
        if person_id != account_id:
            record(
                session,
                action="see_member_contact",
                object_id=person_id,
                organization_id=organization_id,
                actor_id=account_id,
                now=now,
            )
