"""What every answer carries, whatever was asked and however it ended."""

import re
from typing import Any

import pytest
from structlog.testing import capture_logs

from linli.core.config import Settings
from linli.core.db import Database
from linli.core.web.security import HEADERS
from tests.conftest import Visitor
from tests.linli.core.conftest import probed

# None of this depends on the kind of database.
pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

REQUESTS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "page": ("GET", "/health/live", {}, 200),
    "unreadable": ("GET", "/health/live", {"headers": {"Host": "a b<c"}}, 400),
    "stranger": ("POST", "/probe/own", {}, 401),
    "without a token": ("POST", "/language", {"data": {"language": "en"}}, 403),
    "nowhere": ("GET", "/no/such/page", {}, 404),
    "no file": ("GET", "/static/no.css", {}, 404),
    "undeclared": ("GET", "/probe/undeclared", {}, 404),
    "wrong method": ("DELETE", "/health/live", {}, 405),
    "unknown method": ("BREW", "/health/live", {}, 405),
    "refused": ("GET", "/probe/refuse/conflict", {}, 409),
    "invalid": ("GET", "/probe/refuse/invalid", {}, 422),
    "too many": ("GET", "/probe/refuse/too-many", {}, 429),
    "failed": ("GET", "/probe/fail", {}, 500),
    "our mistake in SQL": ("GET", "/probe/mistake", {}, 500),
    "too slow": ("GET", "/probe/slow", {}, 503),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_every_answer_carries_the_security_headers(probe: Visitor, name: str) -> None:
    method, path, options, status = REQUESTS[name]
    answer = await probe.request(method, path, **options)
    assert answer.status_code == status
    assert {header: answer.headers[header] for header in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == "no-store"


def test_the_content_policy_allows_nothing_inline_and_nobody_elses(settings: Settings) -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in policy


@pytest.mark.parametrize(
    "name",
    [
        "stranger",
        "without a token",
        "nowhere",
        "wrong method",
        "refused",
        "invalid",
        "too many",
        "failed",
        "too slow",
        "unreadable",
    ],
)
async def test_a_refusal_is_a_page_in_both_languages_and_json_when_asked(probe: Visitor, name: str) -> None:
    method, path, options, status = REQUESTS[name]
    asked = dict(options.get("headers", {}))
    told = {}
    for language in ("zh", "en"):
        options = options | {"headers": asked | {"Accept-Language": language, "Accept": "text/html"}}
        answer = await probe.request(method, path, **options)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.text
        told[language] = re.sub(r"\s+", " ", answer.text)
        options = options | {"headers": asked | {"Accept-Language": language, "Accept": "application/json"}}
        answer = await probe.request(method, path, **options)
        assert answer.status_code == status
        sentence = answer.json()["error"]
        assert sentence.replace("'", "&#39;") in told[language]
    assert told["zh"] != told["en"]


async def test_json_names_the_fields_that_cannot_be_used(probe: Visitor) -> None:
    answer = await probe.get(
        "/probe/refuse/invalid", headers={"Accept": "application/json", "Accept-Language": "en"}
    )
    assert answer.json() == {"error": "Please fill this in.", "fields": {"name": "Please fill this in."}}


@pytest.mark.parametrize("path", ["/probe/fail", "/probe/mistake"])
async def test_a_failure_shows_its_number_and_nothing_of_itself(probe: Visitor, path: str) -> None:
    with capture_logs() as lines:
        answer = await probe.get(path)
    [failure] = [line for line in lines if line["event"] == "failed"]
    [request] = [line for line in lines if line["event"] == "request"]
    assert request["status"] == 500
    assert failure["log_level"] == "error"
    for inside in ("secret", "Traceback", "ValueError", "SELECT", "litestar", "sqlalchemy"):
        assert inside not in answer.text


async def test_the_number_on_the_page_is_the_one_in_the_log(
    probe: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda _n: "1a2b3c4d")
    assert "1a2b3c4d" in (await probe.get("/probe/fail")).text
    assert (await probe.get("/probe/slow", headers={"Accept": "application/json"})).json()[
        "reference"
    ] == "1a2b3c4d"


@pytest.mark.parametrize("path", ["/health/live", "/static/app.css", "/no/such/page", "/probe/fail"])
async def test_head_answers_like_get_without_the_body(probe: Visitor, path: str) -> None:
    head, get = await probe.head(path), await probe.get(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert head.headers["content-type"] == get.headers["content-type"]


async def test_too_many_says_when_to_come_back(probe: Visitor) -> None:
    assert (await probe.get("/probe/refuse/too-many")).headers["retry-after"] == "7"
    assert (await probe.get("/probe/slow")).headers["retry-after"] == "5"


async def test_when_even_the_error_page_fails_there_is_an_answer(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = probed(settings, database)
    monkeypatch.delitem(app.state.templates.globals, "static")
    async with Visitor(app, database, settings) as visitor:
        answer = await visitor.get("/no/such/page")
    assert answer.status_code == 500
    assert "邻里暂时无法显示此页" in answer.text
    assert {header: answer.headers[header] for header in HEADERS} == HEADERS


ODD_HEADERS: list[Any] = [
    {"Host": "[::1"},
    {"Host": "localhost:99999999"},
    {"Host": "localhost:port"},
    {"Host": ""},
    {"Host": "evil.example"},
    {"Cookie": b'\xff\xfe=\x00; linli-session=\xff%ff%00; linli-csrf=\xe9; linli-done=%22; =;;; "\\'},
    {"Cookie": b"linli-done=e30.deadbeef; linli-language=../../etc; linli-text=%00"},
    {"Cookie": b"linli-session=" + b"a" * 3000},
    {"Accept-Language": b"\xff;q=nan,zh;q=inf,en;q=-1,,;;;q=,*"},
    {"Accept": b"\xff/\xff;q=x"},
    {"Accept-Encoding": b"\xff"},
    {"Referer": "http://[::1/"},
    {"HX-Request": b"\xff"},
    {"X-Forwarded-For": b"\xff, 1.2.3.4"},
    {"Content-Type": b"\xff; charset=\xff"},
    {"Range": "bytes=9999999999999999999999-"},
    {"If-Modified-Since": "yesterday"},
]


@pytest.mark.parametrize("path", ["/health/ready", "/no/such/page", "/static/app.css"])
async def test_odd_headers_break_nothing(probe: Visitor, path: str) -> None:
    for headers in ODD_HEADERS:
        answer = await probe.get(path, headers=headers)
        assert answer.status_code in {200, 400, 404}, headers


ODD_ADDRESSES = [
    "/%00",
    "/%ff%fe",
    "/%ed%a0%80",
    "//evil.example",
    "/..%2f..%2fetc%2fpasswd",
    "/static/..%2f..%2fpyproject.toml",
    "/static/%2e%2e/app.py",
    "/health/ready?after=%00&a=%ff&=&&&",
    "/organizations/not-an-id",
    "/organizations/" + "9" * 3000,
    "/me/notices?after=" + "x" * 5000,
    "/" + "a/" * 2000,
]


async def test_odd_addresses_break_nothing(probe: Visitor) -> None:
    for path in ODD_ADDRESSES:
        answer = await probe.get(path)
        assert answer.status_code < 500, path
        assert "root:" not in answer.text
        assert "[project]" not in answer.text
