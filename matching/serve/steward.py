"""Who is asked, when, for what: the decisions behind the protocol, from the parts of the library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from matching.columns import Booleans, Floats
from matching.commitments import PairKind, Pairs
from matching.eligibility import check
from matching.equity import Shortfall
from matching.features import pair_features
from matching.history import Deed, History
from matching.learnt import LearntRanker, Outcomes
from matching.public_list import lift
from matching.serve.town import Message, Town, cell_of, day_as_date, text_of, whole
from matching.waves import Day, plan


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the steward keeps to."""

    a_day: int = 1
    """Messages a person gets in a day at most."""
    a_week: int = 3
    again_after: int = 4
    """Days of silence after which a person may be asked once more about the same need."""
    silences: int = 2
    """Messages in a row without an answer, after which a person is left in peace."""
    pause: int = 12
    """Days of that peace."""
    wanted: float = 0.85
    """Probability with which a need should be filled after its last wave."""
    days_per_wave: float = 2.0
    """How long answers take."""
    price: float = 0.25
    """What a message to a rested person costs, as a share of what a message usually brings: the usual
    chance of a yes to a need of the least priority with one place."""
    tier_worth: Mapping[int, float] = field(default_factory=lambda: {1: 1.7, 2: 1.15, 3: 1.0})
    spare_below: float = 0.93
    """An extra place is opened where everybody needed comes with less than this probability."""
    background: int = 400
    """Pairs that stand for all when the ranker learns."""
    relearn_after: float = 1.25
    """Growth of the evidence after which the ranker learns anew."""


@dataclass
class Course:
    """What is known of one need."""

    message: Message
    asked: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Days on which each person was asked."""
    open_questions: dict[int, tuple[int, float]] = field(default_factory=dict)
    """Who has not answered: day and chance of a yes."""
    said_no: set[int] = field(default_factory=set)
    going: list[int] = field(default_factory=list)


class Seen(NamedTuple):
    """The needs of the last `assign`, as everybody stands to them; shapes (m,) and (m, n)."""

    needs: Sequence[Message]
    chance: Floats
    value: Floats
    eligible: Booleans


class Steward:
    """Answers to the messages of one town.

    Parameters
    ----------
    town : Town
    rules : Rules, optional
    """

    def __init__(self, town: Town, rules: Rules | None = None) -> None:
        self.town, self.rules = town, rules or Rules()
        people = len(town.people)
        self.history = History(people, fields=len(town.vocabulary.fields))
        self.ranker = LearntRanker()
        self.shortfall = Shortfall()
        self.courses: dict[str, Course] = {}
        self.opted_in = np.ones(people, dtype=np.bool_)
        self._sent: list[list[int]] = [[] for _ in range(people)]
        self._similarity: dict[str, Floats] = {}
        self._asked_with: dict[tuple[str, int], Floats] = {}
        self._outcomes: list[tuple[Floats, bool, str, float]] = []
        self._learnt_from = 0
        self.bookings = town.bookings([])
        self._seen = Seen([], np.zeros((0, people)), np.zeros(0), np.zeros((0, people), dtype=np.bool_))

    # What is told

    def observe(self, day: int, events: Sequence[Message]) -> None:
        """Note what has happened."""
        self.history.advance(day)
        for event in events:
            self._observe(event)
        grown = len(self._outcomes) > self.rules.relearn_after * self._learnt_from
        if len(self._outcomes) >= 25 and grown and self.courses:
            self._learn()

    def _observe(self, event: Message) -> None:
        kind, course = text_of(event, "type"), self.courses.get(str(event.get("need")))
        if kind == "closed":
            self._close(event, course)
            return
        person, day = self._row(event), whole(event, "day")
        if kind == "opt_out":
            self.opted_in[person] = False
        if course is None:
            return
        if kind in ("accept", "decline", "no_reply", "full"):
            self._note_answer(course, person, kind)
        if kind in ("accept", "browse_accept"):
            course.going.append(person)
        if kind == "cancel" and person in course.going:
            course.going.remove(person)
            course.said_no.add(person)
        if kind in _DEEDS:
            need = course.message
            self.history.did(
                _DEEDS[kind],
                person,
                day=day,
                field=_known(self.town.field_column(need)),
                cell=cell_of(need),
                place=str(need.get("community")),
            )

    def _note_answer(self, course: Course, person: int, kind: str) -> None:
        course.open_questions.pop(person, None)
        if kind == "decline":
            course.said_no.add(person)
        features = self._asked_with.pop((course.message["id"], person), None)
        if features is not None:
            said_yes = kind in ("accept", "full")
            self._outcomes.append((features, said_yes, course.message["id"], float(self.history.day)))

    def _close(self, event: Message, course: Course | None) -> None:
        if course is not None:
            need = course.message
            for person in list(course.open_questions):
                self._note_answer(course, person, "no_reply")
            served = float(event.get("served") or 0)
            self.shortfall.note(str(need.get("community")), str(need.get("category")), min(1.0, served))
            self.history.went_together(course.going)
            self.courses.pop(need["id"])
            self._similarity.pop(need["id"], None)

    def _learn(self) -> None:
        features, yes, needs, days = zip(*self._outcomes, strict=True)
        outcomes = Outcomes(
            np.array(features), np.array(yes), np.array(needs), np.array(days), np.ones(len(yes))
        )
        self.ranker = self.ranker.learn(outcomes, self._background())
        self._learnt_from = len(outcomes)

    def _background(self) -> Floats:
        """Pairs of open needs and anybody, for what is assumed of them."""
        features = self._features([course.message for course in self.courses.values()])
        flat = features.reshape(len(features), -1)
        rows = np.random.default_rng(len(self._outcomes)).integers(0, flat.shape[1], self.rules.background)
        return flat[:, rows].T

    # What is asked

    def assign(self, day: int, needs: Sequence[Message], people: Sequence[Message]) -> list[list[str]]:
        """Whom to ask today, as pairs of ids."""
        self.history.advance(day)
        self._update(people)
        for need in needs:
            self._course(need)
        lacking = [need for need in needs if whole(need, "open_slots") > 0 and whole(need, "due_day") >= day]
        if not lacking:
            return []
        features = self._features(lacking)
        seen = Seen(
            lacking, self.ranker.chance_of_yes(features), self._value(lacking), self._eligible(lacking)
        )
        self._seen = seen
        asked = plan(
            Day(
                chance=seen.chance * self._may_be_asked(lacking, day),
                places=np.array([whole(need, "open_slots") for need in lacking]),
                value=seen.value,
                waves=np.array([self._waves(need, day) for need in lacking]),
                pending=[self._pending(need, day) for need in lacking],
                price=self.rules.price * self.history.usual_yes * (1 + self._load()),
                comes=self.history.chance_to_come(),
                wanted=self.rules.wanted,
            )
        )
        ids = self.town.people.ids
        for each in asked:
            self._note_asked(
                lacking[each.need], each.person, features[:, each.need, each.person], each.chance, day
            )
        return [[lacking[each.need]["id"], str(ids[each.person])] for each in asked]

    def recommend(self, day: int, need: Message, candidates: Sequence[str]) -> list[tuple[str, float]]:
        """The candidates, best first, with the chance that they would come if asked."""
        self.history.advance(day)
        self._course(need)
        chance = self.ranker.chance_of_yes(self._features([need]))[0] * self.history.chance_to_come()
        eligible = self._eligible([need])[0]
        rows = [self._row({"volunteer": id}) for id in candidates]
        order = sorted(rows, key=lambda row: (not eligible[row], -chance[row], self.town.people.ids[row]))
        return [(str(self.town.people.ids[row]), float(chance[row])) for row in order]

    def rank_list(self, day: int, person: Message, needs: Sequence[tuple[str, int]]) -> list[str]:
        """The list that one visitor sees: what suits them and still lacks somebody."""
        row = self._row({"volunteer": person.get("id")})
        places = {id: slots for id, slots in needs}
        seen = [place for place, need in enumerate(self._seen.needs) if need["id"] in places]
        messages = [self._seen.needs[place] for place in seen]
        order = lift(
            self._seen.chance[seen, row],
            value=self._seen.value[seen],
            places=np.array([places[need["id"]] for need in messages], dtype=np.int64),
            pending=[self._pending(need, day) for need in messages],
            eligible=self._seen.eligible[seen, row],
        )
        ordered = [messages[each]["id"] for each in order]
        return ordered + [id for id in places if id not in set(ordered)]

    def standby(self, day: int, need: Message) -> bool:
        """Is one more than the need's places wanted, in case somebody does not come?"""
        course = self._course(need)
        come = self.history.chance_to_come()[course.going]
        return float(np.prod(come)) < self.rules.spare_below

    # How it is reckoned

    def _value(self, needs: Sequence[Message]) -> Floats:
        tier = np.array([self.rules.tier_worth.get(int(need.get("tier") or 3), 1.0) for need in needs])
        lift = [self.shortfall.lift(str(need.get("community")), str(need.get("category"))) for need in needs]
        return np.asarray(tier * np.array(lift))

    def _waves(self, need: Message, day: int) -> int:
        left = whole(need, "due_day") - day
        return int(np.clip(np.ceil(left / self.rules.days_per_wave), 1, 4))

    def _pending(self, need: Message, day: int) -> list[float]:
        """Chances of those who have not answered; the longer it takes, the less they mean it."""
        waiting = self._course(need).open_questions.values()
        return [chance * 0.45 ** (day - asked_on) for asked_on, chance in waiting]

    def _load(self) -> Floats:
        return np.array(
            [sum(day > self.history.day - 7 for day in days) for days in self._sent], dtype=np.float64
        )

    def _features(self, needs: Sequence[Message]) -> Floats:
        """Of all people, shape (features, m, n)."""
        for need in needs:
            if need["id"] not in self._similarity:
                self._similarity[need["id"]] = pair_features(self.town.needs([need]), self.town.people)[:, 0]
        past = self.history.features(
            fields=np.array([self.town.field_column(need) for need in needs], dtype=np.int64),
            cells=np.array([cell_of(need) for need in needs], dtype=np.int64),
            places=[str(need.get("community")) for need in needs],
            company=[self._course(need).going for need in needs],
        )
        alike = np.stack([self._similarity[need["id"]] for need in needs], axis=1)
        return np.concatenate([alike, past])

    def _eligible(self, needs: Sequence[Message]) -> Booleans:
        table, people = self.town.needs(needs, with_text=False), self.town.people
        pairs = [
            (need["id"], str(self.town.people.ids[row]), kind)
            for need in needs
            for kind, rows in (
                (PairKind.TAKING_PART, self.courses[need["id"]].going),
                (PairKind.ASKED, self.courses[need["id"]].said_no),
            )
            for row in rows
        ]
        return check(
            table,
            people,
            today=day_as_date(self.history.day),
            bookings=self.bookings,
            pairs=Pairs.of(table, people, pairs),
        ).passes

    def _may_be_asked(self, needs: Sequence[Message], day: int) -> Booleans:
        rules, history = self.rules, self.history
        week = self._load() < rules.a_week
        today = np.array([days.count(day) < rules.a_day for days in self._sent])
        silent = (history.silent_streak >= rules.silences) & (day - history.last_asked < rules.pause)
        may = self._seen.eligible & (self.opted_in & week & today & ~silent)[None, :]
        for row, need in enumerate(needs):
            for person, days in self.courses[need["id"]].asked.items():
                if len(days) >= 2 or day - days[-1] < rules.again_after:
                    may[row, person] = False
        return np.asarray(may)

    def _note_asked(self, need: Message, person: int, features: Floats, chance: float, day: int) -> None:
        course = self.courses[need["id"]]
        course.asked[person].append(day)
        course.open_questions[person] = (day, chance)
        self.history.asked(person, day=day)
        self._sent[person].append(day)
        self._asked_with[need["id"], person] = features.copy()

    def _course(self, need: Message) -> Course:
        course = self.courses.setdefault(text_of(need, "id"), Course(need))
        course.message = need
        return course

    def _update(self, people: Sequence[Message]) -> None:
        """Take over what changes; who is not named is no longer there."""
        rows = [self._row({"volunteer": person.get("id")}) for person in people]
        self.opted_in[:] = False
        self.bookings = self.town.bookings(people)
        for row, person in zip(rows, people, strict=True):
            self.opted_in[row] = bool(person.get("opted_in", True))

    def _row(self, event: Message) -> int:
        id = event.get("volunteer")
        row = self.town.people.row_by_id.get(str(id))
        if row is None:
            raise ValueError(
                f"unknown volunteer {id!r}; wanted one of the {len(self.town.people)} of the start"
            )
        return row


_DEEDS: Mapping[str, Deed] = {
    "accept": Deed.YES,
    "full": Deed.YES,
    "decline": Deed.NO,
    "no_reply": Deed.SILENCE,
    "browse_accept": Deed.VOLUNTEERED,
    "cancel": Deed.CANCELLED,
    "attended": Deed.CAME,
    "no_show": Deed.MISSED,
}


def _known(column: int) -> int | None:
    return None if column < 0 else column
