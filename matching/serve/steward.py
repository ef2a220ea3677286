"""Who is asked, when, for what: the decisions behind the protocol, from the parts of the library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np

from matching.calibration import Recalibration
from matching.columns import Booleans, Floats
from matching.commitments import PairKind, Pairs
from matching.eligibility import check
from matching.equity import Shortfall
from matching.exploration import rarely_asked
from matching.features import pair_features
from matching.history import Deed, History
from matching.invitations import still_says_yes
from matching.learnt import LearntRanker
from matching.public_list import lift
from matching.serve.evidence import Evidence, Foretold
from matching.serve.fields import FieldsOfTexts
from matching.serve.rules import Rules
from matching.serve.sent import Sent
from matching.serve.told import DEEDS, Course, Event, read_events
from matching.serve.town import Message, Town, cell_of, day_as_date, text_of, whole
from matching.waves import Day, Exploring, plan


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
        nothing = History(people, fields=len(town.vocabulary.fields))
        self._remembered = self.history if self.rules.remembers else nothing
        self.ranker = LearntRanker()
        self.shortfall = Shortfall()
        self.courses: dict[str, Course] = {}
        self.opted_in = np.ones(people, dtype=np.bool_)
        self.sent = Sent(people)
        self._similarity: dict[str, Floats] = {}
        self.evidence = Evidence()
        self._put_right = Recalibration()
        self._fields = FieldsOfTexts(town)
        self.bookings = town.bookings([])
        self._seen = Seen([], np.zeros((0, people)), np.zeros(0), np.zeros((0, people), dtype=np.bool_))

    # What is told

    def observe(self, day: int, events: Sequence[Message]) -> None:
        """Note what has happened."""
        told = read_events(self.town, events)
        self.history.advance(day)
        for event in told:
            self._note(event)
        if self.rules.learns and self.courses and self.evidence.has_grown(self.rules.relearn_after):
            background = self._background()
            outcomes = self.evidence.outcomes(least_propensity=self.rules.least_propensity)
            self.ranker = self.ranker.learn(outcomes, background)
        if self.rules.learns:
            seen = self.evidence.told()
            self._put_right = Recalibration.of(seen.learnt, seen.yes)

    def _note(self, event: Event) -> None:
        course = self.courses.get(event.need)
        if event.kind == "opt_out":
            self.opted_in[event.person] = False
        if course is None:
            return
        if event.kind == "closed":
            self._close(course, event.served)
        if event.kind in ("accept", "browse_accept"):
            course.going.append(event.person)
        if event.kind == "cancel" and event.person in course.going:
            course.going.remove(event.person)
            course.said_no.add(event.person)
        if event.kind in DEEDS:
            self._note_deed(course, event.person, DEEDS[event.kind], event.day)

    def _note_deed(self, course: Course, person: int, deed: Deed, day: int) -> None:
        need = course.message
        column = self.town.field_column(need)
        place = str(need.get("community"))
        field = None if column < 0 else column
        self.history.did(deed, person, day=day, field=field, cell=cell_of(need), place=place)
        if deed in (Deed.YES, Deed.NO, Deed.SILENCE):
            self._note_answer(course, person, deed)

    def _note_answer(self, course: Course, person: int, deed: Deed) -> None:
        course.open_questions.pop(person, None)
        if deed != Deed.SILENCE:
            self.sent.answered(person, course.message["id"])
        if deed == Deed.NO:
            course.said_no.add(person)
        self.evidence.answered(course.message["id"], person, yes=deed == Deed.YES, day=self.history.day)

    def _close(self, course: Course, served: float) -> None:
        """A need is over. Who has not answered by now has kept silent."""
        need = course.message
        for person in list(course.open_questions):
            self._note_deed(course, person, Deed.SILENCE, self.history.day)
        self.shortfall.note(str(need.get("community")), str(need.get("category")), served)
        self.history.went_together(course.going)
        self.courses.pop(need["id"])
        self._similarity.pop(need["id"], None)

    def _background(self) -> Floats:
        """Pairs of open needs and anybody, for what is assumed of them."""
        features = self._features([course.message for course in self.courses.values()])
        flat = features.reshape(len(features), -1)
        rows = np.random.default_rng(len(self.evidence)).integers(0, flat.shape[1], self.rules.background)
        return flat[:, rows].T

    # What is asked

    def assign(self, day: int, needs: Sequence[Message], people: Sequence[Message]) -> list[list[str]]:
        """Whom to ask today, as pairs of ids."""
        # What cannot be read is refused before anything changes.
        self.town.needs(needs, with_text=False)
        places, _ = [whole(need, "open_slots") for need in needs], self._value(needs)
        self._update(people)
        self.history.advance(day)
        needs = self._fields.understand(needs)
        for need in needs:
            self._course(need)
        asked_for = zip(needs, places, strict=True)
        lacking = [need for need, count in asked_for if count and need["due_day"] >= day]
        if not lacking:
            return []
        features = self._features(lacking)
        seen = Seen(
            lacking, self.ranker.chance_of_yes(features), self._value(lacking), self._eligible(lacking)
        )
        self._seen, said = seen, self._put_right(seen.chance)
        asked = plan(
            Day(
                chance=seen.chance * self._may_be_asked(lacking, day),
                places=np.array([whole(need, "open_slots") for need in lacking]),
                value=seen.value,
                waves=np.array([self._waves(need, day) for need in lacking]),
                pending=[self._pending(need, day) for need in lacking],
                price=self._price(),
                comes=self._remembered.chance_to_come(),
                wanted=self.rules.wanted,
                whole=True,
                exploring=self._exploring(lacking, day),
            )
        )
        ids = self.town.people.ids
        for each in asked:
            pair = each.need, each.person
            foretold = Foretold(features[:, *pair].copy(), float(said[pair]), each.chance, each.propensity)
            self._note_asked(lacking[each.need], each.person, foretold, day)
        return [[lacking[each.need]["id"], str(ids[each.person])] for each in asked]

    def recommend(self, day: int, need: Message, candidates: Sequence[str]) -> list[tuple[str, float]]:
        """The candidates, best first, with the chance that they would come if asked."""
        rows = [self.town.row_of(id) for id in candidates]
        self.town.needs([need], with_text=False)
        self.history.advance(day)
        (need,) = self._fields.understand([need])
        self._course(need)
        chance = self._put_right(self.ranker.chance_of_yes(self._features([need]))[0])
        chance = chance * self._remembered.chance_to_come()
        eligible = self._eligible([need])[0]
        order = sorted(rows, key=lambda row: (not eligible[row], -chance[row], self.town.people.ids[row]))
        return [(str(self.town.people.ids[row]), float(chance[row])) for row in order]

    def rank_list(self, day: int, person: Message, needs: Sequence[tuple[str, int]]) -> list[str]:
        """The list that one visitor sees: what suits them and still lacks somebody."""
        row = self.town.row_of(person.get("id"))
        places = {str(id): int(slots) for id, slots in needs}
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
        course = self._course(*self._fields.understand([need]))
        come = self._remembered.chance_to_come()[course.going]
        return float(np.prod(come)) < self.rules.spare_below

    # How it is reckoned

    def _value(self, needs: Sequence[Message]) -> Floats:
        tier = np.array([self._tier_worth(need) for need in needs])
        lift = [self.shortfall.lift(str(need.get("community")), str(need.get("category"))) for need in needs]
        return np.asarray(tier * np.array(lift))

    def _tier_worth(self, need: Message) -> float:
        tier, worth = whole(need, "tier"), self.rules.tier_worth
        if tier not in worth:
            raise ValueError(f"tier must be one of {', '.join(map(str, worth))}, but is {tier}")
        return worth[tier]

    def _price(self) -> Floats:
        """Of a message to each person: it grows with those that found no answer."""
        tired = 1 + self.sent.unanswered_this_week(self.history.day)
        return np.asarray(self.rules.price * self._remembered.usual_yes * tired)

    def _waves(self, need: Message, day: int) -> int:
        left = whole(need, "due_day") - day
        return int(np.clip(np.ceil(left / self.rules.days_per_wave), 1, 4))

    def _pending(self, need: Message, day: int) -> list[float]:
        """Chances of those who have not answered."""
        waiting = self._course(need).open_questions.values()
        return [still_says_yes(chance, day - asked_on) for asked_on, chance in waiting]

    def _features(self, needs: Sequence[Message]) -> Floats:
        """Of all people, shape (features, m, n)."""
        for need in needs:
            if need["id"] not in self._similarity:
                self._similarity[need["id"]] = pair_features(self.town.needs([need]), self.town.people)[:, 0]
        past = self._remembered.features(
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
        week = self.sent.this_week(self.history.day) < rules.a_week
        today = self.sent.this_day(day) < rules.a_day
        silent = (history.silent_streak >= rules.silences) & (day - history.last_asked < rules.pause)
        may = self._seen.eligible & (self.opted_in & week & today & ~silent)[None, :]
        for row, need in enumerate(needs):
            for person, days in self.courses[need["id"]].asked.items():
                if len(days) >= 2 or day - days[-1] < rules.again_after:
                    may[row, person] = False
        return np.asarray(may)

    def _exploring(self, needs: Sequence[Message], day: int) -> Exploring:
        return Exploring(
            rarely=rarely_asked(self.sent.ever()),
            seeds=[crc32(f"{day} {need['id']}".encode()) for need in needs],
            share=self.rules.explore,
        )

    def _note_asked(self, need: Message, person: int, foretold: Foretold, day: int) -> None:
        course = self.courses[need["id"]]
        course.asked[person].append(day)
        course.open_questions[person] = (day, foretold.learnt)
        self.history.asked(person, day=day)
        self.sent.note(person, day, need["id"])
        self.evidence.asked(need["id"], person, foretold)

    def _course(self, need: Message) -> Course:
        course = self.courses.setdefault(text_of(need, "id"), Course(need))
        course.message = need
        return course

    def _update(self, people: Sequence[Message]) -> None:
        """Take over what changes; who is not named is no longer there."""
        bookings = self.town.bookings(people)
        rows = [self.town.row_of(person.get("id")) for person in people]
        self.bookings = bookings
        self.opted_in[:] = False
        for row, person in zip(rows, people, strict=True):
            self.opted_in[row] = bool(person.get("opted_in", True))
