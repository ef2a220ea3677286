"""A charity finds its way in: registered with its papers, sent back once, corrected, verified, publishing."""

import io
from typing import Final

import pytest
from PIL import Image

from linli.organizations.credit_codes import complete_credit_code
from tests.journeys.browser import DESK, PHONE, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    BUREAU,
    Walk,
    choose_language,
    fill,
    new_mobile,
    organization_of,
    post_a_need,
    sign_in,
    sign_up,
)
from tests.journeys.test_second_step import choose_password, set_up_phone

REASON: Final = "证书照片看不清，请重拍。"


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (800, 600), "white").save(made, "PNG")
    return made.getvalue()


async def send_paper(walk: Walk) -> None:
    paper = {"name": "证书.png", "mimeType": "image/png", "buffer": photo()}
    await walk.page.locator("[name='file']").set_input_files(paper)  # type: ignore[arg-type]
    await walk.click("#papers form[enctype] button[type='submit']")


@pytest.mark.parametrize(
    ("look", "number"), [(PHONE, "JOURNEY1"), (Look("en", 1280, "dark"), "JURNEY22")], ids=str
)
async def test_a_charity_registers_is_returned_once_and_publishes(
    visit: Visit, town: Server, look: Look, number: str
) -> None:
    charity = Walk(await visit(look))
    await choose_language(charity)
    await charity.open("/organizations/new")
    await charity.click("main a.main[href^='/sign-up']")
    await charity.page.locator("[name='community']").fill("瓮安县")
    await sign_up(charity, town, mobile=new_mobile(), name="何志远")
    await choose_password(charity)
    await set_up_phone(charity, f"charity-{look}")

    name = f"瓮安县新苗慈善会{look.language}{look.width}"
    await charity.open("/organizations/new")
    await charity.page.locator("[name='nature']").select_option("charity")
    typed = {
        "name": name,
        "credit_code": complete_credit_code("53522725", number.replace("O", "0").replace("I", "1")),
        "about": "陪伴留守儿童。",
        "address": "花竹路 3 号",
        "phone": "0854-2620000",
        "contact_name-0": "何志远",
        "contact_phone-0": "13900001111",
    }
    await fill(charity, typed)
    await charity.page.locator("[name='community']").fill("瓮安县")
    await charity.page.locator("[name='fields'][value='children']").check()
    await charity.click("main form .actions button.main")
    await charity.arrive()
    await send_paper(charity)
    await charity.click("form[action$='/registration/submit'] button")
    await charity.arrive()

    clerk = Walk(await visit(DESK))
    await sign_in(clerk, BUREAU, town)
    register = f"{await organization_of(clerk)}/register"
    await clerk.open(register)
    await clerk.follow(clerk.page.locator(".card-title a", has_text=name))
    await clerk.arrive()
    await clerk.page.locator("details:has(form[action$='/return']) summary").click()
    await clerk.page.locator("form[action$='/return'] textarea").fill(REASON)
    await clerk.click("form[action$='/return'] button[type='submit']")

    path = f"{await organization_of(charity)}/registration"
    await charity.open(path)
    assert REASON in await charity.text()
    await send_paper(charity)
    await charity.click("form[action$='/registration/submit'] button")

    await clerk.open(register)
    await clerk.follow(clerk.page.locator(".card-title a", has_text=name))
    await clerk.click("form[action$='/verify'] button")
    need = await post_a_need(charity, title=f"课业陪伴 {look}")
    visitor = Walk(await visit(PHONE))
    await visitor.open(need)
    assert name in await visitor.text()
