import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from linli.core.i18n import LANGUAGES
from linli.needs.models import Need
from tests.terminal import rows, run

NEW_YORK = (
    "opportunity_id,vol_requests,title,summary,is_priority,category_desc,locality,start_date_date,"
    "end_date_date,Latitude,Longitude\n"
    "9001,5,Weed the school garden,Bring gloves.,,Environment,,January 22 2011,January 22 2011,40.75,-73.95\n"
    "9002,5,Read aloud,In the afternoon.,,,,January 22 2011,May 1 2011,,\n"
)


@pytest.mark.usefixtures("built_demo")
def test_a_match_comes_with_reasons_that_add_up(demo_url: str) -> None:
    result = run(demo_url, "match", "--format", "json", "--top", "3", "--limit", "8")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert len({each["need"] for each in found}) == 8
    people = [person for each in found for person in each["people"]]
    assert people
    for person in people:
        assert sum(person["contributions"].values()) == pytest.approx(person["score"], abs=0.001)
    assert any(person["reasons"] for person in people)
    for each in found:
        assert each["fitting"] + sum(each["excluded"].values()) == each["pool"]
        assert len(each["people"]) == min(3, each["fitting"])


@pytest.mark.usefixtures("built_demo")
def test_one_need_is_matched_as_a_table_in_either_language(demo_url: str) -> None:
    (need,) = rows(
        demo_url, select(Need).where(Need.state == "open").order_by(Need.posted_at.desc()).limit(1)
    )
    said = {
        language: run(demo_url, "--language", language, "match", "--need", str(need.id))
        for language in LANGUAGES
    }
    assert all(result.exit_code == 0 and need.title in result.output for result in said.values())
    assert said["zh"].output != said["en"].output


@pytest.mark.usefixtures("built_demo")
def test_a_need_without_place_or_time_is_matched_and_says_what_was_not_checked(
    demo_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "messages.csv"
    file.write_text("id,text\n77,老人独居在家 希望有人周末来陪着聊聊天，读读报纸。\n", "utf-8")
    run(demo_url, "import", "needs", str(file), "--mapping", "zh_citizen_messages")
    (found,) = json.loads(
        run(demo_url, "match", "--source", "zh_citizen_messages", "--format", "json").stdout
    )
    assert (found["key"], found["field"], len(found["people"])) == ("77", None, 10)
    assert found["not_applied"] == ["within_reach", "free_then", "not_booked", "under_weekly_cap"]
    assert found["lacks"] == ["shift", "location", "category", "places"]
    table = run(demo_url, "match", "--source", "zh_citizen_messages").output
    assert "not checked: within reach, free then, not promised elsewhere, not too much in one week" in table
    assert (
        "the file lacks: a day and hours to come, where it is, the field of service, how many people" in table
    )


@pytest.mark.usefixtures("built_demo")
def test_matches_as_csv_hold_no_formula_and_one_line_a_person(demo_url: str, tmp_path: Path) -> None:
    file = tmp_path / "formula.csv"
    file.write_text("number,title,description\nf1,=1+1,Chess and chatting\n", "utf-8")
    run(demo_url, "import", "needs", str(file), "--mapping", "linli_needs")
    result = run(demo_url, "match", "--source", "linli_needs", "--format", "csv", "--top", "4")
    lines = list(csv.DictReader(io.StringIO(result.stdout, newline="")))
    assert [line["rank"] for line in lines] == ["1", "2", "3", "4"]
    assert {(line["key"], line["title"]) for line in lines} == {("f1", "'=1+1")}


@pytest.mark.parametrize(
    "arguments", [["--need", "00000000-0000-7000-8000-000000000000"], ["--source", "linli_needs"]]
)
def test_nothing_to_match_is_said(tmp_path: Path, arguments: list[str]) -> None:
    own = f"sqlite:///{tmp_path / 'linli.sqlite'}"
    run(own, "migrate")
    result = run(own, "match", *arguments)
    assert (result.exit_code, result.stderr) == (1, "Error: There is no need to match.\n")


def test_requests_from_new_york_find_the_sample_people_there(tmp_path: Path) -> None:
    own = f"sqlite:///{tmp_path / 'linli.sqlite'}"
    assert "Added 60 sample volunteers" in run(own, "demo", "--place", "new-york", "--people", "60").output
    file = tmp_path / "requests.csv"
    file.write_text(NEW_YORK, "utf-8")
    imported = run(own, "import", "needs", str(file), "--mapping", "nyc_opportunities", "--shift-dates")
    assert imported.exit_code == 0, imported.output
    placed, nowhere = json.loads(
        run(own, "match", "--source", "nyc_opportunities", "--format", "json").stdout
    )
    assert (placed["key"], placed["not_applied"]) == ("9001", [])
    assert placed["starts_at"].endswith("T09:00:00+08:00")
    assert placed["people"][0]["nearness"]
    assert nowhere["not_applied"] == ["within_reach", "free_then", "not_booked", "under_weekly_cap"]
    assert nowhere["fitting"] > placed["fitting"]
