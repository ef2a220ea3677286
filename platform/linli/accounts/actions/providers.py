"""Signing in with an account elsewhere, and connecting it with one here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import messages
from linli.accounts.models import Account, Identity, ProviderVisit
from linli.accounts.providers.client import Departure, ProviderSays
from linli.accounts.queries import pending_identity
from linli.accounts.rules import LONGEST_NAME, VISIT_LIFE
from linli.accounts.tokens import hash_token
from linli.core.audit import record
from linli.core.errors import Conflict, NotFound
from linli.core.forms import clean
from linli.core.i18n import Message

NOT_OPEN = Message("This way back is no longer open. Please begin again.")
CONNECTED_ELSEWHERE = Message("This account is already connected with another account here.")
STOPPED = Message("You have withdrawn your consent. Please sign in with a code, and agree again.")


async def note_departure(
    session: AsyncSession,
    *,
    provider_id: str,
    departure: Departure,
    browser_token: str,
    go_on: str,
    now: datetime,
) -> None:
    session.add(
        ProviderVisit(
            provider_id=provider_id,
            state_hash=hash_token(departure.state),
            browser_hash=hash_token(browser_token),
            nonce=departure.nonce,
            code_verifier=departure.code_verifier,
            go_on=go_on,
            created_at=now,
        )
    )
    await session.flush()


async def take_visit(
    session: AsyncSession, *, provider_id: str, state: str, code: str, browser_token: str, now: datetime
) -> ProviderVisit:
    """The visit that this return belongs to, which is used up; so is the code, whichever visit it names."""
    mine = (
        ProviderVisit.provider_id == provider_id,
        ProviderVisit.state_hash == hash_token(state),
        ProviderVisit.browser_hash == hash_token(browser_token),
        ProviderVisit.used_at.is_(None),
        ProviderVisit.created_at > now - VISIT_LIFE,
    )
    used = {"used_at": now, "code_hash": hash_token(f"{provider_id}:{code}") if code else None}
    try:
        async with session.begin_nested():
            done: CursorResult[tuple[()]] = await session.execute(  # type: ignore[assignment]
                update(ProviderVisit).where(*mine).values(**used)
            )
    except IntegrityError as error:
        raise Conflict(NOT_OPEN) from error
    if done.rowcount != 1:
        raise Conflict(NOT_OPEN)
    visit: ProviderVisit = (
        await session.scalars(select(ProviderVisit).where(ProviderVisit.state_hash == hash_token(state)))
    ).one()
    return visit


async def recognise(
    session: AsyncSession, *, visit_id: UUID, says: ProviderSays, now: datetime
) -> Account | None:
    """The account that this identity opens. None: it waits in the visit until somebody connects it."""
    known = (Identity.issuer == says.issuer, Identity.subject == says.subject)
    identity = await session.scalar(select(Identity).where(*known))
    if identity is None:
        visit = await session.get_one(ProviderVisit, visit_id, populate_existing=True)
        visit.issuer, visit.subject = says.issuer, says.subject
        visit.name = clean(says.name)[:LONGEST_NAME]
        await session.flush()
        return None
    account = await session.get_one(Account, identity.account_id)
    if account.stopped_at is not None:
        raise Conflict(STOPPED)
    identity.used_at = now
    await session.flush()
    return account


async def connect_identity(
    session: AsyncSession, *, account: Account, browser_token: str, provider_name: object, now: datetime
) -> Identity:
    """What waits in this browser's visit opens the account from now on; the person is told."""
    visit = await pending_identity(session, browser_token=browser_token, now=now)
    if visit is None or visit.issuer is None or visit.subject is None:
        raise Conflict(NOT_OPEN)
    identity = Identity(
        account_id=account.id,
        issuer=visit.issuer,
        subject=visit.subject,
        name=visit.name or "",
        linked_at=now,
    )
    session.add(identity)
    visit.connected_at = now
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(CONNECTED_ELSEWHERE) from error
    _note(session, "connect_identity", account, identity.id, now)
    messages.tell_connected(session, account, provider=provider_name, now=now)
    await session.flush()
    return identity


async def disconnect_identity(
    session: AsyncSession, *, account: Account, identity_id: UUID, now: datetime
) -> None:
    identity = await session.get(Identity, identity_id)
    if identity is None or identity.account_id != account.id:
        raise NotFound
    await session.delete(identity)
    _note(session, "disconnect_identity", account, identity_id, now)
    await session.flush()


def _note(session: AsyncSession, action: str, account: Account, identity_id: UUID, now: datetime) -> None:
    record(
        session,
        action=f"accounts.{action}",
        object_id=account.id,
        actor_id=account.id,
        now=now,
        identity_id=identity_id,
    )
