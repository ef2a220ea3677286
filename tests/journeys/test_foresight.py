"""A need is moved to a better time while the form is filled, and posts with it."""

from datetime import date, timedelta

import pytest

from tests.journeys.browser import DESK, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    OFFICER,
    Walk,
    choose_language,
    days_from_now,
    described,
    fill,
    organization_of,
    sign_in,
)

TIMES = "#foresight button[value^='time:']"


def a_working_day() -> str:
    """When most people have no time."""
    day = date.fromisoformat(days_from_now(3))
    return next(each for n in range(7) if (each := day + timedelta(days=n)).weekday() == 2).isoformat()


@pytest.mark.parametrize("look", [DESK, Look("en", 390, "dark")], ids=str)
async def test_a_need_is_moved_to_a_better_time_and_posts(visit: Visit, town: Server, look: Look) -> None:
    walk = Walk(await visit(look))
    await sign_in(walk, OFFICER, town)
    await choose_language(walk)
    page = walk.page
    await page.goto(f"{await organization_of(walk)}/needs/new/environment")
    typed = described(f"河边大扫除（{look}）")
    worse = {"day-0": a_working_day(), "from-0": "09:00", "to-0": "11:00", "places-0": "60"}
    for row in range(1, await page.locator("[name^='day-']").count()):
        await page.locator(f"[name='day-{row}']").fill("")
    await fill(walk, typed | worse)
    await page.locator("[name='places-0']").blur()
    await page.locator(TIMES).wait_for()
    await walk.arrive()

    _, day, starts, ends = str(await page.locator(TIMES).get_attribute("value")).split("/")
    await page.locator(TIMES).click()
    await page.wait_for_function(
        "([day, starts]) => document.querySelector('[name=\"day-0\"]').value === day"
        " && document.querySelector('[name=\"from-0\"]').value === starts",
        arg=[day, starts],
    )
    assert (day, starts) != (worse["day-0"], worse["from-0"])
    assert await page.locator("[name='title']").input_value() == typed["title"]
    await walk.click("main form .actions button.main")
    need = page.url.removesuffix("/desk")
    await walk.open(f"{need}/edit")
    names = ("day-0", "from-0", "to-0", "places-0")
    kept = [await page.locator(f"[name='{name}']").input_value() for name in names]
    assert kept == [day, starts, ends, "60"]

    await walk.open(f"{need}/desk")
    first = page.locator(".person").first
    await first.locator("details > summary").click()
    link = first.locator("a[href*='/desk/change']")
    told = str(await link.get_attribute("href"))
    await link.click()
    await link.wait_for(state="detached")
    within = (await first.locator("details").inner_text()).strip()
    await walk.open(told)
    answer = (await page.locator("main section.panel").inner_text()).strip()
    assert answer
    assert answer.split("\n")[0] in within
