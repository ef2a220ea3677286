"""A new address, confirmed by a code sent to it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import codes, messages, queries, tries
from linli.accounts.actions.account import flush_address
from linli.accounts.codes import Browser, Pending
from linli.accounts.models import Account
from linli.accounts.rules import Address, CodePurpose
from linli.core.audit import record
from linli.core.config import Settings
from linli.core.i18n import Message


async def request_address_change(
    session: AsyncSession,
    *,
    settings: Settings,
    browser: Browser,
    account: Account,
    address: Address,
    now: datetime,
) -> UUID:
    """A code to the new address. Where another account has it, only its holder is told."""
    holder = await queries.account_with_address(session, address)
    issued = await codes.issue_code(
        session,
        settings=settings,
        browser=browser,
        purpose=CodePurpose.change_address,
        address_hash=tries.key_of(settings.secret_key, address),
        account_id=account.id,
        pending=Pending(address.masked, None if holder else address),
        now=now,
    )
    if holder:
        messages.tell_holder(session, holder, address=address, now=now)
    else:
        messages.send_code(session, issued, to=address, account=account, browser=browser, now=now)
    return issued.code.id


async def confirm_address_change(
    session: AsyncSession,
    *,
    settings: Settings,
    account: Account,
    code_id: UUID | None,
    typed: str,
    now: datetime,
) -> Account | Message:
    """The account with its new address, which the old one is told; or why the code does not change it."""
    purposes = (CodePurpose.change_address,)
    code = await queries.live_code(session, code_id=code_id, purposes=purposes, now=now, to_use=True)
    if code is not None and code.account_id != account.id:
        code = None
    refusal = await codes.try_code(session, settings=settings, code=code, typed=typed, now=now)
    if code is None or refusal:
        return refusal or codes.GONE
    address = codes.pending_of(code).address
    await codes.use_up(session, code=code, now=now)
    if address is None:
        return codes.GONE
    messages.tell_old_addresses(session, account, new=address, now=now)
    setattr(account, address.kind, address.value)
    await flush_address(session)
    record(session, action="accounts.change_address", object_id=account.id, actor_id=account.id, now=now)
    return account
