"""One line per request, nothing personal in it, and failures that say where but not what was typed."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.config import Environment, read_settings
from linli.core.logging import configure_logging
from tests.conftest import Visitor
from tests.factories import make_account

Lines = Callable[[], list[dict[str, Any]]]
PRODUCTION = {
    "environment": Environment.production,
    "secret_key": "k" * 32,
    "base_url": "https://linli.example.org",
    "smtp_url": "smtps://mail.example.org",
}


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    before = logging.root.handlers, logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers, logging.root.level = before


@pytest.fixture
def lines() -> Lines:
    out = io.StringIO()
    configure_logging(read_settings({}, log_format="json", **PRODUCTION), to=out)
    return lambda: [json.loads(line) for line in out.getvalue().splitlines()]


only_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@only_sqlite
async def test_a_request_is_one_line_with_its_route_and_without_anything_personal(
    probe: Visitor, session: AsyncSession, lines: Lines
) -> None:
    account = await make_account(session, name="欧阳娜娜", mobile="13912345678")
    await session.commit()
    await probe.sign_in(account)
    await probe.submit("/probe/echo?name=secret-query", {"name": "secret-word"})
    cookies = list(probe.cookies.values())
    [line] = lines()
    assert (line["event"], line["method"], line["route"], line["status"]) == (
        "request",
        "POST",
        "/probe/echo",
        201,
    )
    assert 0 < line["ms"] < 5000
    assert len(line["reference"]) == 8
    assert line["timestamp"].endswith("Z")
    for personal in ("secret", "127.0.0.1", account.name, account.mobile, str(account.id), *cookies):
        assert str(personal) not in json.dumps(line, ensure_ascii=False)


@only_sqlite
async def test_ids_in_the_path_are_not_logged(probe: Visitor, lines: Lines) -> None:
    await probe.get("/probe/refuse/conflict")
    await probe.get("/no/such/13912345678")
    await probe.request("EVIL-13912345678", "/health/live")
    assert [(line["method"], line["route"], line["status"]) for line in lines()] == [
        ("GET", "/probe/refuse/{kind}", 409),
        ("GET", "-", 404),
        ("other", "-", 405),
    ]


@only_sqlite
async def test_head_is_logged_as_head(probe: Visitor, lines: Lines) -> None:
    await probe.head("/health/live")
    assert [(line["method"], line["status"]) for line in lines()] == [("HEAD", 200)]


@only_sqlite
async def test_a_failure_is_logged_with_its_place_and_number_but_not_with_its_words(
    probe: Visitor, lines: Lines
) -> None:
    await probe.get("/probe/fail")
    failure, request = lines()
    assert failure["event"] == "failed"
    assert failure["reference"] == request["reference"]
    assert "ValueError" in failure["exception"]
    assert "in fail" in failure["exception"]
    assert "a secret that somebody typed" not in json.dumps(failure)


async def test_what_a_database_says_about_a_row_is_not_logged(session: AsyncSession, lines: Lines) -> None:
    account = await make_account(session)
    with pytest.raises(IntegrityError) as refusal:
        await make_account(session, mobile=account.mobile)
    structlog.get_logger().error("failed", exc_info=refusal.value)
    logging.getLogger("some.library").error("failed", exc_info=refusal.value)
    ours, theirs = lines()
    for line in (ours, theirs):
        assert "IntegrityError" in line["exception"]
        assert str(account.mobile) not in json.dumps(line)


def test_developers_read_the_words_of_a_failure() -> None:
    out = io.StringIO()
    configure_logging(read_settings({}), to=out)
    try:
        raise ValueError("what went wrong")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "what went wrong" in out.getvalue()
    assert "Traceback" in out.getvalue()


def test_libraries_speak_in_the_same_form(lines: Lines) -> None:
    logging.getLogger("uvicorn.error").info("Started")
    logging.getLogger("some.library").warning("Careful: %s", "so")
    logging.getLogger("some.library").info("chatter")
    told = [(line["level"], line["event"]) for line in lines()]
    assert told == [("info", "Started"), ("warning", "Careful: so")]
