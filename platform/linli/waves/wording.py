"""A proposal and the course of an asking in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Final

from linli.core.i18n import Message, counted
from linli.needs.models import Shift
from linli.suggestions.queries import SuggestedPerson, WavePlan
from linli.waves import rules
from linli.waves.models import Asking
from linli.waves.queries import Course, SentWave
from linli.waves.rules import AskingState, Ending

ENDINGS: Final[Mapping[Ending, Message]] = {
    Ending.filled: Message("All places are filled. Nobody else is asked."),
    Ending.all_asked: Message("All waves are out. Nobody else is asked any more."),
    Ending.too_late: Message("It is too late for another wave."),
    Ending.called_off: Message("The need no longer looks for people. Nobody else is asked."),
    Ending.officer: Message("Ended by your organization. Who was asked may still answer."),
}
STANDS_STILL: Final = Message(
    "Nobody else is asked. Should a place be given back before {until}, the next people are asked by itself."
)
GIVEN_BACK: Final = Message("A place was given back. The next people are asked shortly, though not at night.")
HELD: Final = Message("No wave follows until you go on. Who was asked may still answer.")


@dataclass(frozen=True)
class ProposalWords:
    """What the first wave brings, and what it costs in attention."""

    expectation: Message
    cost: Message
    attention: Message


@dataclass(frozen=True)
class ShownCourse:
    """An asking with its waves and what is said of it."""

    asking: Asking
    waves: tuple[SentWave, ...]
    is_resting: bool
    is_filled: bool
    heading: Message
    standing: Message
    score: Message

    @classmethod
    def of(cls, course: Course, shift: Shift) -> "ShownCourse":
        is_held = course.asking.state is AskingState.held
        is_resting = course.resting is not None or is_held
        is_filled = course.asking.state is AskingState.filled and course.places_free <= 0
        if is_filled:
            heading = Message("All places are filled")
        elif is_held:
            heading = Message("Asking by itself is held")
        else:
            heading = Message("The waves rest") if is_resting else Message("Asking goes on by itself")
        standing = _standing(course, shift)
        return cls(course.asking, course.waves, is_resting, is_filled, heading, standing, _score(course))


def words_of(
    plan: WavePlan, proposed: Sequence[SuggestedPerson], shift: Shift, *, now: datetime
) -> ProposalWords:
    until = rules.expected_by(now, shift.starts_at)
    expectation = _expectation(plan, shift.places_free, until)
    return ProposalWords(expectation, _cost(plan, shift, now), _attention(proposed))


def _expectation(plan: WavePlan, places_free: int, until: datetime) -> Message:
    if plan.is_enough:
        return counted(
            places_free,
            "At least nine times out of ten the free place is filled by {until}.",
            "At least nine times out of ten all {n} free places are filled by {until}.",
            until=until,
        )
    in_ten = floor(plan.chance * 10)
    if in_ten == 0:
        return Message(
            "There are hardly enough people. Please also put up the notice, and send the text to the group."
        )
    return counted(
        in_ten,
        "All free places are filled by {until} in about one case out of ten. "
        "The notice and the group can bring more.",
        "All free places are filled by {until} in about {n} cases out of ten. "
        "The notice and the group can bring more.",
        until=until,
    )


def _cost(plan: WavePlan, shift: Shift, now: datetime) -> Message:
    first = counted(len(plan.seats), "One message now", "{n} messages now")
    if plan.waves == 1 or plan.messages == len(plan.seats):
        return Message("{first}, and no more after that.", first=first)
    return Message(
        "{first}, at most {most} in all: if places stay free, up to {waves} more waves follow until {until}. "
        "We stop as soon as all places are filled.",
        first=first,
        most=plan.messages,
        waves=rules.planned_waves(now, shift.starts_at) - 1,
        until=rules.asks_until(shift.starts_at),
    )


def _attention(proposed: Sequence[SuggestedPerson]) -> Message:
    """What it asks of people who have been asked lately, whoever asked them."""
    asked = sum(each.was_asked_this_week for each in proposed)
    if len(proposed) == 1:
        return (
            Message("This person has been asked in the last seven days, by you or by others.")
            if asked
            else Message("This person has been asked nothing in the last seven days.")
        )
    if not asked:
        return Message("None of them has been asked anything in the last seven days.")
    return counted(
        asked,
        "One of them has been asked in the last seven days, by you or by others.",
        "{n} of them have been asked in the last seven days, by you or by others.",
    )


def _standing(course: Course, shift: Shift) -> Message:
    """Where it stands, in one sentence."""
    asking = course.asking
    if asking.state is AskingState.ended:
        return ENDINGS[asking.ended_because or Ending.officer]
    if asking.state is AskingState.held:
        return HELD
    if asking.state is AskingState.filled:
        until = rules.asks_until(shift.starts_at)
        return GIVEN_BACK if course.places_free > 0 else STANDS_STILL.given(until=until)
    if course.resting:
        return course.resting
    if not course.waves:
        return Message(
            "If places stay free, the first wave follows {at}, "
            "or as soon as all who were asked have answered.",
            at=asking.next_at,
        )
    if not asking.waits_for_answers:
        return Message("Nobody else can be asked at present. We look again {at}.", at=asking.next_at)
    if len(course.waves) >= course.planned:
        return Message("This was the last wave. Its answers count until {at}.", at=asking.next_at)
    return Message(
        "If places stay free, the next wave follows {at}, or as soon as all have answered.", at=asking.next_at
    )


def _score(course: Course) -> Message:
    """How many waves and messages, and what came of them."""
    return Message(
        "Wave {wave} of at most {planned}; {messages} of at most {most} messages; {yeses} said yes.",
        wave=len(course.waves),
        planned=max(course.planned, len(course.waves)),
        messages=course.messages,
        most=course.asking.most_messages,
        yeses=course.yeses,
    )
