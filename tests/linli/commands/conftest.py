"""Databases of their own, for commands that really commit."""

import pytest
from click.testing import Result

from tests.databases import empty_postgresql
from tests.terminal import Linli, run


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of this module's own, brought to today's tables by the command itself."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path_factory.mktemp('cli') / 'new' / 'linli.sqlite'}"
    else:
        made = empty_postgresql(request.getfixturevalue("postgresql_url"), "linli_cli")
    assert run(made, "migrate").exit_code == 0
    return made


@pytest.fixture
def linli(url: str) -> Linli:
    return lambda *arguments, **options: run(url, *arguments, **options)


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('demo') / 'linli.sqlite'}"


@pytest.fixture(scope="session")
def built_demo(demo_url: str) -> Result:
    """What `linli demo` said when it built the town in `demo_url`."""
    return run(demo_url, "demo", "--size", "town", LINLI_BASE_URL="http://127.0.0.1:8123")
