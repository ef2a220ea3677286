"""Who is told what, and what is noted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.i18n import Message
from linli.needs.models import Need, Shift
from linli.notifications.actions import take_back, tell
from linli.participation import queries
from linli.participation.models import Participation

INVITED, NAMED = "invited", "named"
PLACE_TAKEN = Message("Somebody has taken a place.")
HAS_APPLIED = Message("Somebody would like to come. Please confirm or decline.")
HAS_ACCEPTED = Message("Somebody you asked has said yes.")
OF_TEAM_COMES = Message("Somebody of the team you asked comes.")
HAS_DECLINED = Message("Somebody you asked cannot come.")
HAS_WITHDRAWN = Message("Somebody who had a place cannot come after all.")
HAS_TAKEN_BACK = Message("Somebody who had offered to come cannot come after all.")
NOT_CHOSEN = Message("This time the places went to others. Thank you for offering.")
PLACE_CANCELLED = Message("The committee had to call your place off.")
FRIEND_GONE = Message("One of your group does not come. Your own place or offer stays.")
YOU_ARE_ASKED = Message("You are asked to help. You may say no without a reason.")
YOU_ARE_NAMED = Message("Your team goes, and counts on you if you can. You may say no without a reason.")
ALL_TAKEN = Message("All places have been taken in the meantime; you need not answer. Thank you.")
YOU_ARE_IN = Message("You have a place. Place and contact stand on the page.")
YOU_ARE_IN_ALL = Message("You have a place at all of its times. Place and contact stand on the page.")
YOU_ARE_ASKED_FOR_ALL = Message("You are asked to come to all of its times. You may say no without a reason.")


def tell_volunteer(
    session: AsyncSession,
    account: Account,
    need: Need,
    shift: Shift,
    event: str,
    what: Message,
    now: datetime,
    *,
    is_question: bool = False,
    only_here: bool = False,
) -> None:
    """Time, community and a link; never the exact place or a contact (security 4)."""
    tell(
        session,
        person=account,
        event=event,
        subject=Message("{what} {title}", what=what, title=need.title),
        sentence=Message("“{title}”, {start}. {what}", title=need.title, start=shift.starts_at, what=what),
        path=_page(need.id),
        now=now,
        is_question=is_question,
        only_here=only_here,
    )


async def question_is_settled(session: AsyncSession, participation: Participation, now: datetime) -> bool:
    """A question that waits for the morning is not sent any more; whether it had not left yet."""
    if participation.reaches_at is None or participation.asked_at is None or participation.reaches_at <= now:
        return False
    return await take_back(
        session,
        recipient_id=participation.account_id,
        event=NAMED if participation.hold_id else INVITED,
        path=_page(participation.need_id),
        written_at=participation.asked_at,
    )


def _page(need_id: UUID) -> str:
    return f"/needs/{need_id}"


async def tell_friends(
    session: AsyncSession, participation: Participation, need: Need, shift: Shift, now: datetime
) -> None:
    """Whoever came as one with this person keeps their own place, and hears of it."""
    for friend in await queries.friends_of(session, participation):
        tell_volunteer(session, friend, need, shift, "friend_gone", FRIEND_GONE, now)


async def tell_members(
    session: AsyncSession, need: Need, shift: Shift, event: str, what: Message, now: datetime
) -> None:
    for member in await queries.members_to_tell(session, need.organization_id):
        tell(
            session,
            person=member,
            event=event,
            subject=Message("{what} {title}", what=what, title=need.title),
            sentence=Message(
                "“{title}”, {start}. {what}", title=need.title, start=shift.starts_at, what=what
            ),
            path=f"/needs/{need.id}/desk",
            now=now,
        )


def note_change(
    session: AsyncSession,
    action: str,
    participation: Participation,
    need: Need,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    record(
        session,
        action=action,
        object_id=participation.id,
        now=now,
        actor_id=actor_id,
        organization_id=need.organization_id,
        need_id=need.id,
        shift_id=participation.shift_id,
        account_id=participation.account_id,
    )


def note_disclosure(
    session: AsyncSession, *, participation: Participation, need: Need, reader_id: UUID, now: datetime
) -> None:
    """Somebody was shown contact data: who, whose, for which need, when."""
    note_change(session, "see_contact", participation, need, reader_id, now)
