"""Asking people by name for a shift: an officer does it by hand, or a wave does it for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.needs.models import Need, Shift
from linli.participation import queries
from linli.participation.actions.naming import ALREADY_SAID_NO, new_question, reason_not_to_ask
from linli.participation.actions.series import where_asked
from linli.participation.actions.steps import (
    end,
    lock_accounts,
    locked,
    locked_participation,
    refuse_closed,
)
from linli.participation.actions.telling import (
    ALL_TAKEN,
    INVITED,
    YOU_ARE_ASKED,
    YOU_ARE_ASKED_FOR_ALL,
    note_change,
    question_is_settled,
    tell_volunteer,
)
from linli.participation.asking.queries import loads_of
from linli.participation.asking.rules import refuse_late
from linli.participation.fitness import NOT_AT_PRESENT
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.volunteers.asking.queries import profiles_of
from linli.volunteers.asking.rules import Load, has_budget, wants_no_questions
from linli.volunteers.models import VolunteerProfile

ENOUGH_FOR_NOW = Message("Has been asked enough for now.")
HAS_GONE_SILENT = Message("Has not answered lately, and is left alone.")


@dataclass(frozen=True)
class Asked:
    """What came of asking several people: who was invited, and why the others were not."""

    invited: tuple[Participation, ...]
    left_out: tuple[tuple[Account, Message], ...]


@dataclass(frozen=True)
class _Person:
    """Somebody who may be asked, under the lock of their account."""

    account: Account
    profile: VolunteerProfile | None
    load: Load
    has_said_no: bool


async def invite(
    session: AsyncSession,
    *,
    shift_id: UUID,
    account_ids: Sequence[UUID],
    asked_by_id: UUID | None,
    now: datetime,
    in_wave: bool = False,
) -> Asked:
    """Ask these people for one shift; who cannot be asked is named with the reason.

    An officer may ask somebody beyond their budget, with a look at how often they were asked; a wave never
    does. The budget is counted with the person locked, so that two waves at once see each other.
    """
    need, shift = await locked(session, shift_id)
    if (first := where_asked(need, shift, now)) is not shift and in_wave:
        return Asked((), ())  # the question for all times stands at the first, and has its own wave
    shift = first
    await refuse_closed(session, need)
    if refusal := refuse_late(now, shift.starts_at):
        raise Conflict(refusal)
    invited, left_out = [], []
    for person in await _people(session, need, list(dict.fromkeys(account_ids)), now):
        sentence = (_why_not_in_wave(person) if in_wave else None) or await _why_not(
            session, need, shift, person, now
        )
        if sentence:
            left_out.append((person.account, sentence))
            continue
        invited.append(await _invite_one(session, need, shift, person.account, asked_by_id, now, in_wave))
    return Asked(tuple(invited), tuple(left_out))


async def no_longer_needed(
    session: AsyncSession, *, participation: Participation, now: datetime
) -> Participation:
    """All places are taken: the question ends, kindly and without another message; it is no silence."""
    need, shift, participation, account = await locked_participation(session, participation)
    if participation.state is not State.invited:
        return participation
    had_not_left = await question_is_settled(session, participation, now)
    await end(session, need=need, shift=shift, participation=participation, state=State.cancelled, now=now)
    if not had_not_left:
        tell_volunteer(session, account, need, shift, "all_taken", ALL_TAKEN, now, only_here=True)
    note_change(session, "end_question", participation, need, None, now)
    return participation


async def _people(session: AsyncSession, need: Need, wanted: list[UUID], now: datetime) -> list[_Person]:
    """In the order that was asked for; each locked before anything of them is counted."""
    accounts = await lock_accounts(session, wanted)
    profiles = await profiles_of(session, wanted)
    loads = await loads_of(session, accounts=accounts, now=now)
    said_no = await queries.who_said_no(session, need_id=need.id, account_ids=wanted)
    people = [
        _Person(each, profiles.get(each.id), loads.get(each.id, Load()), each.id in said_no)
        for each in accounts
    ]
    return sorted(people, key=lambda each: wanted.index(each.account.id))


def _why_not_in_wave(person: _Person) -> Message | None:
    """What an officer may judge otherwise, having looked at the person."""
    if person.profile is None:
        return NOT_AT_PRESENT
    if person.profile.silent_since is not None:
        return HAS_GONE_SILENT
    if not has_budget(person.load, person.profile.questions_per_week):
        return ENOUGH_FOR_NOW
    return None


async def _why_not(
    session: AsyncSession, need: Need, shift: Shift, person: _Person, now: datetime
) -> Message | None:
    if person.has_said_no:
        return ALREADY_SAID_NO
    profile = person.profile
    if profile and wants_no_questions(
        opted_in=profile.opted_in, paused_until=profile.paused_until, on_day=i18n.local(now).date()
    ):
        return NOT_AT_PRESENT
    return await reason_not_to_ask(session, need=need, shift=shift, account=person.account, now=now)


async def _invite_one(
    session: AsyncSession,
    need: Need,
    shift: Shift,
    account: Account,
    asked_by_id: UUID | None,
    now: datetime,
    in_wave: bool,
) -> Participation:
    participation = new_question(shift, account, state=State.invited, asked_by_id=asked_by_id, now=now)
    session.add(participation)
    await session.flush()
    what = YOU_ARE_ASKED_FOR_ALL if need.same_person else YOU_ARE_ASKED
    tell_volunteer(session, account, need, shift, INVITED, what, now, is_question=True)
    if in_wave:
        note_change(session, "invite_in_wave", participation, need, None, now)
    else:
        note_change(session, "invite", participation, need, asked_by_id, now)
    return participation
