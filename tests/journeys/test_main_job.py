"""The main job, as people live it: a need is posted, the right people are asked, one comes."""

from typing import Final

import pytest
from playwright.async_api import Browser

from tests.journeys.browser import DESK, PHONE, WITHOUT_JAVASCRIPT, Look, new_person
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    OFFICER,
    Walk,
    new_mobile,
    organization_of,
    post_a_need,
    sign_in,
    sign_in_with_code,
    sign_up,
)

MOST_PAGES, MOST_CLICKS, MOST_TYPED = 4, 6, 5
ADDRESS: Final = "河滨路 8 号门口"
PROPOSAL: Final = ".panel-proposal .people"


@pytest.fixture(scope="session")
async def posted(browser: Browser, town: Server) -> str:
    """The path of a need with places that are taken at once."""
    officer = Walk(await new_person(browser, DESK, town, meets_axe=town.is_sqlite))
    await sign_in(officer, OFFICER, town)
    need = await post_a_need(officer, title="河边清洁", places=9)
    await officer.person.context.close()
    return need


@pytest.mark.parametrize("look", [PHONE, Look("en", 390, "dark"), WITHOUT_JAVASCRIPT], ids=str)
async def test_a_passer_by_signs_up_and_holds_a_place(
    visit: Visit, town: Server, posted: str, look: Look
) -> None:
    walk = Walk(await visit(look))
    await walk.open(posted)  # scanned from the notice board
    assert ADDRESS not in await walk.text()
    await walk.click("a[href^='/sign-up?next=']")
    await sign_up(walk, town, mobile=new_mobile(), name="周小芳")
    assert walk.page.url.endswith(posted)
    await walk.click("form[action$='/apply'] button")
    assert ADDRESS in await walk.text()
    # The own place, where the story ends, is not a page on the way to it.
    assert len(walk.effort.pages) - 1 <= MOST_PAGES, walk.effort
    assert walk.effort.clicks <= MOST_CLICKS, walk.effort
    assert walk.effort.typed <= MOST_TYPED, walk.effort


@pytest.mark.parametrize("look", [DESK, PHONE, WITHOUT_JAVASCRIPT], ids=str)
async def test_an_officer_asks_with_one_button_and_a_volunteer_says_yes_then_no(
    visit: Visit, town: Server, look: Look
) -> None:
    officer = Walk(await visit(look))
    await sign_in(officer, OFFICER, town)
    title = f"河边植树 {look}"
    need = await post_a_need(officer, title=title)
    await wait_for_the_proposal(officer)
    await read_the_proposal(officer)
    await officer.click("form[action$='/ask'] button.main")
    assert "已邀请" in await officer.text()

    volunteer = Walk(await visit(PHONE if look.javascript else WITHOUT_JAVASCRIPT))
    await sign_in_with_code(volunteer, town.asked_for(need), town)
    await volunteer.open(need)
    await volunteer.click("form[action$='/accept'] button")
    assert ADDRESS in await volunteer.text()
    assert "还剩 1 个" in await on_the_board(officer, title)
    await officer.open(f"{need}/desk")
    assert "已确认" in await officer.text()

    await volunteer.click("form[action$='/withdraw'] button")
    await volunteer.open(need)
    assert ADDRESS not in await volunteer.text()
    assert "还剩 2 个" in await on_the_board(officer, title)


async def wait_for_the_proposal(walk: Walk) -> None:
    """The page asks again by itself; without scripts a person does."""
    proposal = walk.page.locator(PROPOSAL)
    if walk.person.look.javascript:
        await proposal.wait_for(timeout=30_000)
        await walk.arrive()
    for _ in range(60):
        if await proposal.count():
            return
        await walk.page.wait_for_timeout(500)
        await walk.follow(walk.page.locator("#people a", has_text="再看一次"))
    raise AssertionError(await walk.text())


async def read_the_proposal(walk: Walk) -> None:
    """Everybody in it is ticked, has a reason, and their order can be opened."""
    people = walk.page.locator(f"{PROPOSAL} > li")
    number = await people.count()
    assert f"邀请这 {number} 人" in await walk.text()
    assert await people.locator("input[name='person']:checked").count() == number
    for each in await people.all():
        assert await each.locator(".chip-reason").count(), await each.inner_text()
    await people.first.locator("summary").click()
    assert "合适程度" in await people.first.inner_text()


async def on_the_board(walk: Walk, title: str) -> str:
    await walk.open(f"{await organization_of(walk)}/desk")
    return await walk.page.locator("main :is(article, .rows > li)", has_text=title).inner_text()
