"""What was asked and answered before the present weeks, so that there is something to learn from."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from linli.demo.minds import Answer, Minds, liking
from linli.demo.needs import Diary, PlannedNeed, Story
from linli.demo.people import SamplePerson
from linli.demo.stories import SIGNED_IN, fits
from linli.needs.forms import ShiftDraft
from linli.needs.rules import Priority, Times
from linli.participation.rules import invitation_expires_at

BEGAN_DAYS_AGO: Final = 130
ENDED_DAYS_AGO: Final = 16
A_WEEK: Final = timedelta(weeks=1)
# Between the posting and the day itself: what is urgent is posted late.
POSTED_DAYS_BEFORE: Final = {Priority.urgent: 2, Priority.soon: 4}
USUALLY_POSTED_DAYS_BEFORE: Final = 9
# Who is asked at all: some who like to help, and nobody every day.
REGULARS: Final = 160
RESTS: Final = timedelta(days=5)
MORE_THAN_PLACES: Final = 3
MOST_ASKED: Final = 9
# Most of those asked suit the need best; the others are tried.
SUITS_BEST: Final = 0.6
COMES_BY_THEMSELVES: Final = 0.12
# Most answer on the same day.
THINKS_MINUTES: Final = 8 * 60


@dataclass(frozen=True)
class PastQuestion:
    """`person` is an index; without `asked_at` they came forward themselves."""

    person: int
    asked_at: datetime | None
    answer: Answer
    answered_at: datetime


@dataclass(frozen=True)
class PastNeed:
    """A need of one time that is over, with what people answered."""

    need: PlannedNeed
    questions: tuple[PastQuestion, ...]


def planned_past(
    needs: Sequence[PlannedNeed],
    people: Sequence[SamplePerson],
    minds: Minds,
    *,
    count: int,
    diary: Diary,
    rng: random.Random,
) -> tuple[PastNeed, ...]:
    """Earlier times of the needs that are there, spread over the weeks before; nobody who signs in."""
    again = [each for each in needs if each.story is not Story.draft and not each.draft.credentials]
    if not (again and count):
        return ()
    regulars = rng.sample(sorted(set(range(len(people))) - SIGNED_IN), min(REGULARS, len(people) - 2))
    town = _Regulars(people, regulars, minds, rng)
    days = [diary.start - timedelta(days=_days_ago(n, count)) for n in range(count)]
    return tuple(town.answers_to(_earlier(rng.choice(again), day, diary, rng)) for day in days)


def _days_ago(n: int, count: int) -> int:
    return BEGAN_DAYS_AGO - n * (BEGAN_DAYS_AGO - ENDED_DAYS_AGO) // count


def _earlier(planned: PlannedNeed, day: date, diary: Diary, rng: random.Random) -> PlannedNeed:
    """The same on the same weekday, in the week of a day, with one time."""
    first = planned.draft.shifts[0].times
    weeks = (first.starts_at.date() - day) // A_WEEK + 1
    times = Times(first.starts_at - weeks * A_WEEK, first.ends_at - weeks * A_WEEK, first.places)
    before = POSTED_DAYS_BEFORE.get(planned.draft.priority, USUALLY_POSTED_DAYS_BEFORE)
    posted_at = diary.at((times.starts_at.date() - diary.start).days - before, rng.randint(9, 12))
    draft = replace(planned.draft, shifts=(ShiftDraft(None, times),), same_person=False, all_or_nothing=False)
    return PlannedNeed(planned.asker, draft, Story.done, posted_at)


@dataclass
class _Regulars:
    """Who is asked when, and says what."""

    people: Sequence[SamplePerson]
    regulars: Sequence[int]
    minds: Minds
    rng: random.Random

    def __post_init__(self) -> None:
        self.asked_last: dict[int, datetime] = {}

    def answers_to(self, planned: PlannedNeed) -> PastNeed:
        return PastNeed(planned, tuple(self._questions(planned)))

    def _questions(self, planned: PlannedNeed) -> Iterator[PastQuestion]:
        """One after the other until the places are taken, or enough have been asked."""
        left = planned.draft.shifts[0].times.places
        asked_at = planned.posted_at
        for person in self._chosen(planned, min(left + MORE_THAN_PLACES, MOST_ASKED)):
            if not left:
                return
            asked_at += timedelta(minutes=self.rng.randint(5, 40))
            question = self._question(person, planned, asked_at)
            left -= question.answer is Answer.yes
            self.asked_last[person] = asked_at
            yield question

    def _chosen(self, planned: PlannedNeed, count: int) -> list[int]:
        times = planned.draft.shifts[0].times
        could = [
            each
            for each in self.regulars
            if self._has_rested(each, planned.posted_at) and fits(self.people[each], planned, times)
        ]
        could.sort(key=lambda each: (-liking(self.people[each], planned), each))
        best = could[: round(count * SUITS_BEST)]
        others = could[len(best) :]
        chosen = best + self.rng.sample(others, min(count - len(best), len(others)))
        return self.rng.sample(chosen, len(chosen))

    def _has_rested(self, person: int, at: datetime) -> bool:
        last = self.asked_last.get(person)
        return last is None or at - last >= RESTS

    def _question(self, person: int, planned: PlannedNeed, at: datetime) -> PastQuestion:
        expires_at = invitation_expires_at(at, planned.draft.shifts[0].times.starts_at)
        thinks = timedelta(minutes=20 + self.rng.expovariate(1 / THINKS_MINUTES))
        answered_at = min(at + thinks, expires_at - timedelta(minutes=1)).replace(second=0, microsecond=0)
        if self.rng.random() < COMES_BY_THEMSELVES:
            return PastQuestion(person, None, Answer.yes, at)
        answer = self.minds.answer(person, planned)
        if answer is Answer.silence:
            answered_at = expires_at
        else:
            self.minds.was_heard(person)
        return PastQuestion(person, at, answer, answered_at)
