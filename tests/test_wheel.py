"""What is handed out: the wheel, installed into a clean environment and started from another folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.house import ROOT, project_files
from tests.journeys.server import Server, running_server

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq")
pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what belongs to the project, so that nothing left over from earlier builds can help."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in project_files():
        copy = folder / "checkout" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    checkout = folder / "checkout"
    # With what is here: that a build gets all it asks for was seen when this checkout was installed.
    pip("wheel", str(checkout), "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> tuple[str, ...]:
    """The `linli` of an environment that holds nothing else."""
    environment = wheel.parent / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin/python"
    pip("--python", str(python), "install", "--no-compile", "--constraint", "constraints.txt", str(wheel))
    return (str(environment / "bin/linli"),)


@pytest.fixture(scope="module")
def server(installed: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("elsewhere")
    with running_server(
        f"sqlite:///{folder / 'linli.sqlite'}", folder, linli=installed, python_path=""
    ) as running:
        yield running


def pip(*arguments: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*PIP, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_installed_wheel_serves_its_pages(server: Server, language: str) -> None:
    with httpx.Client(base_url=server.url, headers={"Accept-Language": language}) as client:
        assert client.get("/health/ready").status_code == 200
        page = client.get("/")
        assert page.status_code == 200
        assert page.headers["Content-Language"].startswith(language)
        assert ("邻里" in page.text) == (language == "zh")


@pytest.mark.parametrize("name", ["app.css", "app.js", "vendor/pico.css", "vendor/htmx.js"])
def test_the_installed_wheel_carries_its_static_files(server: Server, name: str) -> None:
    answer = httpx.get(f"{server.url}/static/{name}")
    assert answer.status_code == 200
    assert len(answer.content) > 500


def test_the_installed_command_explains_itself(server: Server) -> None:
    assert "Usage: linli" in server.linli("--help")
