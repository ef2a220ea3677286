"""One button: a wave goes out, time passes, a second one follows, and once filled nobody else is asked."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from linli.core.config import read_settings
from linli.core.db import Database
from linli.waves.jobs import look_after_due
from tests.journeys.browser import LOOKS, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    OFFICER,
    Walk,
    choose_language,
    post_a_need,
    sign_in,
    sign_in_with_code,
)

pytestmark = pytest.mark.journey
# Past the day that a wave has to be answered, and past the night after it.
LATER: Final = timedelta(hours=40)
SAID: Final = {
    "zh": ("正在自动邀请", "自动邀请暂停中", "第 2 轮", "第 3 轮", "名额已全部招满"),
    "en": (
        "Asking goes on by itself",
        "Asking by itself is held",
        "Wave 2 ",
        "Wave 3 ",
        "All places are filled",
    ),
}


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids=str)
async def test_two_waves_fill_a_need_and_the_rest_is_left_in_peace(
    visit: Visit, town: Server, look: Look
) -> None:
    goes_on, rests, second_wave, third_wave, filled = SAID[look.language]
    officer = Walk(await visit(look))
    await sign_in(officer, OFFICER, town)
    await choose_language(officer)
    need = await post_a_need(officer, title=f"河边清洁，分轮邀请（{look}）", places=2)
    button = officer.page.locator("button[name='how'][value='waves']")
    await button.wait_for()
    await officer.click("button[name='how'][value='waves']")
    assert goes_on in await officer.text()

    await says_yes(Walk(await visit(look)), town, need)
    await officer.open(f"{need}/desk")
    await officer.click("main form[action$='/hold'] button")
    assert rests in await officer.text()
    await time_passes(town)
    await officer.open(f"{need}/desk")
    assert second_wave not in await officer.text()

    await officer.click("main form[action$='/go-on'] button")
    assert goes_on in await officer.text()
    await time_passes(town)
    await officer.open(f"{need}/desk")
    assert second_wave in await officer.text()

    last = Walk(await visit(look))
    await says_yes(last, town, need)
    await time_passes(town)
    await officer.open(f"{need}/desk")
    assert await officer.page.locator("button[name='how'][value='waves']").count() == 0
    await officer.page.locator("main details:has(.waves) > summary").first.click()
    assert filled in await officer.text()
    waiting = officer.page.locator("main form[action$='/cancel']")
    confirmed = 2
    assert await waiting.count() == confirmed

    await last.open(need)
    await last.click("form[action$='/withdraw'] button")
    await time_passes(town, until=by_day())
    await officer.open(f"{need}/desk")
    assert goes_on in await officer.text()
    assert third_wave in await officer.text()


async def says_yes(person: Walk, town: Server, need: str) -> None:
    """Whoever was told last about the need, with one tap."""
    await sign_in_with_code(person, town.asked_for(need), town)
    await choose_language(person)
    await person.open(need)
    await person.click("main form[action$='/accept'] button")
    assert "河滨路 8 号门口" in await person.text()


def by_day() -> datetime:
    """Three days ahead at noon in China: for a place given back nobody is asked at night."""
    return (datetime.now(UTC) + timedelta(days=3)).replace(hour=4)


async def time_passes(town: Server, *, until: datetime | None = None) -> None:
    """The work of a worker whose clock is almost two days ahead, on the database of the server."""
    settings = read_settings({}, database_url=town.environ["LINLI_DATABASE_URL"])
    database = Database(settings)
    try:
        await look_after_due(database, until or datetime.now(UTC) + LATER)
    finally:
        await database.close()
