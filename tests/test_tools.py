"""Where no Python is new enough, one sentence says so, and nothing is made."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house import ROOT

SHELL_TOOLS = ("cat", "cksum", "dirname", "grep")
# What the tools ask a Python, answered as one of 2020 would.
OLD_PYTHON = """#!/bin/sh
case "$2" in
*print*) echo 3.9 ;;
*version_info*) exit 1 ;;
esac
"""
SENTENCE = (
    "Linli needs Python 3.11 or newer, and {found}. "
    "Install one, or name it: make run PYTHON=/path/to/python3.11"
)


@pytest.fixture
def old_machine(tmp_path: Path) -> Path:
    """A fresh copy, and a PATH with nothing on it but a Python 3.9 and what a shell needs."""
    path = tmp_path / "bin"
    path.mkdir()
    for name in SHELL_TOOLS:
        found = shutil.which(name)
        assert found
        (path / name).symlink_to(found)
    (path / "python3").write_text(OLD_PYTHON)
    (path / "python3").chmod(0o755)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for name in ("pyproject.toml", "constraints.txt", "hatch_build.py", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(machine: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [machine / "tools" / "environment"],
        env={"PATH": str(machine / "bin"), **environ},
        cwd=machine,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_that_is_too_old_is_named_in_one_sentence(old_machine: Path) -> None:
    done = make(old_machine)
    assert done.returncode == 1
    assert (done.stdout, done.stderr.strip()) == ("", SENTENCE.format(found="python3 is Python 3.9"))
    assert not (old_machine / ".venv").exists()


@pytest.mark.parametrize(
    ("named", "found"),
    [("python3", "python3 is Python 3.9"), ("python3.99", "python3.99 cannot be run")],
)
def test_so_is_one_that_was_asked_for(old_machine: Path, named: str, found: str) -> None:
    done = make(old_machine, PYTHON=named)
    assert (done.returncode, done.stderr.strip()) == (1, SENTENCE.format(found=found))


def test_without_any_python_it_says_that_none_can_be_run(old_machine: Path) -> None:
    os.remove(old_machine / "bin" / "python3")
    done = make(old_machine)
    assert (done.returncode, done.stderr.strip()) == (1, SENTENCE.format(found="python3 cannot be run"))
