"""Reads of accounts, sessions and consents."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import factor
from linli.accounts.models import (
    Account,
    ApiToken,
    Consent,
    Identity,
    OneTimeCode,
    ProviderVisit,
    RecoveryCode,
    SecondFactor,
    SignInSession,
    TrustedDevice,
)
from linli.accounts.rules import (
    CODE_TRIES,
    CONNECTING_LIFE,
    FACTOR_PATIENCE,
    MOST_KEYS,
    Address,
    AddressKind,
    CodePurpose,
    ConsentPurpose,
)
from linli.accounts.tokens import hash_token
from linli.core.errors import NotFound

MOST_SESSIONS = 50


async def account_with_id(session: AsyncSession, account_id: UUID) -> Account:
    account = await session.get(Account, account_id, populate_existing=True)
    if account is None:
        raise NotFound
    return account


async def account_with_address(session: AsyncSession, address: Address) -> Account | None:
    column = Account.mobile if address.kind is AddressKind.mobile else Account.email
    found: Account | None = await session.scalar(select(Account).where(column == address.value))
    return found


async def live_code(
    session: AsyncSession,
    *,
    code_id: UUID | None,
    purposes: Sequence[CodePurpose],
    now: datetime,
    to_use: bool = False,
) -> OneTimeCode | None:
    """The code that a browser waits for, while it works; two that want to use it wait for each other."""
    if code_id is None:
        return None
    query = (
        select(OneTimeCode)
        .where(OneTimeCode.id == code_id, OneTimeCode.purpose.in_(purposes))
        .where(
            OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now, OneTimeCode.wrong_tries < CODE_TRIES
        )
    )
    found: OneTimeCode | None = await session.scalar(query.with_for_update() if to_use else query)
    return found


async def sessions_of(session: AsyncSession, *, account_id: UUID, now: datetime) -> Sequence[SignInSession]:
    """Where the person is signed in, the latest first."""
    running = select(SignInSession).where(
        SignInSession.account_id == account_id, SignInSession.expires_at > now
    )
    latest_first = running.order_by(SignInSession.last_seen_at.desc(), SignInSession.id).limit(MOST_SESSIONS)
    return (await session.scalars(latest_first)).all()


async def owns_session(session: AsyncSession, *, account_id: UUID, session_id: UUID) -> bool:
    own = select(SignInSession.id).where(
        SignInSession.account_id == account_id, SignInSession.id == session_id
    )
    return await session.scalar(own) is not None


async def factor_of(session: AsyncSession, *, account_id: UUID, to_use: bool = False) -> SecondFactor | None:
    """The second factor, confirmed or still waiting; two that change it wait for each other."""
    query = select(SecondFactor).where(SecondFactor.account_id == account_id)
    query = query.with_for_update() if to_use else query
    found: SecondFactor | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def confirmed_factor(session: AsyncSession, *, account_id: UUID) -> SecondFactor | None:
    found = await factor_of(session, account_id=account_id)
    return found if found is not None and found.confirmed_at is not None else None


def waiting_secret(kept: SecondFactor | None, *, secret_key: str, now: datetime) -> str | None:
    """The secret that was shown and waits for its first code."""
    if kept is None or kept.new_since is None or kept.new_since <= now - FACTOR_PATIENCE:
        return None
    return factor.unsealed(secret_key, kept.new_secret)


async def recovery_codes_left(session: AsyncSession, *, account_id: UUID) -> int:
    unused = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    )
    return await session.scalar(unused) or 0


async def trusted_devices_of(
    session: AsyncSession, *, account_id: UUID, now: datetime
) -> Sequence[TrustedDevice]:
    """Browsers that are not asked for the second factor, the latest first."""
    trusted = select(TrustedDevice).where(
        TrustedDevice.account_id == account_id, TrustedDevice.expires_at > now
    )
    latest_first = trusted.order_by(TrustedDevice.last_used_at.desc(), TrustedDevice.id)
    return (await session.scalars(latest_first.limit(MOST_SESSIONS))).all()


async def owns_device(session: AsyncSession, *, account_id: UUID, device_id: UUID) -> bool:
    own = select(TrustedDevice.id).where(
        TrustedDevice.account_id == account_id, TrustedDevice.id == device_id
    )
    return await session.scalar(own) is not None


async def access_keys_of(session: AsyncSession, *, account_id: UUID, now: datetime) -> Sequence[ApiToken]:
    """Keys that work, the newest first."""
    own = select(ApiToken).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    )
    return (await session.scalars(own.order_by(ApiToken.id.desc()).limit(MOST_KEYS))).all()


async def owns_access_key(session: AsyncSession, *, account_id: UUID, key_id: UUID) -> bool:
    own = select(ApiToken.id).where(ApiToken.account_id == account_id, ApiToken.id == key_id)
    return await session.scalar(own) is not None


async def last_consent(session: AsyncSession, *, account_id: UUID, purpose: ConsentPurpose) -> Consent | None:
    """The last word on a purpose, given or withdrawn."""
    own = select(Consent).where(Consent.account_id == account_id, Consent.purpose == purpose)
    last: Consent | None = await session.scalar(own.order_by(Consent.at.desc(), Consent.id.desc()).limit(1))
    return last


async def has_consent(session: AsyncSession, *, account_id: UUID, purpose: ConsentPurpose) -> bool:
    last = await last_consent(session, account_id=account_id, purpose=purpose)
    return last is not None and last.given


async def identities_of(session: AsyncSession, *, account_id: UUID) -> Sequence[Identity]:
    """The accounts elsewhere that open this one."""
    own = select(Identity).where(Identity.account_id == account_id).order_by(Identity.linked_at)
    return (await session.scalars(own.limit(MOST_SESSIONS))).all()


async def owns_identity(session: AsyncSession, *, account_id: UUID, identity_id: UUID) -> bool:
    own = select(Identity.id).where(Identity.account_id == account_id, Identity.id == identity_id)
    return await session.scalar(own) is not None


async def pending_identity(
    session: AsyncSession, *, browser_token: str, now: datetime
) -> ProviderVisit | None:
    """An identity that this browser came back with, and that no account here has yet."""
    waiting = select(ProviderVisit).where(
        ProviderVisit.browser_hash == hash_token(browser_token),
        ProviderVisit.subject.is_not(None),
        ProviderVisit.connected_at.is_(None),
        ProviderVisit.created_at > now - CONNECTING_LIFE,
    )
    last: ProviderVisit | None = await session.scalar(
        waiting.order_by(ProviderVisit.created_at.desc()).limit(1).with_for_update()
    )
    return last
