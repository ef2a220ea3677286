"""The bureau goes back to an earlier version of the matcher, and forward again, in both languages."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

import pytest
from sqlalchemy import delete

from linli.core import clock
from linli.core.db import Database
from linli.suggestions.models import MatcherVersion
from tests.conftest import settings_for
from tests.journeys.browser import DESK, PHONE, Look
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import BUREAU, Walk, choose_language, organization_of, sign_in
from tests.linli.suggestions.versions import make_version, ranker_that_weighs

SAYS: Final = {
    "zh": ("正在使用", "退回这个版本", "从现在起由它推荐", "换用了另一个推荐版本"),
    "en": ("Serves now", "Go back to this version", "It serves from now on", "chose another version"),
}


@pytest.fixture
async def versions(town: Server) -> AsyncIterator[None]:
    """One that serves, as after a first `linli train`; in the other stories nothing was learnt."""
    database = Database(settings_for(town.environ["LINLI_DATABASE_URL"]))
    try:
        async with database.transaction() as session:
            await make_version(session, clock.now(), ranker_that_weighs(skills=3.0, nearness=2.0))
        yield
        async with database.transaction() as session:
            await session.execute(delete(MatcherVersion))
    finally:
        await database.close()


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize("look", [PHONE, replace(DESK, language="en", scheme="dark")], ids=str)
async def test_a_version_is_switched_back_and_forward(visit: Visit, town: Server, look: Look) -> None:
    serves, back, said, noted = SAYS[look.language]
    walk = Walk(await visit(look))
    await sign_in(walk, BUREAU, town)
    await choose_language(walk)
    bureau = await organization_of(walk)
    await walk.open(f"{bureau}/register")
    await walk.click("a[href$='/matcher']")
    assert serves in await walk.text()
    assert await walk.page.locator("svg.plot .plot-dot").count() > 3
    learnt = await walk.page.locator("main code").first.inner_text()
    await walk.click("a[href$='version=packaged']")
    await walk.click(f"main form button.main:has-text('{back}')")
    assert said in await walk.text()
    assert learnt.startswith("learnt-1-")
    assert await walk.page.locator("svg.plot").count() == 0
    await walk.click("tbody a:not([href$='packaged'])")
    await walk.click("main form button.main")
    assert said in await walk.text()
    assert learnt == await walk.page.locator("main code").first.inner_text()
    await walk.open(f"{bureau}/audit?group=suggestions")
    assert (await walk.text()).count(noted) >= 2
