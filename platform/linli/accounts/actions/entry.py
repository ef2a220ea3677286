"""Signing up and signing in: a code or a password proves who somebody is."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import codes, messages, queries, tries
from linli.accounts.actions.account import create_account, resume
from linli.accounts.codes import Browser, Pending
from linli.accounts.forms import SignUp
from linli.accounts.models import Account
from linli.accounts.rules import Address, CodePurpose
from linli.accounts.tries import PasswordTry
from linli.core.config import Settings
from linli.core.i18n import Message

ENTRY: Final = (CodePurpose.sign_up, CodePurpose.sign_in)


async def request_sign_up(
    session: AsyncSession, *, settings: Settings, browser: Browser, draft: SignUp, now: datetime
) -> UUID:
    """Send a code to the address; who already has an account there is sent one that signs in."""
    account = await queries.account_with_address(session, draft.address)
    issued = await codes.issue_code(
        session,
        settings=settings,
        browser=browser,
        purpose=CodePurpose.sign_in if account else CodePurpose.sign_up,
        address_hash=tries.key_of(settings.secret_key, draft.address),
        account_id=account.id if account else None,
        pending=Pending(draft.address.masked, draft.address, sign_up=None if account else draft),
        now=now,
    )
    messages.send_code(
        session,
        issued,
        to=draft.address,
        account=account,
        browser=browser,
        sentence=messages.ALREADY_HERE if account else messages.CODES[CodePurpose.sign_up],
        now=now,
    )
    return issued.code.id


async def request_code(
    session: AsyncSession,
    *,
    settings: Settings,
    browser: Browser,
    purpose: CodePurpose,
    address: Address,
    now: datetime,
) -> UUID:
    """A code to sign in or to set a new password. Without an account nothing is sent; all looks the same."""
    account = await queries.account_with_address(session, address)
    issued = await codes.issue_code(
        session,
        settings=settings,
        browser=browser,
        purpose=purpose,
        address_hash=tries.key_of(settings.secret_key, address),
        account_id=account.id if account else None,
        pending=Pending(address.masked, address if account else None),
        now=now,
    )
    if account:
        messages.send_code(session, issued, to=address, account=account, browser=browser, now=now)
    return issued.code.id


async def send_again(
    session: AsyncSession, *, settings: Settings, browser: Browser, code_id: UUID | None, now: datetime
) -> UUID | None:
    """Another code in the place of one that did not arrive; None when it has run out."""
    code = await queries.live_code(
        session, code_id=code_id, purposes=tuple(CodePurpose), now=now, to_use=True
    )
    if code is None:
        return None
    pending = codes.pending_of(code)
    issued = await codes.issue_code(
        session,
        settings=settings,
        browser=browser,
        purpose=code.purpose,
        address_hash=code.address_hash,
        account_id=code.account_id,
        pending=pending,
        now=now,
    )
    await codes.use_up(session, code=code, now=now)
    if pending.address:
        account = await queries.account_with_id(session, code.account_id) if code.account_id else None
        messages.send_code(session, issued, to=pending.address, account=account, browser=browser, now=now)
    return issued.code.id


async def confirm_entry(
    session: AsyncSession,
    *,
    settings: Settings,
    code_id: UUID | None,
    typed: str,
    agrees: bool,
    now: datetime,
) -> Account | Message:
    """The account that a right code opens, made now if it is new; or why the code does not open it."""
    code = await queries.live_code(session, code_id=code_id, purposes=ENTRY, now=now, to_use=True)
    refusal = await codes.try_code(session, settings=settings, code=code, typed=typed, now=now)
    if code is None or refusal:
        return refusal or codes.GONE
    waiting = codes.pending_of(code).sign_up
    if code.account_id:
        account = await queries.account_with_id(session, code.account_id)
    elif waiting:
        account = await queries.account_with_address(session, waiting.address) or await _sign_up(
            session, waiting, agreed_at=code.created_at, now=now
        )
    else:
        return codes.GONE
    await resume(session, account=account, agrees=agrees, now=now)
    await codes.use_up(session, code=code, now=now)
    return account


async def confirm_reset(
    session: AsyncSession, *, settings: Settings, code_id: UUID | None, typed: str, now: datetime
) -> Account | Message:
    """The account whose password may now be set anew, or why not."""
    purposes = (CodePurpose.reset_password,)
    code = await queries.live_code(session, code_id=code_id, purposes=purposes, now=now, to_use=True)
    refusal = await codes.try_code(session, settings=settings, code=code, typed=typed, now=now)
    if code is None or code.account_id is None or refusal:
        return refusal or codes.GONE
    await codes.use_up(session, code=code, now=now)
    return await queries.account_with_id(session, code.account_id)


async def begin_password_try(
    session: AsyncSession, *, settings: Settings, by: Address | Account, now: datetime
) -> PasswordTry:
    """Counts a try of a password, by address or by the account that is signed in; TooMany after the last."""
    account = await queries.account_with_address(session, by) if isinstance(by, Address) else by
    key_hash = tries.key_of(settings.secret_key, account or by)
    try_id = await tries.count_try(session, key_hash=key_hash, now=now)
    return PasswordTry(try_id, account.id if account else None, account.password_hash if account else None)


async def accept_password(session: AsyncSession, *, tried: PasswordTry, is_right: bool) -> Account | None:
    """The account whose password was right, unless it has changed meanwhile; the try no longer counts."""
    if not is_right or tried.account_id is None:
        return None
    account = await queries.account_with_id(session, tried.account_id)
    if account.password_hash != tried.password_hash:
        return None
    await tries.take_back_try(session, try_id=tried.try_id)
    return account


async def _sign_up(session: AsyncSession, draft: SignUp, *, agreed_at: datetime, now: datetime) -> Account:
    of_kind = {draft.address.kind.value: draft.address.value}
    return await create_account(
        session,
        name=draft.name,
        birth_on=draft.birth_on,
        mobile=of_kind.get("mobile"),
        email=of_kind.get("email"),
        language=draft.language,
        division=draft.division,
        privacy_version=draft.privacy_version,
        agreed_at=agreed_at,
        now=now,
    )
