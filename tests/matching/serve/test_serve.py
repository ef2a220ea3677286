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
from matching.city.people import build
from matching.city.simulation import Message, Outcome, Simulation
from matching.serve.lines import serve
from matching.serve.process import Process
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
