"""A team of a charity is asked for two: the leader says yes, names two, and a third for who cannot come."""

import pytest

from tests.journeys.browser import DESK, LOOKS, PHONE, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    COORDINATOR,
    OFFICER,
    Walk,
    choose_language,
    new_mobile,
    organization_of,
    post_a_need,
    sign_in,
    sign_up,
)

pytestmark = pytest.mark.journey
TWO_COME = {"zh": "2人会来", "en": "2 people come"}


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids=str)
async def test_a_team_takes_it_on_and_its_members_say_yes_and_no(
    visit: Visit, town: Server, look: Look
) -> None:
    officer = Walk(await visit(DESK))
    await sign_in(officer, OFFICER, town)
    need = await post_a_need(officer, title=f"河边清洁，请一支队来（{look}）", places=3)

    coordinator = Walk(await visit(DESK))
    await sign_in(coordinator, COORDINATOR, town)
    await coordinator.page.goto(f"{await organization_of(coordinator)}/teams")
    team = await coordinator.page.locator("main .card-title a").first.get_attribute("href")
    await coordinator.page.goto(f"{team}/invite")
    link = "/join/" + (await coordinator.page.locator(".qr .number").inner_text()).rpartition("/")[2]
    leader, first, second, third = [
        await joined(visit, town, look, link, f"{name}{LOOKS.index(look)}")
        for name in ("冯领队", "冯一诺", "冯二诺", "冯三诺")
    ]
    await coordinator.open(f"{team}/roster")
    row = f"main tr:has-text('冯领队{LOOKS.index(look)}')"
    await coordinator.page.locator(f"{row} summary").click()
    await coordinator.click(f"{row} button[value='leader']")

    await officer.open(str(team))
    await officer.click("main a.main[href$='/ask-for-help']")
    await officer.click(f"main a[href^='{need}/dispatch/team/']")
    await officer.type("places", "2")
    await officer.click("main form .actions button.main")

    # Each begins at their own desk, and is one step from where it is done.
    answering = coordinator if look.width > PHONE.width else leader
    await answering.open("/start")
    await answering.click(f"main .row-title a:has-text('（{look}）')")
    await answering.click("main form[action$='/accept'] button.main")
    await leader.open("/start")
    await leader.click(f"main .row-title a:has-text('（{look}）')")
    dispatch = leader.page.url
    await name(leader, f"冯一诺{LOOKS.index(look)}", f"冯二诺{LOOKS.index(look)}")
    await answer(first, "accept")
    assert "河滨路 8 号门口" in await first.text()
    await answer(second, "decline")

    await leader.open("/start")
    assert f"冯一诺{LOOKS.index(look)}" in await leader.text()
    await leader.click(f"main .row-title a:has-text('（{look}）')")
    await name(leader, f"冯三诺{LOOKS.index(look)}")
    await answer(third, "accept")
    await leader.open(dispatch)
    assert TWO_COME[look.language] in await leader.text()
    await officer.open(f"{need}/dispatch")
    assert TWO_COME["zh"] in await officer.text()
    await officer.open(f"{need}/desk")
    assert f"冯三诺{LOOKS.index(look)}" in await officer.text()


async def joined(visit: Visit, town: Server, look: Look, link: str, name: str) -> Walk:
    """Somebody new signs up by the link and is in the team."""
    walk = Walk(await visit(look))
    await choose_language(walk)
    await walk.open(link)
    await walk.click("main a.main[href^='/sign-up']")
    await sign_up(walk, town, mobile=new_mobile(), name=name)
    await walk.click("main form button.main")
    return walk


async def name(leader: Walk, *names: str) -> None:
    for each in names:
        await leader.page.locator(f"label:has-text('{each}') input[name='person']").check()
    await leader.click("main form[action$='/name'] button.main")


async def answer(member: Walk, what: str) -> None:
    await member.open("/commitments")
    await member.click(f"main form[action$='/{what}'] button")
