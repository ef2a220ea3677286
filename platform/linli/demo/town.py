"""The demo town in the database: built once, and found again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.i18n import Message
from linli.demo.build import Builder
from linli.demo.plan import TownPlan, plan_town
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import ROLE_NAMES


@dataclass(frozen=True)
class SignIn:
    """`organization` is empty for volunteers."""

    role: Message
    name: str
    organization: str
    language: str
    address: str


async def is_empty(session: AsyncSession) -> bool:
    """Whether nobody uses this database yet."""
    return await session.scalar(select(Account.id).limit(1)) is None


async def build_town(session: AsyncSession, *, now: datetime, zone: ZoneInfo, secret_key: str) -> TownPlan:
    plan = plan_town(start=now.astimezone(zone).date(), zone=zone)
    await Builder(session, plan, secret_key).build()
    return plan


async def sign_ins(session: AsyncSession) -> list[SignIn]:
    """Who of the sample people can sign in; volunteers first."""
    rows = await session.execute(
        select(Account, Membership.role, Organization.name)
        .outerjoin(Membership, Membership.account_id == Account.id)
        .outerjoin(Organization, Organization.id == Membership.organization_id)
        .where(Account.is_sample, Account.password_hash.is_not(None), Account.email.is_not(None))
        .order_by(Membership.role.is_not(None), Account.created_at, Account.id)
        .limit(50)
    )
    return [
        SignIn(
            role=ROLE_NAMES[role] if role else Message("Volunteer"),
            name=account.name,
            organization=organization or "",
            language=account.language,
            address=account.email,
        )
        for account, role, organization in rows
    ]


async def names_of(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Names of sample people, which are invented; of anybody else only that they are a volunteer."""
    rows = await session.execute(
        select(Account.id, Account.name).where(Account.id.in_(account_ids), Account.is_sample)
    )
    return dict.fromkeys(account_ids, "A volunteer") | {id: name for id, name in rows}
