"""Two steps to sign in: the phone is set up, codes are printed, a device is trusted, the phone is lost."""

from datetime import UTC, datetime

import pyotp
import pytest

from linli.accounts import factor
from tests.journeys.browser import DESK, PHONE, WITHOUT_JAVASCRIPT, Look, take_screenshot
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import BUREAU, Walk, choose_language, new_mobile, sign_in, sign_up

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


def appoint_officer(town: Server, mobile: str) -> str:
    """By the operator's command; the path of the new committee."""
    told = town.linli(
        "account", "create", "--organization", "青坪社区居民委员会", "--kind", "residents_committee",
        "--division", "522725001002", "--role", "officer", "--name", "罗明", "--birth-date", "1980-03-01",
        "--mobile", mobile, "--password", PASSWORD,
    )  # fmt: skip
    return f"/organizations/{told.split()[-1].rstrip('.')}"


async def test_an_officer_without_phone_and_paper_is_let_in_again_by_the_bureau(
    visit: Visit, town: Server
) -> None:
    mobile = new_mobile()
    committee = appoint_officer(town, mobile)
    officer = Walk(await visit(PHONE))
    await first_step(officer, mobile)
    await officer.open("/privacy")
    await officer.click(f"a[href='{HERE}']")  # every page leads there until the role counts
    await set_up_phone(officer, "role")
    await officer.open(f"{committee}/desk")

    clerk = Walk(await visit(DESK))
    await sign_in(clerk, BUREAU, town)
    await clerk.open(f"{committee}/readmission")
    await clerk.page.locator("label", has_text="罗明").click()
    await clerk.tick("seen")
    await take_screenshot(clerk.page, "readmission-1280")
    await clerk.click("main form button.danger")
    assert "罗明" in await clerk.text()

    officer.person.expects(401, 403)
    await officer.open(f"{committee}/desk")
    assert await officer.page.locator("form[action='/sign-out']").count() == 0, "signed out everywhere"
    await first_step(officer, mobile)
    assert "/second-step" not in officer.page.url
    await officer.open(f"{committee}/desk")
    assert "两步验证" in await officer.text()
    await take_screenshot(officer.page, "readmission-role-waits")
