"""Language, large text and what was typed: chosen once, kept."""

from typing import Final

import pytest

from tests.journeys.browser import PHONE, WITHOUT_JAVASCRIPT, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    OFFICER,
    Walk,
    choose_language,
    days_from_now,
    described,
    fill,
    organization_of,
    sign_in,
)

END_BEFORE_START: Final = {"zh": "结束时间要晚于开始时间", "en": "The end must be after the start."}


@pytest.mark.parametrize("look", [PHONE, WITHOUT_JAVASCRIPT], ids=str)
async def test_language_and_large_text_are_chosen_once_and_kept(
    visit: Visit, town: Server, look: Look
) -> None:
    walk = Walk(await visit(look))
    await walk.open("/needs?field=elders")
    await walk.click("button[name='language']")
    assert walk.page.url.endswith("/needs?field=elders")
    assert "What is needed" in await walk.text()
    await walk.click("button[name='text']")
    for path in ("/needs", "/sign-up"):
        await walk.open(path)
        html = walk.page.locator("html[lang='en'][data-text='large']")
        assert await html.count() == 1, path
        assert await html.evaluate("each => getComputedStyle(each).fontSize") == "20px"
    await walk.click("button[name='language']")
    assert await walk.page.locator("html[lang='zh-Hans'][data-text='large']").count() == 1


@pytest.mark.parametrize("look", [PHONE, Look("en", 1280), WITHOUT_JAVASCRIPT], ids=str)
async def test_an_end_before_the_start_is_said_at_the_field_and_nothing_typed_is_lost(
    visit: Visit, town: Server, look: Look
) -> None:
    walk = Walk(await visit(look))
    await sign_in(walk, OFFICER, town)
    organization = await organization_of(walk)
    await choose_language(walk, f"{organization}/needs/new/environment")
    typed = described("🌳 河边植树") | {
        "day-0": days_from_now(4),
        "from-0": "14:00",
        "to-0": "12:00",
        "places-0": "3",
    }
    await fill(walk, typed)
    await walk.click("main form .actions button.main")
    for name, text in typed.items():
        assert await walk.page.locator(f"[name='{name}']").input_value() == text, name
    end = walk.page.locator("[name='to-0'][aria-invalid='true']")
    said_by = await end.get_attribute("aria-describedby") or ""
    said = [await walk.page.locator(f"#{each}").inner_text() for each in said_by.split()]
    assert END_BEFORE_START[look.language] in " ".join(said)
    assert typed["title"] not in await board_text(walk, organization)


async def board_text(walk: Walk, organization: str) -> str:
    await walk.page.goto(f"{organization}/desk")
    return await walk.text()
