"""The account one already has: through the certified provider, once to connect, and then straight in."""

import pytest

from tests.journeys.browser import DESK, PHONE, WITHOUT_JAVASCRIPT, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import Walk, choose_language, new_mobile, sign_up

BUTTON = "main a[href^='/sign-in/with/city']"


async def agree_there(walk: Walk, town: Server, name: str) -> None:
    """On the provider's own pages, which are not ours to check; they would like a font from far away."""
    page = walk.page
    await page.route(lambda url: "//127.0.0.1" not in url, lambda route: route.fulfill(body=""))
    await page.locator(BUTTON).click()
    await page.locator("[name='login']").fill(name)
    await page.locator("[name='password']").fill("any")
    await page.locator("button[type='submit']").click()
    await page.locator("input[name='prompt'][value='consent']").wait_for(state="attached")
    await page.locator("button[type='submit']").click()
    await page.wait_for_url(f"{town.url}/**")


@pytest.mark.parametrize("look", [PHONE, Look("en", DESK.width, "dark"), WITHOUT_JAVASCRIPT], ids=str)
async def test_somebody_new_connects_once_and_then_comes_straight_in(
    visit: Visit, town: Server, look: Look
) -> None:
    walk, name = Walk(await visit(look)), new_mobile()
    await choose_language(walk, "/sign-in")
    await agree_there(walk, town, name)
    await walk.arrive()
    assert f"市民{name}" in await walk.text()
    await walk.click("main a[href^='/sign-up']")
    await walk.type("community", "贵州省瓮安县")
    await sign_up(walk, town, mobile=name, name="周小芳")
    await walk.click("main form[action='/me/account/connect'] button.main")
    await walk.open("/me/account")
    assert f"市民{name}" in await walk.text()
    other_device = Walk(await visit(look))
    await other_device.page.goto("/sign-in")
    await agree_there(other_device, town, name)
    await other_device.arrive()
    assert other_device.page.url.endswith("/home")
