"""A team found by its QR code and joined by a student; a roster that goes out as a file and comes back."""

import csv
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import FilePayload

from tests.journeys.browser import DESK, PHONE, WITHOUT_JAVASCRIPT, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    OFFICER,
    VOLUNTEER,
    Walk,
    choose_language,
    new_mobile,
    organization_of,
    sign_in,
    sign_up,
)

STUDENT_BORN: Final = "2006-09-01"
MOST_PAGES: Final = 5


@pytest.mark.parametrize("look", [PHONE, Look("en", 390, "dark"), WITHOUT_JAVASCRIPT], ids=str)
async def test_a_student_scans_the_code_of_a_team_and_belongs_to_it(
    visit: Visit, town: Server, look: Look
) -> None:
    leader = Walk(await visit(DESK))
    await sign_in(leader, VOLUNTEER, town)
    await leader.open("/me/teams")
    await leader.click("main .card-title a")
    team = leader.page.url
    await leader.open(f"{team}/invite")
    address = await leader.page.locator(".qr .number").inner_text()

    student = Walk(await visit(look))
    await student.open("/join/" + address.rpartition("/")[2])
    await student.click("main a[href^='/sign-up?']")
    await sign_up(student, town, mobile=new_mobile(), name="林小川", birth=STUDENT_BORN)
    assert student.page.url.endswith(address.rpartition("/join")[2])
    await student.click("main form[action^='/join/'] button")
    assert student.page.url == team
    assert len(student.effort.pages) <= MOST_PAGES, student.effort

    await leader.open(f"{team}/roster")
    assert "林小川" in await leader.text()
    # On the team's own page no member is named.
    assert "林小川" not in await student.text()


@pytest.mark.parametrize("look", [DESK, Look("en", 390)], ids=str)
async def test_a_roster_goes_out_and_comes_back(
    visit: Visit, town: Server, look: Look, tmp_path: Path
) -> None:
    walk = Walk(await visit(look))
    await sign_in(walk, OFFICER, town)
    await choose_language(walk)
    people = f"{await organization_of(walk)}/people"
    await walk.open(people)
    await walk.page.locator("main details summary").first.click()
    async with walk.page.expect_download() as download:
        await walk.page.locator("a[href$='/roster.csv']").click()
    kept = tmp_path / "roster.csv"
    await (await download.value).save_as(kept)

    rows = kept.read_text("utf-8-sig")
    place = next(cell for row in csv.reader(rows.splitlines()[1:]) for cell in [row[4]] if cell)
    name = f"石阿婆{look.language}"
    changed = f"{rows},{name},,1950-05-01,{place},,\r\n,,,1950,,,\r\n"
    file: FilePayload = {"name": "roster.csv", "mimeType": "text/csv", "buffer": changed.encode("gb18030")}
    await walk.page.locator("[name='file']").set_input_files(file)
    await walk.click("main form[enctype] button")
    await walk.click("main .filters a[href$='show=new']")
    assert name in await walk.text()
    await walk.tick("agree")
    await walk.click("main form[action$='/apply'] button.main")
    await walk.click("main form[action$='/undo'] button")
    await walk.open(f"{people}?called={name}")
    assert name not in await walk.text()
