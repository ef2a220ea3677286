import gzip

import pytest

from linli.core.web.static import static, static_files
from tests.conftest import Visitor

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


async def test_a_file_is_kept_by_browsers_because_its_address_changes_with_it(visitor: Visitor) -> None:
    address = static("app.css")
    answer = await visitor.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert address.endswith(static_files()["app.css"].version)


async def test_it_is_compressed_for_who_can_read_that(visitor: Visitor) -> None:
    plain = await visitor.get("/static/app.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = await visitor.get("/static/app.css", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content, 9)) == int(packed.headers["content-length"])
    assert "Accept-Encoding" in packed.headers["vary"]


async def test_nothing_but_our_files_is_served(visitor: Visitor) -> None:
    for path in (
        "",
        "no.css",
        "../app.py",
        "..%2fapp.py",
        "%2e%2e/%2e%2e/pyproject.toml",
        "vendor",
        "app.css/",
    ):
        assert (await visitor.get(f"/static/{path}")).status_code in {200, 404}
        assert "[project]" not in (await visitor.get(f"/static/{path}")).text
    assert (await visitor.get("/static/../app.py")).status_code == 404


async def test_the_pages_own_words_and_forms_name_files_that_exist(visitor: Visitor) -> None:
    page = await visitor.get("/no/such/page")
    for name in ("app.css", "app.js", "vendor/htmx.js", "vendor/pico.css", "favicon.svg"):
        assert static(name) in page.text.replace("&amp;", "&")
        assert (await visitor.get(static(name))).status_code == 200
