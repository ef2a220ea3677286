"""A small client drives `python -m matching serve` through twelve weeks."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from typing import Any

import pytest

from matching.city.behaviour import TINY
from matching.city.external import External
from matching.city.messages import Message
from matching.city.people import build
from matching.city.simulation import Outcome, Simulation
from matching.serve.lines import serve
from matching.serve.process import Process
from matching.serve.rules import Rules
from matching.serve.steward import Steward
from matching.serve.town import Town

TWELVE_WEEKS = replace(TINY, days=84, warm_up_days=14, needs_per_day=1.0)
COMMAND = [sys.executable, "-m", "matching", "serve"]


class Noting:
    """Notes what another policy answered."""

    def __init__(self, policy: Any) -> None:
        self.policy, self.answers = policy, list[Message]()

    def answer(self, message: Message) -> Message:
        self.answers.append(self.policy.answer(message))
        return self.answers[-1]


def lived(policy: Any) -> tuple[Outcome, list[Message]]:
    noting = Noting(policy)
    return Simulation(build(11, TWELVE_WEEKS), noting).run(), noting.answers


def test_twelve_weeks_are_the_same_every_time_and_break_no_rule() -> None:
    program = External(COMMAND)
    outcome, answers = lived(program)
    program.close()
    again, same_answers = lived(Process())
    assert answers == same_answers
    assert outcome.violations == again.violations == 0
    assert sum(len(answer.get("pairs", ())) for answer in answers) > 50
    assert sum(course.attended >= course.need.slots for course in outcome.courses) > 20


def test_nobody_is_asked_twice_a_day_nor_after_a_no() -> None:
    said_no: set[tuple[str, str]] = set()
    process = Process()

    class Watching:
        def answer(self, message: Message) -> Message:
            if message["op"] == "observe":
                declined = (each for each in message["events"] if each["type"] == "decline")
                said_no.update((each["need"], each["volunteer"]) for each in declined)
            answer = process.answer(message)
            if message["op"] == "assign":
                asked = [person for _, person in answer["pairs"]]
                assert len(set(asked)) == len(asked)
                assert not said_no & {(need, person) for need, person in answer["pairs"]}
            return answer

    Simulation(build(12, TWELVE_WEEKS), Watching()).run()
    assert said_no


def answers_to(*lines: str) -> list[dict[str, Any]]:
    target = io.StringIO()
    serve(io.StringIO("".join(line + "\n" for line in lines)), target)
    return [json.loads(line) for line in target.getvalue().splitlines()]


META = {"categories": ["c"], "skills": ["s"], "credentials": ["k"], "languages": ["zh"], "city_km": 10}
PERSON = {"id": "v1", "x": 1, "y": 1, "text": "", "skills": ["s"], "interests": [], "credentials": []}
NEED = {"id": "n1", "community": 0, "x": 1, "y": 2, "text": "", "category": "c", "skills": ["s"], "tier": 1}
NEED |= {"credentials": [], "language": "zh", "slots": 1, "open_slots": 1, "due_day": 3, "daypart": 0}


def start(**changes: Any) -> str:
    return json.dumps({"op": "start", "volunteers": [PERSON | {"languages": [], **changes}], "meta": META})


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        "[" * 3000,
        '{"op": "assign", "day": 0, "needs": [], "volunteers": []}',
        start(x=float("nan")),
        start(skills=["juggling"]),
        start(availability=[1, 0]),
        '{"op": "start"}',
        '{"op": 7}',
    ],
)
def test_a_bad_line_is_answered_with_an_error_and_the_next_one_is_served(line: str) -> None:
    bad, good = answers_to(line, start())
    assert list(bad) == ["error"]
    assert bad["error"]
    assert good == {"ok": True, "name": "linli"}


@pytest.mark.parametrize(
    "change",
    [{"due_day": None}, {"daypart": 3}, {"credentials": ["licence to dream"]}, {"x": "far"}, {"id": ""}],
)
def test_a_bad_need_changes_nothing(change: dict[str, Any]) -> None:
    wrong = {"op": "assign", "day": 0, "needs": [NEED | change], "volunteers": [{"id": "v1"}]}
    right = wrong | {"needs": [NEED]}
    _, bad, good = answers_to(start(), json.dumps(wrong), json.dumps(right))
    assert "error" in bad
    assert good == {"pairs": [["n1", "v1"]]}


def told(**changes: Any) -> dict[str, Any]:
    return {"type": "decline", "need": "n1", "volunteer": "v1", "day": 1} | changes


@pytest.mark.parametrize(
    "wrong",
    [
        told(volunteer="v9"),
        told(day="1"),
        told(type="dreamt"),
        told(type="closed", served="half"),
        7,
        told(type=None),
    ],
)
def test_of_events_with_a_wrong_one_among_them_none_is_noted(wrong: Any) -> None:
    ask = json.dumps({"op": "assign", "day": 1, "needs": [NEED], "volunteers": [{"id": "v1"}]})
    rank = json.dumps({"op": "recommend", "day": 1, "need": NEED, "candidates": ["v1"]})
    bad = json.dumps({"op": "observe", "day": 1, "events": [told(type="accept"), told(), wrong]})
    plain = answers_to(start(), ask, rank)
    tried = answers_to(start(), ask, bad, rank)
    assert "error" in tried[2]
    assert tried[3] == plain[2]


@pytest.mark.parametrize(
    "change",
    [
        {"day": -1},
        {"day": 10**30},
        {"volunteers": [{"id": "v1", "booked": [[1, 7]]}]},
        {"volunteers": [{"id": "v1", "booked": [[10**30, 0]]}]},
        {"volunteers": [{"id": "v1", "booked": [3]}]},
        {"volunteers": 3},
        {"volunteers": [3]},
        {"needs": "n1"},
        {"needs": [NEED | {"tier": "first"}]},
        {"needs": [NEED | {"tier": float("inf")}]},
        {"needs": [NEED | {"slots": None, "open_slots": -1}]},
        {"needs": [NEED | {"community": {"a": 1}, "x": 10**400}]},
    ],
)
def test_odd_values_are_answered_and_the_process_goes_on(change: dict[str, Any]) -> None:
    right = {"op": "assign", "day": 0, "needs": [NEED], "volunteers": [{"id": "v1"}]}
    _, odd, good = answers_to(start(), json.dumps(right | change), json.dumps(right))
    assert "error" in odd or odd == {"pairs": []}
    assert good == {"pairs": [["n1", "v1"]]}


def test_a_person_gets_one_message_a_day_and_three_a_week() -> None:
    steward = Steward(Town([PERSON | {"languages": []}], META), Rules(price=0.0))
    asked = [
        steward.assign(day, [NEED | {"id": f"n{day}{part}", "due_day": 20, "daypart": part}], [{"id": "v1"}])
        for day in range(8)
        for part in (0, 1)
    ]
    assert [bool(each) for each in asked] == [True, False] * 3 + [False, False] * 4 + [True, False]


def test_a_message_grows_dearer_with_those_that_found_no_answer_and_a_no_makes_it_cheap_again() -> None:
    steward = Steward(Town([PERSON | {"languages": []}], META))
    rested = steward._price().tolist()
    steward.assign(0, [NEED], [{"id": "v1"}])
    assert steward._price().tolist() == [2 * rested[0]]
    steward.observe(1, [{"type": "decline", "need": "n1", "volunteer": "v1", "day": 1}])
    assert steward._price()[0] < rested[0]


def test_a_need_that_cannot_be_read_leaves_nothing_behind() -> None:
    steward = Steward(Town([PERSON | {"languages": []}], META))
    with pytest.raises(ValueError, match="daypart"):
        steward.assign(0, [NEED, NEED | {"id": "n2", "daypart": 9}], [{"id": "v1"}])
    assert steward.courses == {}


def test_a_question_still_open_when_its_need_is_over_counts_as_silence() -> None:
    steward = Steward(Town([PERSON | {"languages": []}], META))
    steward.assign(0, [NEED], [{"id": "v1"}])
    steward.observe(3, [{"type": "closed", "need": "n1", "volunteer": None, "day": 3, "served": False}])
    assert steward.history.silent_streak.tolist() == [1]


def test_a_category_that_nobody_likes_says_nothing_about_a_need() -> None:
    liking = [PERSON | {"id": "v1", "languages": [], "interests": ["c"]}]
    town = Town([*liking, PERSON | {"id": "v2", "languages": []}], META | {"categories": ["c", "other"]})
    assert [town.field_column(NEED | {"category": name}) for name in ("c", "other", "unheard of", None)] == [
        0,
        -1,
        -1,
        -1,
    ]
    assert town.needs([NEED | {"category": "other"}]).fields.tolist() == [[False, False]]


def test_without_a_required_paper_nobody_is_asked() -> None:
    message = {
        "op": "assign",
        "day": 0,
        "needs": [NEED | {"credentials": ["k"]}],
        "volunteers": [{"id": "v1"}],
    }
    assert answers_to(start(), json.dumps(message))[1] == {"pairs": []}
    assert answers_to(start(credentials=["k"]), json.dumps(message))[1] == {"pairs": [["n1", "v1"]]}


def test_an_unknown_volunteer_is_an_error_and_no_needs_are_an_empty_answer() -> None:
    unknown = {"op": "recommend", "day": 0, "need": NEED, "candidates": ["v9"]}
    none = {"op": "assign", "day": 0, "needs": [], "volunteers": [{"id": "v1"}]}
    _, error, empty = answers_to(start(), json.dumps(unknown), json.dumps(none))
    assert "v9" in error["error"]
    assert empty == {"pairs": []}
