"""A film where a paper is asked for: said before it is sent, and without scripts afterwards."""

from pathlib import Path

import pytest

from tests.journeys.browser import PHONE, WITHOUT_JAVASCRIPT, Look, expect_no_violations
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import COORDINATOR, Walk, choose_language, organization_of, sign_in

SENTENCES = {"zh": "这个文件超过10 MB", "en": "This file is larger than 10 MB"}


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(60_000_000)
    return path


async def choose(visit: Visit, town: Server, look: Look, film: Path) -> Walk:
    """Everything typed, the film chosen, nothing sent yet."""
    walk = Walk(await visit(look))
    await sign_in(walk, COORDINATOR, town)
    await choose_language(walk)
    await walk.open(f"{await organization_of(walk)}/registration")
    await walk.page.locator("[name='document_kind']").select_option("approval")
    await walk.page.locator("[name='expires_on']").fill("2040-05-01")
    await walk.page.locator("[name='file']").set_input_files(film)
    return walk


@pytest.mark.parametrize("look", [PHONE, Look("en", 1280, "dark")], ids=str)
async def test_the_page_says_it_before_the_file_is_sent(
    visit: Visit, town: Server, look: Look, film: Path
) -> None:
    walk = await choose(visit, town, look, film)
    said = walk.page.locator("#field-file-large")
    await said.wait_for()
    assert SENTENCES[look.language] in await said.inner_text()
    await walk.page.locator("#papers form[enctype] button[type='submit']").click()
    assert await walk.page.evaluate("document.activeElement.id") == "field-file"
    assert walk.page.url.endswith("/registration")
    await expect_no_violations(walk.page)
    await walk.page.locator("[name='file']").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"small"}
    )
    assert await said.is_hidden()


async def test_without_scripts_the_form_comes_back_with_what_was_typed(
    visit: Visit, town: Server, film: Path
) -> None:
    walk = await choose(visit, town, WITHOUT_JAVASCRIPT, film)
    walk.person.expects(422)
    await walk.page.locator("#papers form[enctype] button[type='submit']").click()
    await walk.page.wait_for_url("**/documents")
    assert SENTENCES["zh"] in await walk.page.locator("#field-file-error").inner_text()
    assert await walk.page.locator("[name='document_kind']").input_value() == "approval"
    assert await walk.page.locator("[name='expires_on']").input_value() == "2040-05-01"
