"""The checkout, as the tests about the house read it."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
TEMPLATES: Final = ROOT / "templates"


@cache
def project_files() -> tuple[Path, ...]:
    """Everything that belongs to the project: what git does not ignore, committed or not."""
    # A checkout that belongs to somebody else, as on a build server, is read all the same.
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return tuple(sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file()))


def files_under(folder: str, *suffixes: str) -> list[Path]:
    return [
        each for each in project_files() if each.is_relative_to(ROOT / folder) and each.suffix in suffixes
    ]


def said(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), said(path))


def calls(path: Path, *names: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of functions with these names, as `name(...)` or `module.name(...)`."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in names:
                yield called, node


def expect_none(found: Iterable[str]) -> None:
    """Nothing was found; otherwise all of it is named at once."""
    listed = sorted(found)
    assert not listed, "\n" + "\n".join(listed)


@cache
def template_names() -> tuple[str, ...]:
    return tuple(
        path.relative_to(TEMPLATES).as_posix() for path in project_files() if path.is_relative_to(TEMPLATES)
    )
