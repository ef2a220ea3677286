"""The city's days: needs are posted, a policy asks, people answer, come or stay away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from matching.city.answers import needs_in, order_in, pairs_in
from matching.city.coins import Coin, coin
from matching.city.messages import (
    Message,
    need_message,
    person_id,
    person_message,
    person_row,
    vocabulary,
)
from matching.city.minds import Minds
from matching.city.people import City, Need, words
from matching.columns import Booleans, Floats, Whole

MOST_A_DAY = 5
"""Invitations one person may get in a day; more are dropped and counted as violations."""

MOST_A_PAIR = 2
"""How often one person may be asked about one need."""

DAYS_BETWEEN = 3
"""Days between two messages to one person about one need."""

RANKED_A_DAY = 3
"""Needs a day for which a ranking of everybody is asked, to judge the order itself."""

SILENT_AFTER = 3
"""Days after which a message that was not answered counts as silence."""


class Policy(Protocol):
    """Whatever answers the messages: the library's own, a baseline, or another program."""

    def answer(self, message: Message) -> Message:
        """One answer to one message."""


@dataclass
class Course:
    """What has happened to one need."""

    need: Need
    confirmed: list[int] = field(default_factory=list)
    asked_on: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    signed_up: bool = False
    standby: bool = False
    attended: int = 0
    closed: bool = False

    @property
    def places(self) -> int:
        """With the extra one."""
        return self.need.slots + int(self.standby)

    @property
    def open_slots(self) -> int:
        """Places nobody has taken."""
        return max(0, self.places - len(self.confirmed))


@dataclass
class Outcome:
    """What came of a run; `matching.city.measures` makes figures of it."""

    city: City
    courses: list[Course]
    notifications: int = 0
    """After the warm-up."""
    left: int = 0
    violations: int = 0
    ranked: list[tuple[Floats, list[int]]] = field(default_factory=list)
    """For each need judged: the true chance of everybody coming if asked, and the order that was given."""


class Simulation:
    """One run of one policy through one city."""

    def __init__(self, city: City, policy: Policy) -> None:
        self.city, self.policy = city, policy
        self.minds = Minds(city)
        self.courses = {need.id: Course(need) for need in city.needs}
        self.open: list[Course] = []
        self.events: list[Message] = []
        self.replies: dict[int, list[tuple[str, int, str]]] = defaultdict(list)
        self.totals = defaultdict(lambda: [0] * len(city.people.x))  # type: ignore[var-annotated]
        self.last = {name: [-1] * len(city.people.x) for name in ("notified", "reply")}
        self.outcome = Outcome(city, list(self.courses.values()))

    def run(self) -> Outcome:
        """Live through all days."""
        people = [person_message(self.city, row) for row in self._everyone().tolist()]
        self._tell(op="start", volunteers=people, meta=vocabulary(self.city))
        for day in range(self.city.behaviour.days):
            self._day(day)
        self._tell(op="observe", day=self.city.behaviour.days, events=self.events)
        return self.outcome

    def _day(self, day: int) -> None:
        self.minds.begin(day)
        events, self.events = self.events, []
        self._tell(op="observe", day=day, events=events)
        posted = [course for course in self.courses.values() if course.need.posted_day == day]
        self.open = [course for course in self.open if not course.closed] + posted
        self._standby(day)
        for course in posted[:RANKED_A_DAY]:
            self._judge_order(course, day)
        self._assign(day)
        self._browse(day)
        self._reply(day)
        self._take_back(day)
        self._serve(day)

    def _tell(self, **message: Any) -> Message:
        answer = self.policy.answer(message)
        if "error" in answer:
            raise ValueError(f"the policy refused {message['op']}: {answer['error']}")
        return answer

    # What the policy is asked

    def _standby(self, day: int) -> None:
        for course in self.open:
            if not course.open_slots and not course.standby:
                answer = self._tell(op="standby", day=day, need=self._need(course))
                course.standby = bool(answer.get("open"))

    def _judge_order(self, course: Course, day: int) -> None:
        candidates = np.flatnonzero(self.minds.opted_in & self._holds(course.need))
        ids = [person_id(row) for row in candidates.tolist()]
        answer = self._tell(op="recommend", day=day, need=self._need(course), candidates=ids)
        if day >= self.city.behaviour.warm_up_days:
            true = self.minds.wants(course.need, self._going(course)) * self.minds.comes(course.need)
            order = [person_row(person) for person in order_in(answer, ids)]
            self.outcome.ranked.append((np.where(np.isin(self._everyone(), candidates), true, 0.0), order))

    def _assign(self, day: int) -> None:
        needs = [self._need(course) for course in self.open if course.open_slots]
        people = [self._changing(row) for row in self._everyone() if self.minds.opted_in[row]]
        answer = self._tell(op="assign", day=day, needs=needs, volunteers=people)
        asked_today: dict[int, int] = defaultdict(int)
        named = {need["id"] for need in needs}, {person["id"] for person in people}
        for need_id, person in pairs_in(answer, *named):
            course, row = self.courses[need_id], person_row(person)
            if self._may_send(course, row, asked_today[row], day):
                asked_today[row] += 1
                self._invite(course, row, day)

    def _may_send(self, course: Course, row: int, asked_today: int, day: int) -> bool:
        if not self._holds(course.need)[row]:
            self.outcome.violations += 1
            return False
        before = course.asked_on[row]
        return bool(
            course in self.open
            and course.open_slots
            and self.minds.opted_in[row]
            and row not in course.confirmed
            and asked_today < MOST_A_DAY
            and len(before) < MOST_A_PAIR
            and (not before or day - before[-1] >= DAYS_BETWEEN)
        )

    def _invite(self, course: Course, row: int, day: int) -> None:
        need, minds, seed = course.need, self.minds, self.city.seed
        self._happened("invited", course, row, day)
        course.asked_on[row].append(day)
        self.totals["notified_total"][row] += 1
        self.last["notified"][row] = day
        self.outcome.notifications += int(day >= self.city.behaviour.warm_up_days)
        reads = coin(seed, Coin.READS, row, need.row, day) < minds.reads(need, day)[row]
        minds.tire(row)
        chance = minds.wants(need, self._going(course), np.array([row]))[0]
        says_yes = coin(seed, Coin.SAYS_YES, row, need.row) < chance
        answers = says_yes or coin(seed, Coin.ANSWERS_NO, row, need.row) < self.city.behaviour.says_no
        waits = int(np.log(coin(seed, Coin.DELAY, row, need.row, day) + 1e-12) / np.log(1 - self._slowness()))
        if reads and answers and waits < SILENT_AFTER:
            self.replies[day + waits].append((need.id, row, "accept" if says_yes else "decline"))
        else:
            self.replies[day + SILENT_AFTER].append((need.id, row, "no_reply"))

    def _slowness(self) -> float:
        return self.city.behaviour.slow

    def _browse(self, day: int) -> None:
        """Some people look at the public list and take the first need that they like."""
        seed, behaviour = self.city.seed, self.city.behaviour
        visits = coin(seed, Coin.VISITS, self._everyone(), day) < behaviour.visits
        for row in np.flatnonzero(visits & self.minds.opted_in):
            shown = [(course.need.id, course.open_slots) for course in self.open if course.open_slots]
            answer = self._tell(op="rank_list", day=day, volunteer=self._changing(int(row)), needs=shown)
            for place, need_id in enumerate(needs_in(answer, [need for need, _ in shown])):
                if coin(seed, Coin.LOOKS_DOWN, row, day, place) >= behaviour.looks_down and place:
                    break
                if self._takes(self.courses[need_id], int(row), day):
                    break

    def _takes(self, course: Course, row: int, day: int) -> bool:
        need = course.need
        if not (course.open_slots and self._holds(need)[row] and self.minds.may_come(need, row)):
            return False
        chance = self.minds.wants(need, self._going(course), np.array([row]))[0]
        if row in course.confirmed or coin(self.city.seed, Coin.SAYS_YES, row, need.row) >= chance:
            return False
        self._confirm(course, row, day, "browse_accept")
        return True

    # What happens by itself

    def _reply(self, day: int) -> None:
        for need_id, row, kind in self.replies.pop(day, []):
            course = self.courses[need_id]
            if kind != "no_reply":
                self.last["reply"][row] = day
            if kind == "accept":
                self._accept(course, row, day)
                continue
            self._happened(kind, course, row, day)
            if self.minds.opted_in[row] and self.minds.annoy(row, day):
                self.outcome.left += 1
                self._happened("opt_out", course, row, day)

    def _accept(self, course: Course, row: int, day: int) -> None:
        if course.closed or not course.open_slots or row in course.confirmed:
            self._happened("full", course, row, day)
        elif not self.minds.may_come(course.need, row):
            self._happened("decline", course, row, day)
        else:
            self._confirm(course, row, day, "accept")

    def _confirm(self, course: Course, row: int, day: int, kind: str) -> None:
        course.confirmed.append(row)
        course.signed_up = True
        self.minds.promise(course.need, row)
        self.totals["accepted_total"][row] += 1
        self._happened(kind, course, row, day)

    def _take_back(self, day: int) -> None:
        for course in self.open:
            for row in list(course.confirmed):
                chance = self.city.behaviour.changes_mind
                if coin(self.city.seed, Coin.CHANGES_MIND, row, course.need.row, day) < chance:
                    self._release(course, row)
                    self.totals["cancelled_total"][row] += 1
                    self._happened("cancel", course, row, day)

    def _serve(self, day: int) -> None:
        for course in [course for course in self.open if course.need.due_day == day]:
            for row in course.confirmed:
                comes = self.minds.comes(course.need)[row]
                came = coin(self.city.seed, Coin.COMES, row, course.need.row) < comes
                course.attended += int(came)
                self.minds.served[row, course.need.community] |= came
                self.totals["attended_total" if came else "no_show_total"][row] += 1
                self._happened("attended" if came else "no_show", course, row, day)
                self.minds.booked[row].remove((day, course.need.daypart))
            course.closed = True
            served = course.attended >= course.need.slots
            self.events.append(
                {"type": "closed", "need": course.need.id, "volunteer": None, "day": day, "served": served}
            )

    def _release(self, course: Course, row: int) -> None:
        course.confirmed.remove(row)
        self.minds.release(course.need, row)

    def _happened(self, kind: str, course: Course, row: int, day: int) -> None:
        event = {"type": kind, "need": course.need.id, "volunteer": person_id(row), "day": day}
        self.events.append(event)

    # Who is who

    def _everyone(self) -> Whole:
        return np.arange(len(self.city.people.x))

    def _need(self, course: Course) -> Message:
        return need_message(course.need, open_slots=course.open_slots, standby=course.standby)

    def _changing(self, row: int) -> Message:
        totals = ("notified", "accepted", "attended", "cancelled", "no_show")
        return {
            "id": person_id(row),
            "opted_in": bool(self.minds.opted_in[row]),
            "booked": [list(slot) for slot in sorted(self.minds.booked[row])],
            **{f"{name}_total": self.totals[f"{name}_total"][row] for name in totals},
            "last_notified_day": self.last["notified"][row],
            "last_reply_day": self.last["reply"][row],
            "served_communities": np.flatnonzero(self.minds.served[row]).tolist(),
        }

    def _going(self, course: Course) -> Booleans:
        going = np.zeros(len(self.city.people.x), dtype=np.bool_)
        going[course.confirmed] = True
        return going

    def _holds(self, need: Need) -> Booleans:
        wanted = [list(words().credentials).index(paper) for paper in need.credentials]
        return np.asarray(self.city.people.credentials[:, wanted].all(axis=1))
