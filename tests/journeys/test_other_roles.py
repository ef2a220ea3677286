"""Coordinator, social worker, auditor and bureau staff do what they do most, in a real browser."""

import re
from typing import Final

import pytest

from tests.journeys.browser import DESK, PHONE, WITHOUT_JAVASCRIPT, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import BUREAU, Walk, organization_of, post_a_need, sign_in

COORDINATOR: Final = "coordinator@example.org"
SOCIAL_WORKER: Final = "social.worker@example.org"
AUDITOR: Final = "auditor@example.org"


@pytest.mark.parametrize("look", [DESK, WITHOUT_JAVASCRIPT], ids=str)
async def test_a_coordinator_posts_for_their_charity_and_calls_it_off_again(
    visit: Visit, town: Server, look: Look
) -> None:
    walk = Walk(await visit(look))
    await sign_in(walk, COORDINATOR, town)
    title = f"山里娃周末陪读 {look}"
    need = await post_a_need(walk, title=title)
    await walk.open(f"{await organization_of(walk)}/desk")
    assert title in await walk.text()
    await walk.open(f"{need}/cancel")
    await walk.type("reason", "路上结冰了，改到下周。")
    await walk.click("main form button")
    assert "路上结冰了" in await walk.text()
    await walk.open(f"{await organization_of(walk)}/desk?show=ended")
    assert title in await walk.text()


@pytest.mark.parametrize("look", [PHONE, WITHOUT_JAVASCRIPT], ids=str)
async def test_a_social_worker_answers_a_need_and_the_clock_stops(
    visit: Visit, town: Server, look: Look
) -> None:
    walk = Walk(await visit(look))
    await sign_in(walk, SOCIAL_WORKER, town)
    need = await post_a_need(walk, title=f"陪张大爷去医院 {look}")
    await walk.open(f"{need}/desk")
    await walk.click("details.panel summary")
    await walk.type("answer", "已和家属商量，站里派人陪同。")
    await walk.click("form[action$='/answer'] button")
    assert "站里派人陪同" in await walk.text()
    assert not await walk.page.locator("form[action$='/answer']").count()


async def test_an_auditor_reads_the_register_and_can_change_nothing(visit: Visit, town: Server) -> None:
    walk = Walk(await visit(DESK))
    await sign_in(walk, AUDITOR, town)
    bureau = await organization_of(walk)
    await walk.open(f"{bureau}/register?show=verified")
    assert await walk.page.locator("main article").count()
    assert not await walk.page.locator("main form[method='post']").count()
    await walk.open(f"{bureau}/members")
    others = walk.page.locator("main form[method='post']:not([action$='/end'])")
    assert not await others.count()


async def test_bureau_staff_set_the_time_to_answer(visit: Visit, town: Server) -> None:
    walk = Walk(await visit(PHONE))
    await sign_in(walk, BUREAU, town)
    await walk.open(f"{await organization_of(walk)}/register")
    await walk.click("a[href$='/answer-limits']")
    await walk.type("urgent", "12")
    await walk.click("main form button.main")
    assert re.search("已保存", await walk.text())
    assert await walk.page.locator("[name='urgent']").input_value() == "12"
    await walk.type("urgent", "")
    await walk.click("main form button.main")
