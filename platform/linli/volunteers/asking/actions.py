"""People say how they want to be asked; who goes silent is left alone, and asked once whether to go on."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.i18n import Message
from linli.notifications.actions import tell
from linli.volunteers import actions as volunteers
from linli.volunteers.actions.profile import flush
from linli.volunteers.asking.queries import asking_of
from linli.volunteers.asking.rules import Reply, Wishes, replied
from linli.volunteers.models import VolunteerProfile

PAGE: Final = "/me/volunteer/asking"
SHALL_WE_GO_ON: Final = Message("Shall we go on asking you?")


async def set_wishes(session: AsyncSession, *, account: Account, wishes: Wishes, now: datetime) -> None:
    """Whoever says how they want to be asked has not gone silent."""
    profile = await volunteers.ensure_profile(session, account=account, now=now)
    account.quiet_from_hour, account.quiet_until_hour = wishes.quiet_from_hour, wishes.quiet_until_hour
    profile.questions_per_week, profile.paused_until = wishes.per_week, wishes.paused_until
    profile.silent_since, profile.heard_at, profile.changed_at = None, now, now
    record(session, action="set_asking", object_id=account.id, actor_id=account.id, now=now)
    await flush(session)


async def reply(
    session: AsyncSession, *, account: Account, reply: Reply, until: date | None, now: datetime
) -> None:
    """The answer to "shall we go on asking?"; it ends the pause."""
    asking = await asking_of(session, account)
    await set_wishes(session, account=account, wishes=replied(asking.wishes, reply, until), now=now)
    change = volunteers.opt_out if reply is Reply.stop else volunteers.opt_in
    await change(session, account=account, now=now)


async def leave_alone(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """Two questions ran out: nothing more by itself, and one friendly question."""
    changed: Any = await session.execute(
        update(VolunteerProfile)
        .where(VolunteerProfile.account_id == account.id, VolunteerProfile.silent_since.is_(None))
        .values(silent_since=now, changed_at=now)
    )
    if not changed.rowcount:
        return
    record(session, action="pause_asking", object_id=account.id, actor_id=None, now=now)
    tell(
        session,
        person=account,
        event="go_on",
        subject=SHALL_WE_GO_ON,
        sentence=Message("We have not heard from you, and ask you nothing for now. Shall we go on asking?"),
        path=PAGE,
        now=now,
        is_question=True,
    )


async def hear(session: AsyncSession, *, account_id: UUID, now: datetime) -> None:
    """Somebody who had gone silent has answered or offered to come: they may be asked again."""
    await session.execute(
        update(VolunteerProfile)
        .where(VolunteerProfile.account_id == account_id, VolunteerProfile.silent_since.is_not(None))
        .values(silent_since=None, heard_at=now, changed_at=now)
        .execution_options(synchronize_session="fetch")
    )
