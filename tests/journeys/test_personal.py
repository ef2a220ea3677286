"""What one is shown is one's own affair: why, why not, and the switch that ends it."""

import re

import pytest

from tests.journeys.browser import PHONE, WITHOUT_JAVASCRIPT, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import VOLUNTEER, Walk, choose_language, sign_in

FITTING = "section[aria-labelledby='for-you']"


@pytest.mark.parametrize("look", [PHONE, Look("en", 1280), WITHOUT_JAVASCRIPT], ids=str)
async def test_a_suggestion_is_explained_and_personal_suggestions_are_switched_off(
    visit: Visit, town: Server, look: Look
) -> None:
    walk = Walk(await visit(look))
    await sign_in(walk, VOLUNTEER, town)
    await choose_language(walk, "/home")
    await walk.click(f"{FITTING} .why a")
    await expect_the_points_to_add_up(walk)
    await walk.click("main .actions a[href='/me/suggestions']")
    await walk.click("form[action='/me/suggestions'] button")
    assert await walk.page.locator("form[action='/me/suggestions'] input[value='yes']").count() == 1
    await walk.open("/home")
    assert await walk.page.locator(f"{FITTING} .why").count() == 0
    assert await walk.page.locator("button[name='order'][value='personal']").count() == 1
    await walk.open("/me/suggestions")
    await walk.click("form[action='/me/suggestions'] button.main")
    await walk.open("/home")
    assert await walk.page.locator(f"{FITTING} .why").count() > 0


async def test_a_time_one_was_asked_for_or_has_promised_says_so(visit: Visit, town: Server) -> None:
    walk = Walk(await visit(Look("en", 390)))
    await sign_in(walk, VOLUNTEER, town)
    await choose_language(walk, "/commitments")
    need = await walk.page.locator("main a[href^='/needs/']").first.get_attribute("href")
    await walk.open(f"{need}/why")
    said = await walk.text()
    assert "You are coming already" in said or "You were asked already" in said
    await expect_the_points_to_add_up(walk)


async def expect_the_points_to_add_up(walk: Walk) -> None:
    said = await walk.page.locator(".bars .number").all_inner_texts()
    *parts, whole = [int(re.findall(r"-?\d+", each)[0]) for each in said]
    assert sum(parts) == whole > 0
