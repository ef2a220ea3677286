"""Who asks whom, who says yes and who says no: the steps that lead to each need's story."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import inf
from typing import Final

from linli.accounts.rules import ADULT_AGE_YEARS, age_on
from linli.demo.minds import Answer, Minds, liking
from linli.demo.needs import FULL_STORIES, PlannedNeed, Story
from linli.demo.people import SamplePerson
from linli.needs.rules import Joining, Times
from linli.participation.rules import missing_credentials
from linli.volunteers.rules import BUSY

SHARE_COMING: Final = 0.4
# The first two volunteers are sign-ins of the demo: each is to find a question and a promise, no more.
SIGNED_IN: Final = frozenset({0, 1})
STORIES_FOR_SIGNED_IN: Final = frozenset({Story.coming, Story.asked})


class Act(StrEnum):
    invite = "invite"
    apply = "apply"
    accept = "accept"
    decline = "decline"
    confirm = "confirm"
    refuse = "refuse"
    withdraw = "withdraw"


@dataclass(frozen=True)
class Step:
    """`need`, `shift` and `person` are indices."""

    at: datetime
    act: Act
    need: int
    shift: int
    person: int


@dataclass
class Casting:
    """Finds people for each need who could really come, and remembers what they have promised.

    `evening` is the last moment at which anything happens.
    """

    people: Sequence[SamplePerson]
    needs: Sequence[PlannedNeed]
    rng: random.Random
    evening: datetime
    minds: Minds
    times_chosen: Counter[int] = field(default_factory=Counter)
    stories_of: set[tuple[int, Story]] = field(default_factory=set)
    promised: dict[int, list[Times]] = field(default_factory=lambda: defaultdict(list))
    in_need: set[tuple[int, int]] = field(default_factory=set)

    def steps(self) -> list[Step]:
        found = (step for number in range(len(self.needs)) for step in self._of_need(number))
        return sorted(found, key=lambda step: step.at)

    def _of_need(self, need: int) -> Iterator[Step]:
        story, shifts = self.needs[need].story, self.needs[need].draft.shifts
        if story in FULL_STORIES:
            for shift, draft in enumerate(shifts):
                yield from self._yeses(need, shift, draft.times.places)
        elif story is Story.coming:
            some = max(1, round(shifts[0].times.places * SHARE_COMING))
            yield from self._yeses(need, 0, some)
            if shifts[0].times.places - some >= 2:
                yield from self._changes_of_mind(need)
        elif story is Story.cancelled:
            yield from self._yeses(need, 0, 1)
        elif story is Story.applied:
            yield from self._applications(need, self.rng.randint(2, 3))
        elif story is Story.asked:
            yield from self._invitations(need, self.rng.randint(3, 5))

    def _yeses(self, need: int, shift: int, wanted: int) -> Iterator[Step]:
        """Every other place goes to somebody who was asked, to the rest people come by themselves."""
        at, could = self.needs[need].posted_at, self._could(need, shift)
        for left in range(wanted, 0, -1):
            if not could:
                return
            at += timedelta(minutes=self.rng.randint(20, 90))
            if (wanted - left) % 2 == 0:
                yield from self._asked(need, shift, at, could, left)
            else:
                yield from self._comes(need, shift, at, could.pop(0))

    def _asked(self, need: int, shift: int, at: datetime, could: list[int], left: int) -> Iterator[Step]:
        """One and others, until somebody says yes; with nobody to spare, one comes unasked."""
        while len(could) > left:
            person = could.pop(0)
            answer = self._answer(need, person)
            yield from self._question(need, shift, at, person, answer)
            if answer is Answer.yes:
                return
        yield from self._comes(need, shift, at, could.pop(0))

    def _answer(self, need: int, person: int) -> Answer:
        return Answer.yes if person in SIGNED_IN else self.minds.answer(person, self.needs[need])

    def _question(
        self, need: int, shift: int, at: datetime, person: int, answer: Answer | None
    ) -> Iterator[Step]:
        """And the answer, if one has come yet."""
        self._choose(need, shift, person)
        yield Step(at, Act.invite, need, shift, person)
        if answer is Answer.yes:
            yield Step(at + timedelta(hours=2), Act.accept, need, shift, person)
        elif answer is Answer.no:
            yield Step(at + timedelta(hours=1), Act.decline, need, shift, person)

    def _comes(self, need: int, shift: int, at: datetime, person: int) -> Iterator[Step]:
        self._choose(need, shift, person)
        yield Step(at, Act.apply, need, shift, person)
        if self.needs[need].draft.joining is Joining.asked:
            yield Step(at + timedelta(hours=3), Act.confirm, need, shift, person)

    def _changes_of_mind(self, need: int) -> Iterator[Step]:
        """One has to withdraw, one is asked, one has still to answer, and one is not taken."""
        at = self.needs[need].posted_at + timedelta(hours=20)
        for n, person in enumerate(self._could(need, 0)[:4]):
            if n == 0:
                yield from self._comes(need, 0, at, person)
                yield Step(at + timedelta(hours=30), Act.withdraw, need, 0, person)
            elif n == 1:
                yield from self._question(need, 0, at, person, self._answer(need, person))
            elif n == 2:
                yield from self._question(need, 0, self.evening, person, None)
            elif self.needs[need].draft.joining is Joining.asked:
                self._choose(need, 0, person)
                yield Step(at, Act.apply, need, 0, person)
                yield Step(at + timedelta(hours=5), Act.refuse, need, 0, person)

    def _applications(self, need: int, wanted: int) -> Iterator[Step]:
        draft = self.needs[need].draft
        most = draft.shifts[0].times.places if draft.joining is Joining.at_once else wanted
        for person in self._could(need, 0)[: min(wanted, most)]:
            self._choose(need, 0, person)
            yield Step(self._shortly_before_evening(), Act.apply, need, 0, person)

    def _invitations(self, need: int, wanted: int) -> Iterator[Step]:
        """All but one have still to answer."""
        at = self._shortly_before_evening() - timedelta(minutes=30)
        for n, person in enumerate(self._could(need, 0)[:wanted]):
            yield from self._question(need, 0, at, person, None)
            if n == len(SIGNED_IN):
                yield Step(at + timedelta(minutes=20), Act.decline, need, 0, person)

    def _shortly_before_evening(self) -> datetime:
        return self.evening - timedelta(minutes=self.rng.randint(5, 30))

    def _could(self, need: int, shift: int) -> list[int]:
        """Who could come, those asked least first, and the best of them."""
        planned, times = self.needs[need], self.needs[need].draft.shifts[shift].times
        ranked = sorted((*self._rank(number, planned), number) for number in range(len(self.people)))
        return [
            number
            for asked, _, number in ranked
            if asked < inf
            and (need, number) not in self.in_need
            and self._is_free(number, times)
            and fits(self.people[number], planned, times)
        ]

    def _choose(self, need: int, shift: int, person: int) -> None:
        planned = self.needs[need]
        self.times_chosen[person] += 1
        self.stories_of.add((person, planned.story))
        self.promised[person].append(planned.draft.shifts[shift].times)
        self.in_need.add((need, person))

    def _rank(self, number: int, planned: PlannedNeed) -> tuple[float, float]:
        if number in SIGNED_IN:
            lacks_it = (number, planned.story) not in self.stories_of
            return (-1, 0) if lacks_it and planned.story in STORIES_FOR_SIGNED_IN else (inf, 0)
        return self.times_chosen[number], -liking(self.people[number], planned)

    def _is_free(self, number: int, times: Times) -> bool:
        promised, cap = self.promised[number], self.people[number].weekly_cap
        if any(times.starts_at < each.ends_at and each.starts_at < times.ends_at for each in promised):
            return False
        week = times.starts_at.isocalendar()[:2]
        return cap is None or sum(each.starts_at.isocalendar()[:2] == week for each in promised) < cap


def fits(person: SamplePerson, planned: PlannedNeed, times: Times) -> bool:
    """Whether nothing stands in the way, as the gates see it."""
    draft, day = planned.draft, times.starts_at.date()
    held: dict[str, date | None] = {
        each.credential_id: each.expires_on for each in person.credentials if each.is_checked
    }
    return (
        person.opted_in
        and age_on(person.birth_on, day) >= max(draft.minimum_age_years, ADULT_AGE_YEARS)
        and not missing_credentials(draft.credentials, held, on_day=times.ends_at.date())
        and set(draft.skills_required) <= {skill for skill, _ in person.skills}
        and all(person.availability[cell] != BUSY for cell in cells(times))
    )


def cells(times: Times) -> list[int]:
    """The parts of the week that a shift touches: Monday morning is 0, Sunday evening 20."""
    day, last = times.starts_at.weekday(), times.ends_at - timedelta(minutes=1)
    ends = 2 if last.date() > times.starts_at.date() else _part(last.hour)
    return [day * 3 + part for part in range(_part(times.starts_at.hour), ends + 1)]


def _part(hour: int) -> int:
    """Afternoon begins at 12, evening at 18."""
    return 0 if hour < 12 else 1 if hour < 18 else 2
