"""The examples in docstrings are run, and every rule has one; matching has a test of its own for this."""

import ast
import doctest
from importlib import import_module
from pathlib import Path

import pytest

from tests.house import expect_none, files_under, parsed, said


def module_name(path: Path) -> str:
    return (
        said(path).removeprefix("platform/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    )


WITH_EXAMPLES = [
    module_name(path) for path in files_under("platform/linli", ".py") if ">>> " in path.read_text("utf-8")
]
# What newcomers learn the house from (CONTRIBUTING): every public function shows how it is called.
PROMISED = [path for path in files_under("platform/linli", ".py") if path.name == "rules.py"]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_do_what_they_say(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.failed == 0
    assert result.attempted > 0


def test_every_rule_has_an_example() -> None:
    expect_none(
        f"{said(path)}: {function.name}"
        for path in PROMISED
        for function in parsed(path).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if ">>> " not in (ast.get_docstring(function) or "")
    )
