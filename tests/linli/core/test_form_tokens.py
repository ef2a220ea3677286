"""State changes need the token of a form that was opened here."""

from typing import Any

import pytest

from linli.core.config import Settings
from linli.core.web.csrf import new_form_token
from tests.conftest import Visitor

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
COOKIE = "linli-csrf"


async def test_a_page_gives_the_token_and_its_form_is_accepted(probe: Visitor) -> None:
    page = await probe.get("/no/such/page")
    token = probe.cookies[COOKIE]
    assert f'name="_csrf_token" value="{token}"' in page.text
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await probe.post("/probe/write", data={"_csrf_token": token})).status_code == 201
    assert (await probe.post("/probe/write", headers={"X-CSRFToken": token})).status_code == 201


async def test_the_token_stays_the_same_while_the_browser_keeps_it(probe: Visitor) -> None:
    await probe.get("/no/such/page")
    token = probe.cookies[COOKIE]
    again = await probe.get("/no/such/page")
    assert "set-cookie" not in again.headers
    assert token in again.text


async def test_files_and_health_set_no_cookie(probe: Visitor) -> None:
    for path in ("/static/app.css", "/health/live", "/health/ready"):
        assert "set-cookie" not in (await probe.get(path)).headers


async def test_without_its_token_a_form_is_refused_with_a_sentence(
    probe: Visitor, settings: Settings
) -> None:
    ours = new_form_token(settings.secret_key)
    other = new_form_token(settings.secret_key)
    foreign = new_form_token("of somebody else")
    tries: list[tuple[str | None, Any]] = [
        (None, ours),
        (ours, None),
        (ours, other),
        (foreign, foreign),
        ("", ""),
        (ours, ours[:-1]),
        (ours, ours.upper()),
        (ours, "é" * 96),
    ]
    for kept, sent in tries:
        probe.cookies.clear()
        if kept is not None:
            probe.cookies.set(COOKIE, kept)
        answer = await probe.post(
            "/probe/write",
            data={} if sent is None else {"_csrf_token": sent},
            headers={"Accept-Language": "en"},
        )
        assert answer.status_code == 403, (kept, sent)
        assert "This page was open for too long" in answer.text


async def test_a_token_beyond_ascii_is_refused_and_breaks_nothing(probe: Visitor) -> None:
    odd = b"a" * 32 + b"\xe9" * 64
    answer = await probe.post("/probe/write", headers={b"X-CSRFToken": odd, b"Cookie": b"linli-csrf=" + odd})
    assert answer.status_code == 403


async def test_a_file_in_the_tokens_place_is_refused_and_breaks_nothing(probe: Visitor) -> None:
    await probe.get("/no/such/page")
    answer = await probe.post("/probe/write", files={"_csrf_token": ("token.txt", b"\xff\xfe")})
    assert answer.status_code == 403


async def test_a_cookie_that_is_not_ours_is_replaced_by_the_next_page(probe: Visitor) -> None:
    probe.cookies.set(COOKIE, "from before the secret key was changed", domain="127.0.0.1")
    page = await probe.get("/no/such/page", headers={"Cookie": f"{COOKIE}=old"})
    token = page.cookies[COOKIE]
    assert token in page.text
    answer = await probe.post(
        "/probe/write", data={"_csrf_token": token}, headers={"Cookie": f"{COOKIE}={token}"}
    )
    assert answer.status_code == 201


async def test_whose_page_it_is_is_asked_before_the_token(probe: Visitor) -> None:
    bodies = [b"", b"x" * 4_000_000, b"--x\r\nbroken", b"[" * 3000]
    for body in bodies:
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "application/json", ""):
            answer = await probe.post("/probe/own", content=body, headers={"Content-Type": kind})
            assert answer.status_code == 401, (len(body), kind)


async def test_a_form_sent_as_json_or_text_is_no_form(probe: Visitor) -> None:
    await probe.get("/no/such/page")
    token = probe.cookies[COOKIE]
    for kind in ("application/json", "text/plain", ""):
        sent = f"_csrf_token={token}".encode()
        answer = await probe.post("/probe/write", content=sent, headers={"Content-Type": kind})
        assert answer.status_code == 403
