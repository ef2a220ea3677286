"""Every example in the documentation of the library runs, and every public name has one."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
from itertools import pairwise
from pathlib import Path

import pytest

import matching

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(matching.__path__, "matching.") if not module.ispkg
)
README = Path(matching.__file__).parent / "README.md"


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_example_in_the_readme_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    printed: list[str] = []
    exec(example, {"print": lambda *parts: printed.append(" ".join(map(str, parts)))})
    assert printed


@pytest.mark.parametrize("name", matching.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    public = getattr(matching, name)
    if callable(public):
        assert inspect.getdoc(public) not in (None, inspect.getdoc(type(public)))
    else:
        assert any(said_after(name, source) for source in sources())


def sources() -> list[ast.Module]:
    return [
        ast.parse(path.read_text(encoding="utf-8")) for path in Path(matching.__file__).parent.rglob("*.py")
    ]


def said_after(name: str, source: ast.Module) -> bool:
    """Does a text follow where the name is set?"""
    for one, other in pairwise(source.body):
        targets = [one.target] if isinstance(one, ast.AnnAssign) else getattr(one, "targets", [])
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return isinstance(other, ast.Expr) and isinstance(other.value, ast.Constant)
    return False


@pytest.mark.parametrize(
    "name", [name for name in matching.__all__ if inspect.isfunction(getattr(matching, name))]
)
def test_every_public_function_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(getattr(matching, name)) or "")
