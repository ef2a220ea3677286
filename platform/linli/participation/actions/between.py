"""What an organization and the people of its needs do beside places: block each other, write to all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations import actions as conversations
from linli.conversations.rules import Side
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.needs import queries as need_queries
from linli.organizations.models import Organization
from linli.participation import queries
from linli.participation.actions.officers import cancel_participation, refuse_application
from linli.participation.actions.steps import lock_account
from linli.participation.actions.volunteers import decline, withdraw
from linli.participation.models import Participation
from linli.participation.rules import CHANGED_MEANWHILE, COMES, WAITS_FOR_YES, State


@dataclass(frozen=True)
class Left:
    """Places that stay after a block until one side gives them up."""

    places: tuple[Participation, ...]


async def block(
    session: AsyncSession,
    *,
    organization: Organization,
    account_id: UUID,
    side: Side,
    actor_id: UUID,
    reason: str = "",
    now: datetime,
) -> Left:
    """Invitations and offers end at once, as if declined; promised places are left to be asked about.

    Needs are locked in the order of their ids and then the person, as every yes does it.
    """
    known = await queries.open_with_organization(
        session, organization_id=organization.id, account_id=account_id, now=now
    )
    need_ids = {each.need_id for each in known}
    for need_id in sorted(need_ids):
        await need_queries.find_need(session, need_id, lock=True)
    await lock_account(session, account_id)
    await conversations.block(
        session,
        organization=organization,
        account_id=account_id,
        side=side,
        actor_id=actor_id,
        reason=reason,
        now=now,
    )
    standing = await queries.open_with_organization(
        session, organization_id=organization.id, account_id=account_id, now=now
    )
    if any(each.need_id not in need_ids for each in standing):
        raise Conflict(CHANGED_MEANWHILE)
    for each in standing:
        if each.state is not State.confirmed:
            await _end(session, each, side, actor_id, now)
    return Left(tuple(each for each in standing if each.state is State.confirmed))


async def _end(
    session: AsyncSession, participation: Participation, side: Side, actor_id: UUID, now: datetime
) -> None:
    """In the words of every day: nobody learns of a block from how an invitation ends."""
    was_asked = participation.state in WAITS_FOR_YES
    if side is Side.volunteer:
        end = decline if was_asked else withdraw
        await end(session, participation=participation, account_id=actor_id, now=now)
    elif participation.state is State.applied:
        await refuse_application(
            session, participation=participation, officer_id=actor_id, now=now, alone=True
        )
    else:
        await cancel_participation(session, participation=participation, officer_id=actor_id, now=now)


async def write_to_all(
    session: AsyncSession, *, need_id: UUID, text: str, language: str, author_id: UUID, now: datetime
) -> int:
    """One message to everybody who holds a place, each in their own conversation; blocked people aside."""
    need = await need_queries.find_need(session, need_id)
    people = await queries.roster(session, need_id=need_id, states=COMES)
    written = 0
    for account_id in dict.fromkeys(each.account.id for each in people):
        refusal = await conversations.why_not_write(
            session, need=need, account_id=account_id, side=Side.organization, now=now
        )
        if refusal is None:
            conversation = await conversations.open_conversation(
                session, need_id=need_id, account_id=account_id, now=now
            )
            await conversations.write(
                session,
                conversation=conversation,
                side=Side.organization,
                author_id=author_id,
                text=text,
                language=language,
                now=now,
            )
            written += 1
    if not written:
        raise Conflict(Message("Nobody holds a place who can be written to."))
    return written
