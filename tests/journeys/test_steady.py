"""A course for the same person: posted with two ticks, answered with one tap, given back as one."""

import pytest

from tests.journeys.browser import PHONE, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    OFFICER,
    VOLUNTEER,
    Walk,
    choose_language,
    days_from_now,
    described,
    fill,
    organization_of,
    sign_in,
)

ALL_TIMES = {"zh": "全部 2 次", "en": "All 2 times"}
TITLE = {"zh": "手机班：两次课", "en": "Phone class, two lessons"}


@pytest.mark.parametrize("look", [PHONE, Look("en", 1280)], ids=str)
async def test_one_yes_is_a_place_in_every_time_and_one_no_gives_all_back(
    visit: Visit, town: Server, look: Look
) -> None:
    need = await posted(Walk(await visit(look)), town, TITLE[look.language])
    walk = Walk(await visit(look))
    await sign_in(walk, VOLUNTEER, town)
    await choose_language(walk, need)
    assert ALL_TIMES[look.language] in await walk.text()
    await walk.click("main form[action$='/apply'] button")
    await walk.open("/commitments")
    mine = f"main .card:has(a[href='{need}'])"
    assert await walk.page.locator(mine).count() == 2
    await walk.click(f"{mine} form[action$='/withdraw'] button")
    await walk.open("/commitments")
    assert await walk.page.locator(f"{mine}:has(form[action$='/withdraw'])").count() == 0


async def posted(walk: Walk, town: Server, title: str) -> str:
    """The path of the need, which takes place only if its place is filled."""
    await sign_in(walk, OFFICER, town)
    await choose_language(walk, f"{await organization_of(walk)}/needs/new/environment")
    texts = described(title) | {"day-0": days_from_now(40), "places-0": "1"}
    await walk.page.locator("button[name='more_times']").click()
    await walk.page.locator("[name='day-1']").wait_for()
    for row in range(2, await walk.page.locator("[name^='day-']").count()):
        await walk.page.locator(f"[name='day-{row}']").fill("")
    await fill(walk, texts | {"day-1": days_from_now(47), "places-1": "1"})
    await walk.page.locator("[name='joining']").select_option("at_once")
    await walk.tick("same_person")
    await walk.tick("all_or_nothing")
    await walk.click("main form .actions button.main")
    return walk.page.url.partition("/desk")[0].removeprefix(town.url)
