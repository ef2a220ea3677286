"""Starting a group, saying yes, leaving, and taking the places as one. Every change locks the need first."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.errors import Conflict
from linli.core.i18n import Message, counted
from linli.needs.models import Need, Shift
from linli.needs.rules import Joining
from linli.notifications.actions import tell
from linli.participation import rules
from linli.participation.actions.steps import confirm_place, lock_account, locked, refuse_closed
from linli.participation.actions.telling import note_change, tell_members
from linli.participation.fitness import obstacles
from linli.participation.models import FriendGroup, FriendGroupMember, Participation
from linli.participation.queries import open_in_shift
from linli.participation.rules import WAITS_FOR_YES, GroupState, State
from linli.participation.together import queries
from linli.volunteers.actions import ensure_profile

TOKEN_BYTES = 16
HAS_ENDED = Message("This group has ended. You can start a new one on the page of the need.")
ONE_CANNOT = Message(
    "One of you cannot take a place at this time any more. Each of you sees on this page what is missing. "
    "Nobody has taken a place."
)


async def start(
    session: AsyncSession, *, shift_id: UUID, account_id: UUID, size: int, now: datetime
) -> FriendGroup:
    """Somebody wants to go with friends, and gets a link for them; who waits already finds their group."""
    need, shift = await locked(session, shift_id)
    account = await lock_account(session, account_id)
    standing = await queries.gathering_in_shift(session, shift_id=shift.id, account_id=account.id, now=now)
    if standing is not None:
        return standing
    if need.same_person:
        raise Conflict(Message("Here the same people come to all times: please say yes each for yourself."))
    await _check_person(session, need, shift, account, now)
    if refusal := rules.refuse_group(size, shift.places_free):
        raise Conflict(refusal)
    group = FriendGroup(
        shift_id=shift.id,
        need_id=need.id,
        started_by_id=account.id,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        size=size,
        state=GroupState.gathering,
        expires_at=rules.group_expires_at(now, shift.starts_at),
        created_at=now,
    )
    _refuse_over(group, now)
    session.add(group)
    await session.flush()
    await _add(session, group, account, now)
    _note(session, "start_group", group, need, account.id, now)
    return group


async def say_yes(session: AsyncSession, *, token: str, account_id: UUID, now: datetime) -> FriendGroup:
    """A friend joins. With the last yes all take their places; if that fails, the yes stays."""
    need, shift, group = await _locked_group(session, token)
    if await queries.find_member(session, group_id=group.id, account_id=account_id):
        return group
    _refuse_over(group, now)
    members = await queries.members_of(session, group.id)
    locked_people = await _lock(session, {account_id, *(each.id for each in members)})
    account = next(each for each in locked_people if each.id == account_id)
    await _check_person(session, need, shift, account, now)
    if len(members) >= group.size:
        raise Conflict(
            Message("All in this group have been found already. You can take a place of your own.")
        )
    if await queries.gathering_in_shift(session, shift_id=shift.id, account_id=account.id, now=now):
        raise Conflict(Message("You are in another group for this time. Leave that one first."))
    await _add(session, group, account, now)
    _note(session, "join_group", group, need, account.id, now)
    if len(members) + 1 == group.size:
        try:
            async with session.begin_nested():
                return await _take(session, need, shift, group, account.id, now)
        except Conflict:
            group = await queries.group_with_token(session, token)
    _tell(session, members, group, need, Message("Somebody has said yes to going with you."), now)
    return group


async def complete(session: AsyncSession, *, token: str, account_id: UUID, now: datetime) -> FriendGroup:
    """The one who started it says that all are there: everybody takes a place, or nobody."""
    need, shift, group = await _locked_group(session, token)
    if group.state is GroupState.taken:
        return group
    _refuse_over(group, now)
    return await _take(session, need, shift, group, account_id, now)


async def leave(
    session: AsyncSession, *, token: str, account_id: UUID, actor_id: UUID, now: datetime
) -> FriendGroup:
    """Before places are taken: one goes, or is taken out by who started it; without the starter it ends."""
    need, _, group = await _locked_group(session, token)
    if group.state is not GroupState.gathering:
        raise Conflict(Message("The places are taken already. You can give yours back on its own page."))
    everybody = await queries.members_of(session, group.id)
    if account_id == group.started_by_id:
        group.state = GroupState.ended
        _note(session, "end_group", group, need, actor_id, now)
    await session.execute(
        delete(FriendGroupMember).where(
            FriendGroupMember.group_id == group.id, FriendGroupMember.account_id == account_id
        )
    )
    await session.flush()
    if account_id != group.started_by_id:
        _note(session, "leave_group", group, need, actor_id, now)
    others = [each for each in everybody if each.id not in {account_id, actor_id}]
    what = HAS_ENDED if group.state is GroupState.ended else Message("Somebody has left your group.")
    _tell(session, others, group, need, what, now)
    return group


async def end_expired(session: AsyncSession, *, now: datetime) -> int:
    """Groups that did not come together in time; those who waited are told."""
    due = await queries.expired_groups(session, now=now)
    for group in due:
        group.state = GroupState.ended
        need = await session.get_one(Need, group.need_id)
        sentence = Message("Not all of your group said yes in time. Nobody has taken a place.")
        _tell(session, await queries.members_of(session, group.id), group, need, sentence, now)
    await session.flush()
    return len(due)


async def forget_old(session: AsyncSession, *, now: datetime, limit: int = 200) -> int:
    """Groups whose shift is long over."""
    old = (
        select(FriendGroup.id)
        .join(Shift, Shift.id == FriendGroup.shift_id)
        .where(Shift.ends_at <= now - rules.GROUPS_KEPT)
        .limit(limit)
    )
    result = await session.execute(delete(FriendGroup).where(FriendGroup.id.in_(old)))
    return int(result.rowcount)  # type: ignore[attr-defined]


async def _take(
    session: AsyncSession, need: Need, shift: Shift, group: FriendGroup, actor_id: UUID, now: datetime
) -> FriendGroup:
    """All or none: under the lock of the need, in one transaction."""
    await refuse_closed(session, need)
    members = await queries.members_of(session, group.id)
    if refusal := rules.refuse_group(len(members), shift.places_free):
        raise Conflict(refusal)
    accounts = await _lock(session, {each.id for each in members})
    for account in accounts:
        if await _what_is_missing(session, need, shift, account, now):
            raise Conflict(ONE_CANNOT)
    made = [await _apply(session, need, shift, group, account, now) for account in accounts]
    at_once = need.joining is Joining.at_once
    if at_once:
        for participation, account in zip(made, accounts, strict=True):
            await confirm_place(
                session, need=need, shift=shift, participation=participation, account=account, now=now
            )
    group.state = GroupState.taken
    await session.flush()
    for participation in made:
        note_change(session, "apply_together", participation, need, actor_id, now)
    if not at_once:
        sentence = Message(
            "You have offered to come together. The committee decides about all of you as one."
        )
        _tell(session, accounts, group, need, sentence, now)
    came = counted(len(made), "{n} person has come as a group.", "{n} people have come as a group.")
    await tell_members(session, need, shift, "place_taken" if at_once else "applied", came, now)
    return group


async def _apply(
    session: AsyncSession, need: Need, shift: Shift, group: FriendGroup, account: Account, now: datetime
) -> Participation:
    await ensure_profile(session, account=account, now=now)
    participation = Participation(
        shift_id=shift.id,
        need_id=need.id,
        account_id=account.id,
        group_id=group.id,
        state=State.applied,
        expires_at=shift.starts_at,
        created_at=now,
        changed_at=now,
    )
    session.add(participation)
    await session.flush()
    return participation


async def _locked_group(session: AsyncSession, token: str) -> tuple[Need, Shift, FriendGroup]:
    group = await queries.group_with_token(session, token)
    need, shift = await locked(session, group.shift_id)
    return need, shift, await queries.group_with_token(session, token)


async def _lock(session: AsyncSession, account_ids: Iterable[UUID]) -> list[Account]:
    """In the order of their ids, so that two groups with the same people never wait for each other."""
    return [await lock_account(session, id) for id in sorted(account_ids)]


async def _check_person(
    session: AsyncSession, need: Need, shift: Shift, account: Account, now: datetime
) -> None:
    await refuse_closed(session, need)
    if sentence := await _what_is_missing(session, need, shift, account, now):
        raise Conflict(sentence)


async def _what_is_missing(
    session: AsyncSession, need: Need, shift: Shift, account: Account, now: datetime
) -> Message | None:
    standing = await open_in_shift(session, shift_id=shift.id, account_id=account.id)
    if standing is not None and standing.state in WAITS_FOR_YES:
        return Message("You are asked for this time yourself: please answer that first.")
    if standing is not None:
        return Message("You have a place or an offer at this time already.")
    found = await obstacles(session, need=need, shift=shift, account=account, now=now)
    return found[0].sentence if found else None


def _refuse_over(group: FriendGroup, now: datetime) -> None:
    if group.state is GroupState.taken:
        raise Conflict(Message("This group has taken its places already. You can take a place of your own."))
    if not group.gathers_at(now):
        raise Conflict(HAS_ENDED)


async def _add(session: AsyncSession, group: FriendGroup, account: Account, now: datetime) -> None:
    session.add(FriendGroupMember(group_id=group.id, account_id=account.id, said_yes_at=now))
    await session.flush()


def _tell(
    session: AsyncSession,
    people: Iterable[Account],
    group: FriendGroup,
    need: Need,
    what: Message,
    now: datetime,
) -> None:
    for person in people:
        tell(
            session,
            person=person,
            event="together",
            subject=what,
            sentence=Message("“{title}”: {what}", title=need.title, what=what),
            path=f"/together/{group.token}",
            now=now,
        )


def _note(
    session: AsyncSession, action: str, group: FriendGroup, need: Need, actor_id: UUID, now: datetime
) -> None:
    record(
        session,
        action=action,
        object_id=group.id,
        now=now,
        actor_id=actor_id,
        organization_id=need.organization_id,
        need_id=need.id,
        shift_id=group.shift_id,
    )
