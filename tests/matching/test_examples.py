"""Every example in the documentation of the library runs, and every public name has one."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

import matching

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(matching.__path__, "matching.") if not module.ispkg
)
PUBLIC = [found for name in matching.__all__ if callable(found := getattr(matching, name))]
FUNCTIONS = [found for found in PUBLIC if inspect.isfunction(found)]
CLASSES = [found for found in PUBLIC if inspect.isclass(found)]
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


@pytest.mark.parametrize("public", PUBLIC, ids=lambda public: public.__name__)
def test_every_public_class_and_function_shows_how_it_is_used(public: Any) -> None:
    assert "Examples\n--------\n>>> " in (inspect.getdoc(public) or "")


@pytest.mark.parametrize("public", FUNCTIONS, ids=lambda public: public.__name__)
def test_every_public_function_tells_what_goes_in_and_what_comes_out(public: Any) -> None:
    told = inspect.getdoc(public) or ""
    assert "Parameters\n----------\n" in told
    gives_nothing = inspect.signature(public).return_annotation == "None"
    assert gives_nothing or "Returns\n-------\n" in told or "result" in told


@pytest.mark.parametrize("public", CLASSES, ids=lambda public: public.__name__)
def test_every_method_of_a_public_class_is_documented(public: Any) -> None:
    kinds = (FunctionType, property, cached_property)
    methods = [name for name, found in vars(public).items() if isinstance(found, kinds)]
    assert [name for name in methods if name[0] != "_" and not inspect.getdoc(getattr(public, name))] == []


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
