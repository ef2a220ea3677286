"""What is sent to an address when somebody signs up, signs in or changes how they do."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.codes import Browser, Issued
from linli.accounts.models import Account
from linli.accounts.rules import CODE_LIFE, Address, AddressKind, CodePurpose
from linli.core.i18n import Message, counted
from linli.notifications.actions import send, tell
from linli.notifications.rules import Channel

CHANNELS: Final = {AddressKind.mobile: Channel.sms, AddressKind.email: Channel.mail}
CODE_SUBJECT: Final = Message("Your code for Linli")
CODES: Final = {
    CodePurpose.sign_up: Message("{code} is your code to sign up at Linli. It works for 10 minutes."),
    CodePurpose.sign_in: Message("{code} is your code to sign in at Linli. It works for 10 minutes."),
    CodePurpose.reset_password: Message(
        "{code} is your code for a new password at Linli. It works for 10 minutes."
    ),
    CodePurpose.change_address: Message(
        "{code} confirms your new address at Linli. It works for 10 minutes."
    ),
}
ALREADY_HERE: Final = Message(
    "You already have an account at Linli. {code} signs you in; it works for 10 minutes."
)
FACTOR_SUBJECT: Final = Message("The second step of your account at Linli")
FACTOR_SET: Final = Message(
    "The second step of your account at Linli was set up on a phone. "
    "If that was not you, tell your organization at once."
)
CODES_RENEWED: Final = Message(
    "Your recovery codes at Linli were renewed; older ones no longer work. "
    "If that was not you, tell your organization at once."
)
FACTOR_DROPPED: Final = Message(
    "The second step of your account at Linli was switched off. "
    "If that was not you, set a new password at once."
)
ADDRESS_SUBJECT: Final = Message("Your address at Linli")


def send_code(
    session: AsyncSession,
    issued: Issued,
    *,
    to: Address,
    account: Account | None,
    browser: Browser,
    now: datetime,
    sentence: Message | None = None,
) -> None:
    """The digits, in the language of the person's account, or of the page where there is none yet."""
    sentence = sentence or CODES[issued.code.purpose]
    send(
        session,
        channel=CHANNELS[to.kind],
        address=to.value,
        recipient_id=account.id if account else None,
        language=account.language if account else browser.language,
        event="accounts.code",
        subject=CODE_SUBJECT,
        sentence=sentence.given(code=issued.digits),
        path=None,
        now=now,
        useful_for=CODE_LIFE,
    )


def tell_holder(session: AsyncSession, holder: Account, *, address: Address, now: datetime) -> None:
    """Who has the address learns that it was wanted; who wanted it learns nothing."""
    _send_to(
        session,
        holder,
        address,
        event="accounts.address_wanted",
        sentence=Message(
            "Somebody wanted to use this address for another account at Linli. Nothing was changed."
        ),
        now=now,
    )


def tell_old_addresses(session: AsyncSession, account: Account, *, new: Address, now: datetime) -> None:
    """Every address so far is told, so that nobody loses an account without noticing."""
    sentence = Message(
        "Your account at Linli now uses {address}. If that was not you, tell your committee at once.",
        address=new.masked,
    )
    for old in account.addresses:
        _send_to(session, account, old, event="accounts.address_changed", sentence=sentence, now=now)


def tell_new_password(session: AsyncSession, account: Account, *, now: datetime) -> None:
    tell(
        session,
        person=account,
        event="accounts.password_set",
        subject=Message("Your password at Linli"),
        sentence=Message("Your password was changed. If that was not you, please set a new one at once."),
        path="/reset-password",
        now=now,
    )


def tell_factor(session: AsyncSession, account: Account, *, sentence: Message, now: datetime) -> None:
    tell(
        session,
        person=account,
        event="accounts.factor",
        subject=FACTOR_SUBJECT,
        sentence=sentence,
        path="/me/account/second-step",
        now=now,
    )


def tell_connected(session: AsyncSession, account: Account, *, provider: object, now: datetime) -> None:
    tell(
        session,
        person=account,
        event="accounts.identity_connected",
        subject=Message("Another way into your account at Linli"),
        sentence=Message(
            "{provider} now signs you in. If that was not you, disconnect it under “My account” at once.",
            provider=provider,
        ),
        path="/me/account",
        now=now,
    )


def tell_recovery_code_used(session: AsyncSession, account: Account, *, left: int, now: datetime) -> None:
    sentence = counted(
        left,
        "A recovery code opened your account at Linli; {n} is left. "
        "If that was not you, set a new password at once.",
        "A recovery code opened your account at Linli; {n} are left. "
        "If that was not you, set a new password at once.",
    )
    tell_factor(session, account, sentence=sentence, now=now)


def tell_new_key(session: AsyncSession, account: Account, *, name: str, now: datetime) -> None:
    tell(
        session,
        person=account,
        event="accounts.access_key",
        subject=Message("A program may use your account at Linli"),
        sentence=Message(
            "An access key was made for your account: {name}. If that was not you, end it at once.", name=name
        ),
        path="/me/account/programs",
        now=now,
    )


def _send_to(
    session: AsyncSession, account: Account, address: Address, *, event: str, sentence: Message, now: datetime
) -> None:
    send(
        session,
        channel=CHANNELS[address.kind],
        address=address.value,
        recipient_id=account.id,
        language=account.language,
        event=event,
        subject=ADDRESS_SUBJECT,
        sentence=sentence,
        path=None,
        now=now,
    )
