"""What every step of a dispatch leaves behind: an audit entry, and a notice to the other side."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import record
from linli.core.i18n import Message
from linli.dispatch import queries
from linli.dispatch.models import Dispatch
from linli.needs.models import Need, Shift
from linli.notifications.actions import tell
from linli.participation.queries import members_to_tell


def note(
    session: AsyncSession, action: str, dispatch: Dispatch, need: Need, actor_id: UUID | None, now: datetime
) -> None:
    record(
        session,
        action=action,
        object_id=dispatch.id,
        now=now,
        actor_id=actor_id,
        organization_id=need.organization_id,
        need_id=dispatch.need_id,
        shift_id=dispatch.shift_id,
        team_id=dispatch.team_id,
        asked_organization_id=dispatch.organization_id,
    )


async def tell_leading(
    session: AsyncSession,
    dispatch: Dispatch,
    need: Need,
    shift: Shift,
    what: Message,
    now: datetime,
    *,
    is_question: bool = False,
) -> None:
    """Who answers for the team or organization; time and community only, never a contact (security 4)."""
    for person in await queries.leading_people(session, dispatch):
        tell(
            session,
            person=person,
            event="dispatch",
            subject=Message("{what} {title}", what=what, title=need.title),
            sentence=_sentence(need, shift, what),
            path=f"/dispatch/{dispatch.id}",
            now=now,
            is_question=is_question,
        )


async def tell_officers(
    session: AsyncSession, need: Need, shift: Shift, what: Message, now: datetime
) -> None:
    for person in await members_to_tell(session, need.organization_id):
        tell(
            session,
            person=person,
            event="dispatch",
            subject=Message("{what} {title}", what=what, title=need.title),
            sentence=_sentence(need, shift, what),
            path=f"/needs/{need.id}/dispatch",
            now=now,
        )


def _sentence(need: Need, shift: Shift, what: Message) -> Message:
    return Message("“{title}”, {start}. {what}", title=need.title, start=shift.starts_at, what=what)
