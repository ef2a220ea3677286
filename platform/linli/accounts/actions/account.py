"""An account begins, and what belongs to it changes."""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import codes, messages
from linli.accounts.actions.devices import forget_devices
from linli.accounts.actions.sessions import end_sessions
from linli.accounts.forms import SettingsDraft
from linli.accounts.models import Account, Consent
from linli.accounts.rules import PRIVACY_VERSION, ConsentPurpose
from linli.core.audit import record
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message


async def create_account(
    session: AsyncSession,
    *,
    name: str,
    birth_on: date,
    now: datetime,
    mobile: str | None = None,
    email: str | None = None,
    password_hash: str | None = None,
    language: str = "zh",
    division: str | None = None,
    is_sample: bool = False,
    privacy_version: str = PRIVACY_VERSION,
    agreed_at: datetime | None = None,
) -> Account:
    """A new account with its privacy consent; Conflict when an address belongs to another."""
    account = Account(
        name=name,
        birth_on=birth_on,
        mobile=mobile,
        email=email,
        password_hash=password_hash,
        language=language,
        division=division,
        is_sample=is_sample,
        created_at=now,
    )
    session.add(account)
    await flush_address(session)
    add_consent(session, account, given=True, version=privacy_version, now=agreed_at or now)
    record(session, action="accounts.create_account", object_id=account.id, actor_id=account.id, now=now)
    await session.flush()
    return account


async def set_password(session: AsyncSession, *, account: Account, password_hash: str, now: datetime) -> None:
    """The new password; every session, trusted device and code on its way ends, and the person is told."""
    account.password_hash = password_hash
    await forget_devices(session, account_id=account.id)
    await end_sessions(session, account_id=account.id)
    await codes.use_up_all_of(session, account_id=account.id, now=now)
    record(session, action="accounts.set_password", object_id=account.id, actor_id=account.id, now=now)
    messages.tell_new_password(session, account, now=now)
    await session.flush()


async def change_settings(
    session: AsyncSession, *, account: Account, draft: SettingsDraft, now: datetime
) -> None:
    if draft.version != account.version:
        raise Conflict(
            Message("This was changed elsewhere in the meantime. Please compare, then save again.")
        )
    account.name, account.division = draft.name, draft.division
    account.language, account.large_text = draft.language, draft.large_text
    account.personalised = draft.personalised
    record(session, action="accounts.change_settings", object_id=account.id, actor_id=account.id, now=now)
    await session.flush()


async def choose_order(session: AsyncSession, *, account: Account, personalised: bool, now: datetime) -> None:
    """Whether what the person says of themselves orders the needs they see (PIPL art. 24)."""
    if account.personalised != personalised:
        account.personalised = personalised
        record(session, action="accounts.choose_order", object_id=account.id, actor_id=account.id, now=now)
    await session.flush()


async def withdraw_consent(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """Nothing is done with this person's data any more but keeping it, until they agree again."""
    account.stopped_at = now
    add_consent(session, account, given=False, version=PRIVACY_VERSION, now=now)
    await end_sessions(session, account_id=account.id)
    await codes.use_up_all_of(session, account_id=account.id, now=now)
    record(session, action="accounts.withdraw_consent", object_id=account.id, actor_id=account.id, now=now)
    await session.flush()


async def resume(session: AsyncSession, *, account: Account, agrees: bool, now: datetime) -> None:
    """Who has withdrawn the consent gives it again before coming in."""
    if account.stopped_at is None:
        return
    if not agrees:
        raise Invalid(
            {"consent": Message("You withdrew your consent. To use Linli again, please tick the box.")}
        )
    account.stopped_at = None
    add_consent(session, account, given=True, version=PRIVACY_VERSION, now=now)
    record(session, action="accounts.give_consent", object_id=account.id, actor_id=account.id, now=now)
    await session.flush()


async def flush_address(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict(Message("This address was just taken by an account. Please try again.")) from None


def add_consent(session: AsyncSession, account: Account, *, given: bool, version: str, now: datetime) -> None:
    session.add(
        Consent(
            account_id=account.id, purpose=ConsentPurpose.privacy, text_version=version, given=given, at=now
        )
    )
