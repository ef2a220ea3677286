"""Two friends take two places: one starts, sends the link, the other signs up by it and says yes."""

import pytest

from tests.journeys.browser import DESK, LOOKS, PHONE, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import OFFICER, Walk, choose_language, new_mobile, post_a_need, sign_in, sign_up

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_two_friends_take_two_places(visit: Visit, town: Server, look: Look) -> None:
    officer = Walk(await visit(DESK))
    await sign_in(officer, OFFICER, town)
    need = await post_a_need(officer, title=f"河边清洁，欢迎结伴（{look}）", places=2)

    first = Walk(await visit(look))
    await choose_language(first)
    await first.open(need)
    await first.click("main a[href^='/sign-up']")
    await sign_up(first, town, mobile=new_mobile(), name="何一诺")
    await first.click("main details:has(form[action$='/together']) summary")
    await first.click("main form[action$='/together'] button")
    link = first.page.url
    assert "/together/" in link

    friend = Walk(await visit(PHONE))
    await friend.open(link)
    await friend.click("main a.main[href^='/sign-up']")
    await sign_up(friend, town, mobile=new_mobile(), name="何二诺")
    assert friend.page.url == link
    await friend.click("main form[action$='/yes'] button.main")
    await friend.click("main a.main[href^='/participations/']")
    assert "河滨路 8 号门口" in await friend.text()

    await first.open(link)
    await first.click("main a.main[href^='/participations/']")
    assert "河滨路 8 号门口" in await first.text()
    await officer.open(f"{need}/desk")
    assert "何一诺" in await officer.text()
    assert "何二诺" in await officer.text()
