"""`linli train` in a terminal."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from linli.core import clock
from linli.core.config import Settings
from linli.core.db import Database
from linli.suggestions.models import MatcherVersion
from tests.factories import make_account
from tests.linli.suggestions.answering import make_answering_town
from tests.terminal import rows, run


@pytest.fixture
async def answered_url(own_settings: Settings, own_database: Database) -> str:
    async with own_database.transaction() as session:
        await make_answering_town(session, clock.now())
        await make_account(session, email="wang.min@example.org")
    return own_settings.database_url


def test_the_help_says_what_it_does(own_settings: Settings) -> None:
    result = run(own_settings.database_url, "train", "--help")
    assert result.exit_code == 0
    for word in ("--dry-run", "--by", "Holds back", "20,000", "noise", "docs/operating.md"):
        assert word in result.stdout


def test_without_answers_nothing_changes_and_a_sentence_says_why(own_settings: Settings) -> None:
    result = run(own_settings.database_url, "train")
    assert result.exit_code == 0, result.output
    first, second = result.stdout.splitlines()
    assert first == "There are only 0 answers to questions so far, and learning needs 25."
    assert second.startswith("similarity-2-")
    assert second.endswith("goes on serving.")
    assert "至少要有 25 次" in run(own_settings.database_url, "--language", "zh", "train").stdout


def test_a_dry_run_prints_the_figures_and_keeps_nothing(answered_url: str) -> None:
    result = run(answered_url, "train", "--dry-run")
    assert result.exit_code == 0, result.output
    measures = ("log loss", "Brier score", "NDCG@10", "calibration error", "put right day by day")
    for words in ("learnt from 300 answers", *measures, "nothing was kept"):
        assert words in result.stdout
    assert rows(answered_url, select(func.count()).select_from(MatcherVersion)) == [0]


def test_a_version_is_kept_with_who_answers_for_it(answered_url: str) -> None:
    result = run(answered_url, "train", "--by", "wang.min@example.org")
    assert result.exit_code == 0, result.output
    assert "serves from now on" in result.stdout
    [version] = rows(answered_url, select(MatcherVersion))
    assert version.serves
    assert version.made_by_id is not None
    assert clock.now() - version.made_at < timedelta(minutes=5)
    again = run(answered_url, "train")
    assert "0 needs with 0 answers are new" in again.stdout
    assert f"+{version.name} goes on serving." in again.stdout


def test_an_unknown_account_is_refused_before_anything_is_learnt(answered_url: str) -> None:
    result = run(answered_url, "train", "--by", "nobody@example.org")
    assert result.exit_code == 1
    assert "There is no account" in result.output
    assert rows(answered_url, select(func.count()).select_from(MatcherVersion)) == [0]
