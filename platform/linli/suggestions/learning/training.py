"""Learning, and the comparison that decides whether what was learnt may serve: pure, and for a thread."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from linli.core.i18n import Message, counted
from linli.suggestions.learning.correcting import said_day_by_day
from linli.suggestions.learning.material import Booleans, Floats, Material, Questions, Tables
from linli.suggestions.learning.material import days as days_since_1970
from matching import Comparison, Judgement, LearntRanker, Outcomes, compare, pack, version_of
from matching.comparison import FEWEST_NEEDS, FEWEST_QUESTIONS
from matching.learnt import FEWEST_OUTCOMES, LONGEST_GAP_DAYS

# The needs asked about in the last part of the time judge what was learnt from the first.
JUDGED_SHARE: Final = 0.2
SURE: Final = 1e-6


@dataclass(frozen=True)
class Learnt:
    """What was learnt from all answers, and how what the earlier ones taught did on the later ones."""

    name: str
    content: bytes
    stage: str
    answers: int
    yes: int
    needs: int
    asked_from: datetime
    asked_until: datetime
    comparison: Comparison


@dataclass(frozen=True)
class Incumbent:
    """What serves now, as it was made. What it has learnt from must not judge it."""

    ranker: LearntRanker | None = None
    asked_until: datetime | None = None


def learn(material: Material, serves: Incumbent) -> Learnt | Message:
    """What the answers teach, or the sentence that says why they teach nothing yet."""
    if not material.people or not material.needs:
        return too_few(0)
    tables = Tables.of(material)
    questions = tables.questions()
    recent = _recent(questions.outcomes)
    if why := _why_not(questions.take(recent).outcomes, material.now, after_gap=not recent.all()):
        return why
    questions = questions.take(recent)
    outcomes = questions.outcomes
    held, split = _held_back(outcomes, serves.asked_until)
    early = questions.take(~held & (outcomes.days < split) & (questions.settled < split))
    if why := _why_not_judged(early.outcomes, questions.take(held)):
        return why
    before = datetime.fromtimestamp(split * 86_400, UTC)
    candidate = LearntRanker().learn(early.outcomes, tables.background(before))
    comparison = _compared(candidate, serves, questions, held, split)
    ranker = LearntRanker().learn(outcomes, tables.background(material.now))
    return _learnt(ranker, outcomes, comparison)


def too_few(found: int) -> Message:
    return counted(
        found,
        "There is only one answer to a question so far, and learning needs {least}.",
        "There are only {n} answers to questions so far, and learning needs {least}.",
        least=FEWEST_OUTCOMES,
    )


def too_few_since_gap(found: int) -> Message:
    return counted(
        found,
        "There is only one answer since a whole year without any, and learning needs {least}.",
        "There are only {n} answers since a whole year without any, and learning needs {least}.",
        least=FEWEST_OUTCOMES,
    )


def _recent(outcomes: Outcomes) -> Booleans:
    return np.isin(outcomes.days, outcomes.since_last_gap().days)


def _why_not(outcomes: Outcomes, now: datetime, *, after_gap: bool) -> Message | None:
    if len(outcomes) < FEWEST_OUTCOMES:
        return too_few_since_gap(len(outcomes)) if after_gap else too_few(len(outcomes))
    if now.timestamp() / 86_400 - outcomes.days.max() >= LONGEST_GAP_DAYS:
        return Message("Nobody has been asked for a year: what was answered before says little about today.")
    if len(np.unique(outcomes.yes)) == 1:
        return Message(
            "All {n} answers so far are the same: nothing in them tells a yes from a no.", n=len(outcomes)
        )
    return None


def _why_not_judged(early: Outcomes, held: Questions) -> Message | None:
    """Nothing is put into service that nobody could judge."""
    needs = len(np.unique(held.outcomes.needs))
    if needs < FEWEST_NEEDS or len(held) < FEWEST_QUESTIONS:
        return Message(
            "What was learnt cannot be judged yet: {needs} needs with {answers} answers are new, "
            "and {least_needs} with {least_answers} are needed.",
            needs=needs,
            answers=len(held),
            least_needs=FEWEST_NEEDS,
            least_answers=FEWEST_QUESTIONS,
        )
    if len(np.unique(held.outcomes.yes)) == 1:
        return Message("What was learnt cannot be judged yet: all new answers are the same.")
    if early.why_too_few():
        return Message("What was learnt cannot be judged yet: too few answers came before the new ones.")
    return None


def _held_back(outcomes: Outcomes, served_until: datetime | None) -> tuple[Booleans, float]:
    """Needs first asked about in the last fifth, and after what serves now has learnt; since when."""
    _, need = np.unique(outcomes.needs, return_inverse=True)
    first = np.full(need.max() + 1, np.inf)
    np.minimum.at(first, need, outcomes.days)
    split = float(np.quantile(first, 1 - JUDGED_SHARE, method="nearest"))
    if served_until is not None:
        split = max(split, served_until.timestamp() / 86_400)
    held = first[need] > split
    return held, float(first[first > split].min(initial=np.inf))


def _compared(
    candidate: LearntRanker, serves: Incumbent, questions: Questions, held: Booleans, split: float
) -> Comparison:
    """On the same questions, each as it would have been said, by what was known when it was asked."""
    days, outcomes = questions.outcomes.days, questions.outcomes.take(held)
    plain = _judged(candidate.chance_of_yes(outcomes.features.T))
    new = _judged(said_day_by_day(candidate, questions, days >= split)[held])
    if serves.ranker and serves.asked_until:
        since = days > days_since_1970(serves.asked_until)
        old = _judged(said_day_by_day(serves.ranker, questions, since)[held])
    else:
        old = Judgement(questions.order[held], questions.likely[held])
    return compare(new, old, yes=outcomes.yes, needs=outcomes.needs, plain=plain)


def _judged(chance: Floats) -> Judgement:
    inside = np.clip(chance, SURE, 1 - SURE)
    return Judgement(inside, inside)


def _learnt(ranker: LearntRanker, outcomes: Outcomes, comparison: Comparison) -> Learnt:
    return Learnt(
        name=version_of(ranker),
        content=pack(ranker),
        stage=ranker.stage,
        answers=len(outcomes),
        yes=int(outcomes.yes.sum()),
        needs=len(np.unique(outcomes.needs)),
        asked_from=datetime.fromtimestamp(float(outcomes.days.min()) * 86_400, UTC),
        asked_until=datetime.fromtimestamp(float(outcomes.days.max()) * 86_400, UTC),
        comparison=comparison,
    )
