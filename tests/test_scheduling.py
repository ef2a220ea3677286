"""Several workers share the tests so that none waits for another at the end."""

import pytest

from tests.house import ROOT, expect_none
from tests.scheduling import DEMO, LONG, RACES, TOGETHER, seconds_of, unit_of


def test_what_is_begun_first_exists() -> None:
    expect_none(path for path in {*LONG, *TOGETHER} if not (ROOT / path).exists())


@pytest.mark.parametrize(
    ("nodeid", "unit"),
    [
        ("tests/linli/needs/test_rules.py::test_a[zh]", "tests/linli/needs/test_rules.py"),
        ("tests/linli/test_api.py::test_a[sqlite-/me]", "tests/linli/test_api.py on sqlite"),
        (
            "tests/linli/core/test_answers.py::test_a[page-sqlite]",
            "tests/linli/core/test_answers.py on sqlite",
        ),
        ("tests/linli/test_api.py::test_a[postgresql]", "tests/linli/test_api.py on postgresql"),
        ("tests/journeys/test_teams.py::test_a[postgresql-en-390]", "tests/journeys on postgresql"),
        ("tests/journeys/test_charity.py::test_a[postgresql-zh]", "tests/journeys on postgresql"),
        ("tests/journeys/test_every_page.py::test_a", "tests/journeys/test_every_page.py"),
        ("tests/linli/dispatch/test_races.py::test_a[sqlite]", f"{RACES} on sqlite"),
        ("tests/linli/teams/test_races.py::test_a[postgresql]", f"{RACES} on postgresql"),
        ("tests/linli/commands/test_matching.py::test_a", DEMO),
    ],
)
def test_a_file_is_shared_by_database_and_stories_stay_together(nodeid: str, unit: str) -> None:
    assert unit_of(nodeid) == unit


def test_stories_are_longer_than_any_file() -> None:
    files = [f"{path} on sqlite" for path in LONG] + ["tests/linli/needs/test_rules.py"]
    assert max(files, key=lambda unit: seconds_of(unit, ["a test"] * 300)) == "tests/journeys on sqlite"
