"""An organization registers people who have no phone, with their consent noted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Consent
from linli.accounts.rules import PRIVACY_VERSION, ConsentPurpose
from linli.core.audit import record
from linli.core.db import new_id
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
) -> list[Account]:
    """Accounts without an address, many at once; the caller has made sure that the people agreed."""
    accounts = [
        Account(
            id=new_id(),
            name=draft.name,
            birth_on=draft.birth_on,
            division=draft.division,
            is_managed=True,
            is_sample=is_sample,
            created_at=now,
        )
        for draft in drafts
    ]
    session.add_all(accounts)
    await session.flush()
    for draft, account in zip(drafts, accounts, strict=True):
        session.add(_registered(account, draft, organization_id, account_id, now))
        session.add(
            Consent(
                account_id=account.id,
                purpose=ConsentPurpose.privacy,
                text_version=PRIVACY_VERSION,
                given=True,
                at=now,
            )
        )
        record(
            session,
            action="register_person",
            object_id=account.id,
            organization_id=organization_id,
            actor_id=account_id,
            now=now,
        )
    await session.flush()
    return accounts


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


def _registered(
    account: Account, draft: Registration, organization_id: UUID, account_id: UUID, now: datetime
) -> RegisteredPerson:
    return RegisteredPerson(
        account_id=account.id,
        organization_id=organization_id,
        mobile=draft.mobile,
        recorded_by_id=account_id,
        consent_version=REGISTRATION_VERSION,
        consent_at=now,
    )
