"""What the sample people say when they are asked: each has their own mind, and what suits them counts.

The same minds answer in the months before and in the present weeks, so that what was learnt of them holds.
"""

import random
from collections.abc import Sequence
from enum import StrEnum
from math import exp
from typing import Final

from linli.demo.needs import PlannedNeed
from linli.demo.people import SamplePerson

# The log-odds of a yes: of anybody, for each thing that suits, and how much people differ.
USUAL: Final = -1.7
FOR_EACH: Final = 0.45
MOST_THINGS: Final = 6
DIFFER: Final = 0.8
# Of those who do not come, so many say nothing.
SILENT: Final = 0.3


class Answer(StrEnum):
    yes = "yes"
    no = "no"
    silence = "silence"


class Minds:
    """Whoever was silent the last time says something now: twice in a row, and they would be left alone."""

    def __init__(self, people: Sequence[SamplePerson], rng: random.Random) -> None:
        self._people, self._rng = people, rng
        self._leans = [rng.gauss(0, DIFFER) for _ in people]
        self._was_silent: set[int] = set()

    def answer(self, person: int, planned: PlannedNeed) -> Answer:
        things = min(liking(self._people[person], planned), MOST_THINGS)
        odds = USUAL + FOR_EACH * things + self._leans[person]
        if self._rng.random() < 1 / (1 + exp(-odds)):
            answer = Answer.yes
        else:
            is_silent = person not in self._was_silent and self._rng.random() < SILENT
            answer = Answer.silence if is_silent else Answer.no
        if answer is Answer.silence:
            self._was_silent.add(person)
        return answer

    def was_heard(self, person: int) -> None:
        """An earlier silence does not count any more."""
        self._was_silent.discard(person)


def liking(person: SamplePerson, planned: PlannedNeed) -> int:
    """How well the words fit: what one can do, what one likes, and how near."""
    draft, home = planned.draft, person.division or ""
    asked_skills = {*draft.skills_wanted, *draft.skills_required}
    shared_skills = sum(skill in asked_skills for skill, _ in person.skills)
    near = sum(bool(home) and home[:digits] == draft.division[:digits] for digits in (9, 12))
    return 2 * shared_skills + (draft.field_id in person.fields) + near
