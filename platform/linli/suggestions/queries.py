"""Whom to ask: the proposal for a shift, the others who fit, and who does not, as security 4 allows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message, counted
from linli.needs.models import Need, Shift
from linli.needs.rules import NeedState
from linli.participation.rules import LAST_ANSWER_BEFORE_SHIFT, invitation_expires_at
from linli.suggestions import reads, wording
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.suggestions.pending import waiting_by_shift
from linli.suggestions.people import SHOWN, SuggestedPerson, suggested_people
from linli.suggestions.ranking import KEPT_PER_PLACE
from linli.suggestions.serving import serving
from linli.suggestions.waves import FILLED_WITH, MOST_PROPOSED, WavePlan, WavesLeft, plan_waves
from linli.volunteers.names import shown_name
from matching import Proposal, propose

__all__ = [
    "Answer",
    "SuggestedPerson",
    "WavePlan",
    "WavesLeft",
    "answer_for_shift",
    "are_suggested",
    "latest_runs",
    "shown_name",
    "suggested_people",
]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Whom to ask for one shift, as the matcher saw it at `made_at`; what happened since is taken in.

    `fitting` counts who passed every gate. `note` says why nobody is proposed although people fit. With
    `is_short` some places would probably stay free if everybody were asked.
    """

    proposed: tuple[SuggestedPerson, ...]
    others: tuple[SuggestedPerson, ...]
    headline: Message
    expectation: Message
    note: Message | None
    is_short: bool
    fitting: int
    excluded: list[tuple[Message, Message | str]]
    excluded_total: Message | str
    not_applied: list[Message]
    made_at: datetime
    matcher: str
    wave: WavePlan | None = None


async def latest_runs(session: AsyncSession, *, need_id: UUID, now: datetime) -> dict[UUID, SuggestionRun]:
    """The stored answers for the coming shifts of a need."""
    rows = await session.execute(
        select(Shift.id, SuggestionRun)
        .join(SuggestionRun, SuggestionRun.shift_id == Shift.id)
        .where(Shift.need_id == need_id, Shift.starts_at > now)
        .order_by(Shift.starts_at)
    )
    return {shift_id: run for shift_id, run in rows}


async def answer_for_shift(
    session: AsyncSession, *, need: Need, shift: Shift, now: datetime, left: WavesLeft | None = None
) -> Answer | None:
    """The proposal, the others who fit and who does not; None while the matcher is still looking.

    The proposal is everybody to be asked at once or, where waves are `left`, the next of them.
    """
    run = await session.scalar(select(SuggestionRun).where(SuggestionRun.shift_id == shift.id))
    is_stale = run is None or run.need_version != need.version
    if is_stale and need.state is NeedState.open and shift.places_free:
        return None
    if run is None:
        return _nobody_looked_for(shift, (await serving(session)).version, now)
    people = await suggested_people(session, run=run, shift=shift, now=now, limit=_shown_for(shift, left))
    plan = await _plan(session, people, shift=shift, now=now)
    if left is None:
        candidates = [each for each in people if each.may_be_proposed]
        return _answer(run, people, [candidates[step] for step in plan.ask], plan, shift, now)
    wave = await _wave(session, people, left, shift=shift, now=now, matcher=run.matcher)
    by_id = {each.account_id: each for each in people}
    found = _answer(run, people, [by_id[each.account_id] for each in wave.seats], plan, shift, now)
    return replace(found, wave=wave, is_short=shift.places_free > 0 and not wave.is_enough)


async def are_suggested(session: AsyncSession, *, need_id: UUID, account_ids: Collection[UUID]) -> list[UUID]:
    """Those of the people who are suggested for the need: an officer can ask nobody else."""
    found = await session.scalars(
        select(Suggestion.account_id)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(SuggestionRun.need_id == need_id, Suggestion.account_id.in_(account_ids))
    )
    known = set(found)
    return [id for id in account_ids if id in known]


def _answer(
    run: SuggestionRun,
    people: Sequence[SuggestedPerson],
    proposed: Sequence[SuggestedPerson],
    plan: Proposal,
    shift: Shift,
    now: datetime,
) -> Answer:
    until = invitation_expires_at(now, shift.starts_at)
    chosen = {each.account_id for each in proposed}
    return Answer(
        proposed=tuple(proposed),
        others=tuple(each for each in people if each.account_id not in chosen),
        headline=counted(len(proposed), "Ask this person now", "Ask these {n} now"),
        expectation=_expectation(plan, shift.places_free, until),
        note=_note(plan, shift, until=until, now=now),
        is_short=shift.places_free > 0 and not plan.is_enough,
        fitting=run.fitting,
        excluded=wording.counts(run.excluded),
        excluded_total=wording.total_excluded(run.excluded),
        not_applied=wording.gates_not_applied(run.not_applied),
        made_at=run.made_at,
        matcher=run.matcher,
    )


def _nobody_looked_for(shift: Shift, version: str, now: datetime) -> Answer:
    """Where no place is free, nobody is looked for."""
    run = SuggestionRun(fitting=0, excluded={}, not_applied=[], made_at=now, matcher=version)
    return _answer(run, [], [], propose([], places=0), shift, now)


async def _plan(
    session: AsyncSession, people: Sequence[SuggestedPerson], *, shift: Shift, now: datetime
) -> Proposal:
    """The fewest to ask so that every place is filled nine times out of ten, counting those asked already."""
    is_too_late = shift.starts_at - LAST_ANSWER_BEFORE_SHIFT <= now
    likely = [] if is_too_late else [each.likely for each in people if each.may_be_proposed]
    waiting = await waiting_by_shift(session, [shift.id])
    return propose(
        likely,
        places=max(shift.places_free, 0),
        wanted=FILLED_WITH,
        pending=waiting[shift.id],
        most=MOST_PROPOSED,
    )


async def _wave(
    session: AsyncSession,
    people: Sequence[SuggestedPerson],
    left: WavesLeft,
    *,
    shift: Shift,
    now: datetime,
    matcher: str,
) -> WavePlan:
    answers = await reads.answers(session, reads.among([each.account_id for each in people]))
    waiting = await waiting_by_shift(session, [shift.id], fading_at=now)
    return plan_waves(
        people,
        left,
        shift_id=shift.id,
        places=max(shift.places_free, 0),
        pending=waiting[shift.id],
        asked={account_id: asked for account_id, (asked, _) in answers.items()},
        matcher=matcher,
    )


def _shown_for(shift: Shift, left: WavesLeft | None) -> int:
    """Waves may go further down the list than a page shows."""
    return SHOWN if left is None else max(SHOWN, KEPT_PER_PLACE * shift.places)


def _expectation(plan: Proposal, places_free: int, until: datetime) -> Message:
    if plan.is_enough:
        return counted(
            places_free,
            "We expect the free place to be filled by {until}.",
            "We expect all {n} free places to be filled by {until}.",
            until=until,
        )
    if round(plan.expected_filled) == 0:
        return Message(
            "Perhaps nobody can come. Please also put up the notice, and send the text to the group."
        )
    return Message(
        "We expect about {filled} of {n} free places to be filled by {until}. "
        "The notice and the group can bring more.",
        filled=round(plan.expected_filled),
        n=places_free,
        until=until,
    )


def _note(plan: Proposal, shift: Shift, *, until: datetime, now: datetime) -> Message | None:
    if until <= now:
        return Message("It is too late to ask for this time: people need two hours to answer.")
    if shift.places_free and plan.is_enough and not plan.ask:
        return Message(
            "Enough people have been asked or have offered. Please wait for answers until {until}.",
            until=until,
        )
    return None
