"""A question on a need is answered; the volunteer reports a message and blocks, and the block holds."""

import pytest

from tests.journeys.browser import DESK, PHONE, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import OFFICER, Walk, choose_language, new_mobile, post_a_need, sign_in, sign_up

TEXT = "textarea[name='text']"


@pytest.mark.parametrize("look", [PHONE, Look("en", 1280, "dark")], ids=str)
async def test_a_question_an_answer_a_report_and_a_block(visit: Visit, town: Server, look: Look) -> None:
    officer = Walk(await visit(DESK))
    await sign_in(officer, OFFICER, town)
    need = await post_a_need(officer, title=f"河边种花（{look}）")

    volunteer = Walk(await visit(look))
    await choose_language(volunteer)
    await volunteer.open(need)
    await volunteer.click("main a[href^='/sign-up']")
    await sign_up(volunteer, town, mobile=new_mobile(), name="常问问")
    await volunteer.click("main a[href$='/question']")
    await volunteer.page.locator(TEXT).fill("要自己带铲子吗？")
    await volunteer.click("main form[action$='/question'] button.main")
    conversation = volunteer.page.url

    await officer.open(f"{need}/conversations")
    await officer.click("main .card-title a[href^='/conversations/']")
    assert "要自己带铲子吗？" in await officer.text()
    await officer.page.locator(TEXT).fill("少问几句，来了再说。")
    await officer.click("main form[action^='/conversations/'] button.main")

    await volunteer.open(conversation)
    assert "少问几句，来了再说。" in await volunteer.text()
    await volunteer.click("main a[href^='/messages/']")
    await volunteer.page.locator("[name='reason'][value='insult']").check()
    await volunteer.page.locator(TEXT).fill("只是问了一句，就被这样回答。")
    await volunteer.click("main form button.main")
    await volunteer.open("/me/reports")
    assert "只是问了一句，就被这样回答。" in await volunteer.text()

    await volunteer.open(conversation)
    await volunteer.page.locator("main details summary").last.click()
    await volunteer.click("main form[action$='/block'] button")
    await volunteer.open(need)
    assert await volunteer.page.locator("form[action$='/apply']").count() == 0
    await officer.open(conversation)
    assert await officer.page.locator(TEXT).count() == 0
    assert "常问问" not in await officer.text()
