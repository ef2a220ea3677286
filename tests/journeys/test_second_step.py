"""Two steps to sign in: the phone is set up, codes are printed, a device is trusted, the phone is lost."""

from datetime import UTC, datetime

import pyotp
import pytest

from linli.accounts import factor
from tests.journeys.browser import DESK, PHONE, WITHOUT_JAVASCRIPT, Look, take_screenshot
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import Walk, choose_language, new_mobile, sign_up

PASSWORD = "a kettle sings before dawn"
HERE = "/me/account/second-step"


async def choose_password(walk: Walk) -> None:
    await walk.open("/me/account/password")
    await walk.type("new_password", PASSWORD)
    await walk.click("main form button.main")


async def first_step(walk: Walk, mobile: str) -> None:
    await walk.open("/sign-in")
    await walk.type("address", mobile)
    await walk.click("button[value='password']")
    await walk.type("password", PASSWORD)
    await walk.click("button[value='password']")


async def sign_out(walk: Walk) -> None:
    await walk.open("/me/account")
    await walk.click("main form[action='/sign-out'] button")


async def set_up_phone(walk: Walk, name: str) -> tuple[pyotp.TOTP, list[str]]:
    """What the phone holds afterwards, and what is on the paper."""
    await walk.open(HERE)
    await walk.type("password", PASSWORD)
    await take_screenshot(walk.page, f"{name}-begin")
    await walk.click("main form button.main")
    secret = await walk.page.locator(".key").inner_text()
    app = pyotp.TOTP(secret.replace(" ", ""))
    await take_screenshot(walk.page, f"{name}-picture")
    await walk.type("code", "12")
    await walk.click("main form button.main")
    assert await walk.page.locator("[name='code'][aria-invalid='true']").count() == 1
    await walk.type("code", app.now())
    await walk.click("main form button.main")
    await take_screenshot(walk.page, f"{name}-codes")
    return app, await walk.page.locator(".recovery-codes li").all_inner_texts()


def code_after(app: pyotp.TOTP) -> str:
    """The next one: none works twice."""
    return app.generate_otp(factor.step_of(datetime.now(UTC)) + 1)


@pytest.mark.parametrize("look", [PHONE, Look("en", 1280, "dark"), WITHOUT_JAVASCRIPT], ids=str)
async def test_the_phone_is_set_up_trusted_lost_and_replaced_by_paper(
    visit: Visit, town: Server, look: Look
) -> None:
    walk = Walk(await visit(look))
    mobile, name = new_mobile(), f"second-step-{look}"
    await walk.open("/sign-up?division=522725001002")
    await sign_up(walk, town, mobile=mobile, name="梁文秀")
    await choose_language(walk)
    await choose_password(walk)
    app, codes = await set_up_phone(walk, name)
    assert len(codes) == 10
    await walk.click(".actions a[href='/me/account']")
    await sign_out(walk)

    await first_step(walk, mobile)
    await take_screenshot(walk.page, f"{name}-asked")
    await walk.tick("trust")
    await walk.type("code", code_after(app))
    await walk.click("main form button.main")
    await walk.open("/me/account")
    assert await walk.page.locator("form[action^='/me/account/devices/']").count() == 1
    await take_screenshot(walk.page, f"{name}-account")
    await sign_out(walk)
    await first_step(walk, mobile)
    assert "/second-step" not in walk.page.url, "the device is trusted"

    elsewhere = Walk(await visit(look))
    await choose_language(elsewhere)
    await first_step(elsewhere, mobile)
    await elsewhere.type("code", codes[0])
    await elsewhere.click("main form button.main")
    assert "9" in await elsewhere.text()
    await take_screenshot(elsewhere.page, f"{name}-after-recovery")


async def test_who_holds_a_role_is_asked_and_the_demo_tells_its_people_the_code(
    visit: Visit, town: Server
) -> None:
    walk = Walk(await visit(DESK))
    await walk.open("/sign-in")
    await walk.type("address", "auditor@example.org")
    await walk.click("button[value='password']")
    await walk.type("password", "lantern bridge morning tea")
    await walk.click("button[value='password']")
    assert "示例" in await walk.text()
    assert await walk.page.locator("form[action='/sign-out']").count() == 0
