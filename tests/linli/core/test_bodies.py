"""What a person, a broken browser or somebody with bad intentions may send."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from linli.app import MAX_BODY_BYTES
from linli.core.config import Settings
from linli.core.web import forms
from linli.core.web.application import Application
from linli.core.web.csrf import new_form_token
from tests.conftest import Visitor

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"


async def send(
    probe: Visitor,
    content: bytes | AsyncIterator[bytes],
    kind: str | bytes = FORM,
    path: str = "/probe/echo",
) -> httpx.Response:
    token = new_form_token(probe.settings.secret_key)
    headers: Any = {
        "Content-Type": kind,
        "X-CSRFToken": token,
        "Cookie": f"linli-csrf={token}",
        "Accept-Language": "en",
    }
    return await probe.post(path, content=content, headers=headers)


def part(value: bytes, more: bytes = b"") -> bytes:
    return (
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n' + more + b"\r\n" + value + b"\r\n--x--\r\n"
    )


only_sqlite = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@only_sqlite
@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        (b"name=%E6%9D%8E&n=7", FORM, "李"),
        ("name=李&n=7".encode(), FORM, "李"),
        (b"name=a+b%20c", FORM + "; charset=utf-8", "a b c"),
        (part("李".encode()), PARTS, "李"),
        (part(b"\xff\xfe"), PARTS, "\ufffd\ufffd"),
        (b"name=%00a%00", FORM, "a"),
        (b"name=%ff%fe", FORM, "\ufffd\ufffd"),
        (b"name=%ed%a0%80", FORM, "\ufffd\ufffd\ufffd"),
        (b"name=\xff", FORM, "\ufffd"),
        (b"name=%zz%", FORM, "%zz%"),
        (b"=&&;;=x&name", FORM, ""),
    ],
)
async def test_a_form_is_read_in_every_encoding_that_browsers_use(
    probe: Visitor, content: bytes, kind: str, text: str
) -> None:
    answer = await send(probe, content, kind)
    assert answer.status_code == 201
    assert answer.json()["text"] == text


@only_sqlite
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"--x\r\nbroken", PARTS),
        (b"--x\r\nbroken", "multipart/form-data"),
        (b"--x", b'multipart/form-data; boundary="\xff"'),
        (part(b"a", b"Content-Type: text/plain; charset=klingon\r\n"), PARTS),
        (part(b"a", b"X: " + b"y" * 100_000 + b"\r\n"), PARTS),
        (part(b"a")[:-10], PARTS),
        (b"--x\r\n\r\n\r\n--x--", PARTS),
        (b"".join(part(b"")[:-6] + b"\r\n" for _ in range(1500)) + b"--x--\r\n", PARTS),
        (b"a&" * 1500, FORM),
    ],
    ids=range(9),
)
async def test_a_broken_form_is_refused_with_a_sentence(probe: Visitor, content: bytes, kind: str) -> None:
    answer = await send(probe, content, kind)
    assert answer.status_code == 400
    assert "We could not read what was sent" in answer.text


@only_sqlite
async def test_what_is_no_form_is_an_empty_form(probe: Visitor) -> None:
    for content in (b"", b"[" * 3000, b'{"name": "x"}', b"name=x", b"\x00\xff"):
        for kind in ("", "application/json", "text/plain", "application/msgpack", ";;=", "image/png"):
            answer = await send(probe, content, kind)
            assert answer.json()["typed"] == {}


@only_sqlite
async def test_three_megabytes_are_taken_and_more_is_too_large(probe: Visitor) -> None:
    assert (await send(probe, b"name=" + b"x" * (MAX_BODY_BYTES - 5))).status_code == 201
    answer = await send(probe, b"name=" + b"x" * (MAX_BODY_BYTES - 4))
    assert answer.status_code == 413
    assert "This is too large to send" in answer.text


@only_sqlite
async def test_the_limit_holds_while_reading_when_no_length_was_announced(probe: Visitor) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 50_000_000:
            sent += 100_000
            yield b"x" * 100_000

    assert (await send(probe, endless())).status_code == 413
    assert sent < MAX_BODY_BYTES + 500_000


@only_sqlite
async def test_bombs_do_not_fill_the_memory(probe: Visitor) -> None:
    """A fifth of the largest body may take a fifth of the 100 MB that are allowed."""
    tracemalloc.start()
    for bomb in (b"a&" * 300_000, b"x=" + b"%25" * 200_000, b"a" * 600_000):
        assert (await send(probe, bomb, path="/probe/write")).status_code < 500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@only_sqlite
async def test_no_body_stays_behind_in_memory(probe: Visitor) -> None:
    tracemalloc.start()
    for n in range(8):
        assert (
            await send(probe, b"name=%d&x=" % n + b"x" * 1_000_000, path="/probe/write")
        ).status_code == 201
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 4_000_000  # eight megabytes were sent


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"n=1&word=x", 201),
        (b"n=9223372036854775808", 400),
        (b"n=-99999999999999999999999", 400),
        (b"word=a%00b", 201),
        (b"word=%ed%a0%80", 201),
        (b"n=%ef%bc%91&word=%f0%9f%99%82", 201),
    ],
)
async def test_what_a_database_cannot_take_is_no_failure_of_ours(
    probe: Visitor, settings: Settings, content: bytes, status: int
) -> None:
    answer = await send(probe, content, path="/probe/insert")
    if b"%00" in content and not settings.is_sqlite:
        status = 400  # PostgreSQL keeps no NUL
    assert answer.status_code == status


@only_sqlite
async def test_nothing_random_breaks_it(probe: Visitor) -> None:
    kinds = st.sampled_from([FORM, PARTS, "application/json", "text/plain", ""])
    pieces = st.sampled_from(
        [b"--x", b"\r\n", b"Content-Disposition: form-data; name=", b'"', b"name=", b"&", b"%"]
    )
    contents = st.binary(max_size=300) | st.lists(pieces | st.binary(max_size=5), max_size=30).map(b"".join)
    loop = asyncio.get_running_loop()

    @hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(contents, kinds)
    def nothing_breaks(content: bytes, kind: str) -> None:
        answer = asyncio.run_coroutine_threadsafe(send(probe, content, kind), loop).result()
        assert answer.status_code in {201, 400}

    await asyncio.to_thread(nothing_breaks)


@only_sqlite
async def test_who_leaves_in_the_middle_of_sending_is_no_failure_of_ours(
    probe: Visitor, probed_application: Application
) -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/probe/write",
        "raw_path": b"/probe/write",
        "query_string": b"",
        "headers": [(b"content-type", FORM.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "root_path": "",
    }
    said = iter(({"type": "http.request", "body": b"name=", "more_body": True}, {"type": "http.disconnect"}))
    answered: list[Any] = []

    async def receive() -> Any:
        return next(said)

    async def send(message: Any) -> None:
        answered.append(message)

    await probed_application(scope, receive, send)
    assert answered[0]["status"] == 408


async def test_a_slow_sender_holds_up_nobody(own_probe: Visitor) -> None:
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def dripping() -> AsyncIterator[bytes]:
        yield b"name="
        has_begun.set()
        await may_end.wait()
        yield b"x"

    slow = asyncio.create_task(send(own_probe, dripping(), path="/probe/write"))
    await has_begun.wait()
    assert (await send(own_probe, b"", path="/probe/write")).status_code == 201
    assert not slow.done()
    may_end.set()
    assert (await slow).status_code == 201


async def test_who_sends_too_slowly_is_refused(probe: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "BODY_SECONDS", 0.1)

    async def stalling() -> AsyncIterator[bytes]:
        yield b"name="
        await asyncio.Event().wait()

    answer = await send(probe, stalling(), path="/probe/write")
    assert answer.status_code == 408
    assert "took too long to arrive" in answer.text
