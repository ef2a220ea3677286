"""An asking begins, goes on by itself, is held, and ends. The need is locked before anything is decided."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.audit import record
from linli.core.errors import Conflict, NotFound
from linli.core.i18n import Message
from linli.needs.models import Need, Shift
from linli.needs.queries import find_need
from linli.participation import actions as participation
from linli.participation.actions.steps import refuse_closed
from linli.participation.actions.telling import tell_members
from linli.participation.models import Participation
from linli.participation.rules import FULL
from linli.suggestions.asking import ask
from linli.suggestions.joint import DecidedWave
from linli.suggestions.queries import WavePlan, WavesLeft, answer_for_shift
from linli.suggestions.waves import NextWave, Seat
from linli.waves import queries, rules, together
from linli.waves.due import Due, is_due
from linli.waves.models import Asking, AskingWithout, Wave, WaveQuestion
from linli.waves.rules import AskingState, Ending
from linli.waves.together import Decided

# While the matcher looks, or something has to be mended first.
SHORTLY: Final = timedelta(minutes=1)
LATER: Final = timedelta(minutes=15)
ALREADY_ENDED: Final = Message("These waves have ended already.")
WAVES_ARE_OUT: Final = Message("All waves are out, and places are still free. Who else could come?")


async def begin(
    session: AsyncSession,
    *,
    need_id: UUID,
    shift_id: UUID,
    account_ids: Sequence[UUID],
    proposed_ids: Collection[UUID] = (),
    officer_id: UUID,
    now: datetime,
) -> Asking:
    """The first wave goes to the chosen people, the next ones follow by themselves. Twice is once.

    Whoever was proposed to the officer and is not among the chosen is not asked by a later wave either. With
    nobody chosen the first wave waits for the answers of those who were asked before.
    """
    need, shift = await _locked(session, need_id, shift_id)
    if standing := await queries.going_on(session, shift.id):
        return standing
    await refuse_closed(session, need)
    if shift.places_free <= 0:
        raise Conflict(FULL)
    if now > rules.asks_until(shift.starts_at):
        raise Conflict(Message("There is no time for waves any more. Please ask the people yourself."))
    plan = await _plan(session, need, shift, first_left(shift, now=now), now)
    if plan is None:
        raise Conflict(Message("We are still looking for people who fit. Please try again in a moment."))
    seats = {each.account_id for each in plan.seats}
    # Whom the matcher has found for this time: an officer can ask nobody else.
    chosen = [id for id in dict.fromkeys(account_ids) if id in plan.likely]
    unwanted = (set(proposed_ids) & plan.likely.keys()) - set(chosen)
    asking = Asking(
        need_id=need.id,
        shift_id=shift.id,
        begun_by_id=officer_id,
        begun_at=now,
        going_since=now,
        most_messages=max(1, plan.messages + len(set(chosen) - seats)),
        next_at=now,
        waits_for_answers=bool(account_ids) or plan.pending > 0,
    )
    asking.next_at = _next_at(asking, shift, now)
    session.add(asking)
    await session.flush()
    session.add_all(AskingWithout(asking_id=asking.id, account_id=each) for each in sorted(unwanted))
    if account_ids:
        asked = await _send(session, asking, shift, chosen, plan, number=1, now=now)
        if not asked.invited:
            raise Conflict(asked.left_out[0][1] if asked.left_out else Message("Nobody could be asked."))
    _note(session, "begin_asking", asking, need, officer_id, now)
    return asking


async def hold(session: AsyncSession, *, asking: Asking, officer_id: UUID, now: datetime) -> None:
    """No more waves until somebody lets it go on; whoever was asked may still answer."""
    need, _, asking = await _locked_asking(session, asking)
    asking.state = AskingState.held
    _note(session, "hold_asking", asking, need, officer_id, now)
    await session.flush()


async def go_on(session: AsyncSession, *, asking: Asking, officer_id: UUID, now: datetime) -> None:
    """Whoever lets it go on answers for it from now on."""
    need, _, asking = await _locked_asking(session, asking)
    asking.state, asking.begun_by_id = AskingState.going, officer_id
    if not await queries.open_questions(session, asking.id):
        asking.next_at = now
    _note(session, "go_on_asking", asking, need, officer_id, now)
    await session.flush()


async def end(session: AsyncSession, *, asking: Asking, officer_id: UUID, now: datetime) -> None:
    """Nobody more is asked by itself; whoever was asked may still answer."""
    need, _, asking = await _locked_asking(session, asking)
    _end(asking, Ending.officer, now)
    _note(session, "end_asking", asking, need, officer_id, now)
    await session.flush()


async def look_after(
    session: AsyncSession, *, due: Due, now: datetime, decided: Decided | None = None
) -> bool:
    """What one asking needs now: a wave, an end, or patience. Whether there was something to do.

    `decided` says whom each asking of the round asks, by shift; without it this one is decided alone.
    """
    need = await find_need(session, due.need_id, lock=True)
    if not await is_due(session, due.asking_id, now=now):
        return False
    asking = await queries.find_asking(session, need_id=due.need_id, asking_id=due.asking_id)
    shift = next(each for each in need.shifts if each.id == asking.shift_id)
    left = await together.left_of_one(session, asking, shift, now=now)
    if over := together.why_over(need, shift, left, now=now):
        await _finish(session, asking, need, shift, over, now)
    elif await queries.why_resting(session, asking):
        _wait(asking, now + LATER)
    else:
        if decided is None:
            decided = await together.decide(session, [asking.id], now=now)
        wave = decided.get(shift.id)
        if wave and (wave.places_free, wave.number) != (shift.places_free, left.number):
            return False  # somebody was faster; the next round decides anew
        if asking.state is AskingState.filled:
            asking.state, asking.going_since = AskingState.going, now
        await _next_wave(session, asking, shift, wave, now)
    await session.flush()
    return True


def first_left(shift: Shift, *, now: datetime) -> WavesLeft:
    """What an asking that begins now may take."""
    return WavesLeft(
        rules.planned_waves(now, shift.starts_at),
        messages=rules.most_messages(max(shift.places_free, 0)),
        is_a_day_apart=rules.is_a_day_apart(now, shift.starts_at),
    )


async def _next_wave(
    session: AsyncSession, asking: Asking, shift: Shift, wave: DecidedWave | None, now: datetime
) -> None:
    if wave is None:  # the matcher is still looking
        _wait(asking, now + SHORTLY)
        return
    chosen = [each.account_id for each in wave.seats]
    asked = await _send(session, asking, shift, chosen, wave, number=wave.number, now=now) if chosen else None
    if asked is None or not asked.invited:
        _wait(asking, _next_at(asking, shift, now) if asked is None else now + LATER)


async def _plan(
    session: AsyncSession, need: Need, shift: Shift, left: WavesLeft, now: datetime
) -> WavePlan | None:
    answer = await answer_for_shift(session, need=need, shift=shift, now=now, left=left)
    return answer.wave if answer else None


async def _send(
    session: AsyncSession,
    asking: Asking,
    shift: Shift,
    account_ids: Sequence[UUID],
    plan: NextWave,
    *,
    number: int,
    now: datetime,
) -> participation.Asked:
    """Everybody is checked again, their budget too, with their account locked."""
    places_free = shift.places_free
    asked = await ask(
        session,
        shift_id=shift.id,
        account_ids=account_ids,
        asked_by_id=asking.begun_by_id,
        now=now,
        in_wave=True,
    )
    if asked.invited:
        wave = Wave(
            asking_id=asking.id, number=number, sent_at=now, matcher=plan.matcher, places_free=places_free
        )
        session.add(wave)
        await session.flush()
        seats = {each.account_id: each for each in plan.seats}
        session.add_all(_question(wave, each, seats, plan.likely) for each in asked.invited)
        reached_at = max(each.reaches_at or now for each in asked.invited)
        asking.next_at, asking.waits_for_answers = _next_at(asking, shift, reached_at), True
    await session.flush()
    return asked


def _question(
    wave: Wave, question: Participation, seats: Mapping[UUID, Seat], likely: Mapping[UUID, float]
) -> WaveQuestion:
    """Whom the officer chose beside the plan was asked for certain."""
    seat = seats.get(question.account_id)
    return WaveQuestion(
        participation_id=question.id,
        wave_id=wave.id,
        likely=likely[question.account_id],
        propensity=seat.propensity if seat else 1.0,
        is_exploring=seat.is_exploring if seat else False,
    )


async def _finish(
    session: AsyncSession, asking: Asking, need: Need, shift: Shift, because: Ending, now: datetime
) -> None:
    """Once filled, whoever has not answered need not any more. Else the officers look who else could come.

    As long as there is time it stands still when filled, and goes on if a place is given back; what an
    officer holds does not.
    """
    may_go_on = asking.state is AskingState.going and now <= rules.asks_until(shift.starts_at)
    if because is Ending.filled and may_go_on:
        asking.state = AskingState.filled
    else:
        _end(asking, because, now)
    await session.flush()
    if because is Ending.filled:
        for question in await queries.open_questions(session, asking.id):
            await participation.no_longer_needed(session, participation=question, now=now)
    elif because is Ending.all_asked:
        await tell_members(session, need, shift, "waves_are_out", WAVES_ARE_OUT, now)


def _end(asking: Asking, because: Ending, now: datetime) -> None:
    asking.state, asking.ended_at, asking.ended_because = AskingState.ended, now, because


def _wait(asking: Asking, until: datetime) -> None:
    asking.next_at, asking.waits_for_answers = until, False


def _next_at(asking: Asking, shift: Shift, reached_at: datetime) -> datetime:
    return rules.next_wave_at(
        reached_at=reached_at, begun_at=asking.going_since, starts_at=shift.starts_at, zone=i18n.zone()
    )


async def _locked(session: AsyncSession, need_id: UUID, shift_id: UUID) -> tuple[Need, Shift]:
    need = await find_need(session, need_id, lock=True)
    shift = next((each for each in need.shifts if each.id == shift_id), None)
    if shift is None:
        raise NotFound
    return need, shift


async def _locked_asking(session: AsyncSession, asking: Asking) -> tuple[Need, Shift, Asking]:
    """As it stands now; of one that has ended nothing can be changed."""
    need, shift = await _locked(session, asking.need_id, asking.shift_id)
    asking = await queries.find_asking(session, need_id=need.id, asking_id=asking.id)
    if asking.state is AskingState.ended:
        raise Conflict(ALREADY_ENDED)
    return need, shift, asking


def _note(
    session: AsyncSession, action: str, asking: Asking, need: Need, officer_id: UUID, now: datetime
) -> None:
    record(
        session,
        action=action,
        object_id=asking.id,
        now=now,
        actor_id=officer_id,
        organization_id=need.organization_id,
        need_id=need.id,
        shift_id=asking.shift_id,
    )
