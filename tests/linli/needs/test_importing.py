"""Small files of our own, in the shapes of the real ones."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from linli.core.audit import AuditEntry
from linli.core.errors import Invalid, NotFound
from linli.core.spreadsheets import read_sheet
from linli.needs.actions import lacking
from linli.needs.imports.actions import Imported, import_needs, keys_there
from linli.needs.imports.mappings import mapping_named, mappings
from linli.needs.imports.rows import MOST_ROWS, Reading, read_needs
from linli.needs.imports.rules import LACK_NAMES, Lack, moved_ahead
from linli.needs.models import Need
from linli.needs.rules import NeedState, Priority, Setting
from tests.conftest import NOW, Visitor
from tests.factories import make_member, make_organization

ZONE = ZoneInfo("Asia/Shanghai")
NEW_YORK_HEADER = (
    "opportunity_id,vol_requests,title,summary,is_priority,category_desc,locality,start_date_date,"
    "end_date_date,Latitude,Longitude\n"
)
PLAIN_HEADER = "编号,标题,说明,服务领域,名额,日期,开始,结束,区划代码,技能\n"


def new_york_row(**cells: str) -> str:
    row = {
        "opportunity_id": "9001",
        "vol_requests": "5",
        "title": "Weed the school garden",
        "summary": "Bring gloves.",
        "is_priority": "",
        "category_desc": "Environment",
        "locality": "",
        "start_date_date": "January 22 2011",
        "end_date_date": "January 22 2011",
        "Latitude": "40.7",
        "Longitude": "-73.9",
    } | cells
    return ",".join(f'"{cell}"' for cell in row.values()) + "\n"


def read_new_york(*rows: str, move_old_days: bool = False) -> Reading:
    sheet = read_sheet((NEW_YORK_HEADER + "".join(rows)).encode())
    return read_needs(
        sheet, mapping_named("nyc_opportunities"), zone=ZONE, now=NOW, move_old_days=move_old_days
    )


def read_plain(*rows: str, header: str = PLAIN_HEADER) -> Reading:
    return read_needs(
        read_sheet((header + "".join(rows)).encode()), mapping_named("linli_needs"), zone=ZONE, now=NOW
    )


def said(reading: Reading, language: str = "en") -> list[tuple[int, str, str]]:
    return [
        (refused.row.number, column, sentence.in_language(language))
        for refused in reading.refused
        for column, sentence in refused.errors.items()
    ]


def test_every_mapping_shipped_names_what_exists() -> None:
    assert set(mappings()) == {"linli_needs", "nyc_opportunities", "zh_citizen_messages"}


def test_an_unknown_mapping_is_answered_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="No mapping is called") as refusal:
        mapping_named("nowhere")
    assert "linli_needs, nyc_opportunities" in refusal.value.sentence.in_language("en")


def test_a_foreign_row_becomes_a_need_that_says_what_it_lacks() -> None:
    (need,) = read_new_york(new_york_row(is_priority="y")).needs
    assert (need.field_id, need.setting, need.priority) == (
        "community_services",
        Setting.outdoors,
        Priority.soon,
    )
    assert need.skills == ("gardening", "litter_picking", "environment_education")
    assert (need.where.latitude, need.where.longitude, need.where.division) == (40.7, -73.9, None)
    # The day is long past and was not to be moved, so there is no shift; the day itself is not lost.
    assert need.times is None
    assert need.lacks == (Lack.shift,)
    assert need.source == {
        "mapping": "nyc_opportunities",
        "row": 2,
        "places": 5,
        "category": "Environment",
        "point": "Latitude",
        "first_day": "2011-01-22",
        "last_day": "2011-01-22",
        "lacks": ["shift"],
    }


def test_old_days_are_moved_ahead_on_the_same_weekday_and_assumed_hours_are_named() -> None:
    (need,) = read_new_york(new_york_row(), move_old_days=True).needs
    assert need.times is not None
    start, end = need.times.starts_at, need.times.ends_at
    assert start > NOW
    assert (start.weekday(), start.hour, end.hour, start.date()) == (5, 9, 17, end.date())
    assert need.lacks == (Lack.hours,)
    assert need.source["stated_from"] == "2011-01-22"


@pytest.mark.parametrize("day", [date(2011, 1, 22), date(2012, 2, 29), date(1, 1, 1), date(2026, 11, 23)])
def test_a_moved_day_lies_in_the_coming_four_weeks(day: date) -> None:
    today = date(2026, 11, 23)
    moved = moved_ahead(day, today)
    assert moved.weekday() == day.weekday()
    assert 1 <= (moved - today).days <= 28


def test_a_period_gets_no_invented_time() -> None:
    (need,) = read_new_york(new_york_row(end_date_date="May 1 2011"), move_old_days=True).needs
    assert need.times is None
    assert Lack.shift in need.lacks


@pytest.mark.parametrize(
    ("latitude", "locality", "point", "lacks"),
    [
        ("40.7", "{'latitude': '1.5', 'longitude': '2.5', 'human_address': ''}", "Latitude", False),
        ("", "{'latitude': '40.5', 'longitude': '-73.5', 'human_address': ''}", "locality", False),
        ("", "{'human_address': 'somewhere'}", None, True),
        ("", "{'latitude': '400', 'longitude': '-73.5'}", None, True),
        ("", "", None, True),
    ],
)
def test_a_point_is_taken_from_where_the_file_has_one(
    latitude: str, locality: str, point: str | None, lacks: bool
) -> None:
    longitude = "-73.9" if latitude else ""
    row = new_york_row(Latitude=latitude, Longitude=longitude, locality=locality)
    (need,) = read_new_york(row).needs
    assert need.where.point_from == point
    assert (Lack.location in need.lacks) == lacks


def test_children_are_protected_by_the_papers_their_field_requires() -> None:
    (need,) = read_new_york(new_york_row(category_desc="Education")).needs
    assert (need.field_id, need.credentials) == ("children", ("background_check", "child_safeguarding"))


@pytest.mark.parametrize("category", ["", "Something nobody mapped"])
def test_an_unknown_category_is_lacking_and_no_reason_to_refuse(category: str) -> None:
    (need,) = read_new_york(new_york_row(category_desc=category)).needs
    assert need.field_id is None
    assert Lack.category in need.lacks


def test_of_a_long_title_nothing_is_lost() -> None:
    title = (
        "Calling all neighbours to the yearly planting of two hundred trees along the river and the railway"
    )
    (need,) = read_new_york(new_york_row(title=title)).needs
    assert need.title == "Calling all neighbours to the yearly planting of two hundred trees along the…"
    assert need.description == f"{title}\nBring gloves."


def test_a_message_without_columns_is_called_by_its_first_clause() -> None:
    sheet = read_sheet("id,text\n31,楼道灯坏了很久 晚上老人下楼看不清，希望有人来修。\n".encode("gb18030"))
    (need,) = read_needs(sheet, mapping_named("zh_citizen_messages"), zone=ZONE, now=NOW).needs
    assert (need.title, need.language) == ("楼道灯坏了很久", "zh")
    assert need.description.endswith("希望有人来修。")
    assert need.lacks == (Lack.shift, Lack.location, Lack.category, Lack.places)


def test_our_own_sheet_is_taken_over_whole() -> None:
    skills = "教用智能手机、online_services"
    row = f"A1,教老人用手机,周六上午,社区服务,4,2026年11月28日,9:00,11:00,520302002001,{skills}\n"
    reading = read_plain(row)
    assert said(reading) == []
    (need,) = reading.needs
    assert need.times is not None
    assert need.times.starts_at.astimezone(UTC) == datetime(2026, 11, 28, 1, tzinfo=UTC)
    assert (need.times.places, need.where.division) == (4, "520302002001")
    assert (need.field_id, need.skills, need.lacks) == (
        "community_services",
        ("smartphone_teaching", "online_services"),
        (),
    )


def test_the_headings_of_our_own_sheet_may_be_english() -> None:
    reading = read_plain("7,Sweep leaves,In the park\n", header="number,title,description\n")
    assert [need.key for need in reading.needs] == ["7"]


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("A1,,说明\n", "标题", "Please fill this in."),
        (",标题,说明\n", "编号", "Please fill this in."),
        ("A1,标题,说明,,0\n", "名额", "Please give a whole number from 1 to 500."),
        ("A1,标题,说明,,10000\n", "名额", "Please give a whole number from 1 to 500."),
        ("A1,标题,说明,,1,32 of May\n", "日期", "Please give a day like 2026-11-24."),
        (
            "A1,标题,说明,,1,2028-01-01,09:00,10:00\n",
            "日期",
            "Please choose a day within the next twelve months.",
        ),
        ("A1,标题,说明,,1,2026-11-28,09:00,08:00\n", "结束", "The end must be after the start."),
        ("A1,标题,说明,,1,2026-11-28,09:00,\n", "结束", "Please give both hours, or none."),
        ("A1,标题,说明,,1,,,,999999999999\n", "区划代码", "No place has the division code 999999999999."),
        ("A1,标题,说明,,1,,,,,飞檐走壁\n", "技能", "No skill is called “飞檐走壁”."),
        ("A1,标题,说明,,1,,,,,,more\n", "", "This row has 11 cells, the headings are 10."),
        (f"A1,标题,{'长' * 4001}\n", "说明", "Please use at most 4000 characters; this has 4001."),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_a_sentence(row: str, column: str, sentence: str) -> None:
    reading = read_plain("B2,好的一行,说明\n", row)
    assert said(reading) == [(3, column, sentence)]
    assert [need.key for need in reading.needs] == ["B2"]
    ((_, _, in_chinese),) = said(reading, "zh")
    assert in_chinese != sentence


def test_days_at_the_edge_of_the_calendar_are_read_without_harm() -> None:
    row = new_york_row(start_date_date="January 01 0001", end_date_date="December 31 9999")
    assert len(read_new_york(row, move_old_days=True).needs) == 1
    assert len(read_new_york(row).needs) == 1


def test_the_same_number_twice_is_refused_the_second_time() -> None:
    reading = read_plain("A1,一,说明\n", "A1,二,说明\n")
    assert said(reading) == [(3, "编号", "“A1” stands in row 2 already.")]


def test_hidden_characters_never_reach_a_need() -> None:
    (need,) = read_plain("A1,清\u200b理\x00河\u202e边,说明\x07\u2066\n").needs
    assert (need.title, need.description) == ("清理河边", "说明")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("编号,说明\nA1,x\n", "The file has no column title."),
        ("标题\nA1\n", "The file lacks these columns: number, description."),
        ("编号,标题,说明\n", "There are no rows below the headings."),
        (
            "编号,标题,说明\n" + "A,B,C\n" * (MOST_ROWS + 1),
            "The file has 5001 rows; at most 5000 are taken at once. Please divide it.",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_sentence(file: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_needs(read_sheet(file.encode()), mapping_named("linli_needs"), zone=ZONE, now=NOW)
    assert refusal.value.sentence.in_language("en") == sentence
    assert refusal.value.sentence.in_language("zh") != sentence


def test_what_is_lacking_is_said_in_both_languages() -> None:
    for name in LACK_NAMES.values():
        assert name.in_language("zh") != name.in_language("en")


async def test_imported_needs_are_drafts_that_cannot_be_posted_yet(session: AsyncSession) -> None:
    mapping = mapping_named("nyc_opportunities")
    reading = read_new_york(new_york_row(), new_york_row(opportunity_id="9002"), move_old_days=True)
    dealt_with: list[int] = []
    result = await import_needs(
        session, mapping=mapping, needs=reading.needs, account_id=None, now=NOW, told=dealt_with.append
    )
    assert (result, sum(dealt_with)) == (Imported(added=2, there_already=0), 2)
    needs = (
        await session.scalars(select(Need).options(selectinload(Need.shifts)).order_by(Need.source_key))
    ).all()
    assert [need.source_key for need in needs] == ["nyc_opportunities:9001", "nyc_opportunities:9002"]
    assert {need.state for need in needs} == {NeedState.draft}
    assert (needs[0].organization_id, needs[0].division, needs[0].shifts[0].places) == (None, None, 5)
    assert [part.text for part in lacking(needs[0], NOW)] == [
        "who asks",
        "the risks",
        "the community",
        "the exact place",
        "a contact",
    ]
    assert (await session.scalars(select(AuditEntry.action))).all() == ["import_need", "import_need"]


async def test_a_second_import_adds_what_is_new_and_changes_nothing(session: AsyncSession) -> None:
    mapping = mapping_named("nyc_opportunities")
    first = read_new_york(new_york_row()).needs
    await import_needs(session, mapping=mapping, needs=first, account_id=None, now=NOW)
    again = read_new_york(new_york_row(title="Changed"), new_york_row(opportunity_id="9002")).needs
    assert await keys_there(session, mapping=mapping, needs=again) == {"nyc_opportunities:9001"}
    result = await import_needs(session, mapping=mapping, needs=again, account_id=None, now=NOW)
    assert result == Imported(added=1, there_already=1)
    titles = select(Need.title).where(Need.source_key == "nyc_opportunities:9001")
    assert (await session.scalars(titles)).all() == ["Weed the school garden"]


async def test_officers_find_their_imported_needs_as_drafts_complete_them_and_post(
    session: AsyncSession, visitor: Visitor
) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    reading = read_plain("1,清理河边,带手套来,,,,,,,\n")
    await import_needs(
        session,
        mapping=mapping_named("linli_needs"),
        needs=reading.needs,
        organization=committee,
        account_id=None,
        now=NOW,
    )
    await session.commit()
    need = (await session.scalars(select(Need))).one()
    await visitor.sign_in(officer)
    assert "清理河边" in (await visitor.get(f"/organizations/{committee.id}/desk?show=drafts")).text
    desk = (await visitor.get(f"/needs/{need.id}/desk")).text
    assert "表格，表中没有说明：需要几个人" in desk
    assert "服务领域" in desk
    assert (await visitor.submit(f"/needs/{need.id}/publish")).status_code == 422
    assert (await visitor.get(f"/needs/{need.id}/edit")).status_code == 200
    form = {
        "version": "1",
        "language": "zh",
        "title": "清理河边",
        "description": "带手套来",
        "risks": "路滑",
        "field_id": "community_services",
        "priority": "normal",
        "joining": "asked",
        "setting": "outdoors",
        "minimum_age_years": "18",
        "division": committee.division,
        "address": "河滨路 8 号",
        "contact_name": "李主任",
        "contact_phone": "0851-1234",
        "day-0": "2026-11-28",
        "from-0": "09:00",
        "to-0": "11:00",
        "places-0": "8",
    }
    saved = await visitor.submit(f"/needs/{need.id}/edit", form)
    assert saved.status_code == 303, saved.text
    assert "表中没有说明" not in (await visitor.get(f"/needs/{need.id}/desk")).text
    assert (await visitor.submit(f"/needs/{need.id}/publish")).status_code == 303
    await session.refresh(need)
    assert need.state is NeedState.open
