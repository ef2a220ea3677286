from typing import Any

import pytest

from linli.core.config import Settings, read_settings
from linli.core.db import Database
from linli.core.errors import TooMany
from linli.core.web.limits import limit_requests, network_of
from tests.conftest import Visitor
from tests.linli.core.conftest import probed


def coming_from(address: str, path: str = "/needs") -> Any:
    return {"client": (address, 1), "path": path}


class Doorman:
    """The middleware alone, with a clock of its own."""

    def __init__(self, per_minute: int) -> None:
        self.seconds = 1000.0 * 60
        self.let_in = 0
        self.ask = limit_requests(per_minute, lambda: self.seconds)(self._enter)

    async def _enter(self, _scope: Any, _receive: Any, _send: Any) -> None:
        self.let_in += 1

    async def comes(self, address: str, path: str = "/needs") -> None:
        nothing: Any = None
        await self.ask(coming_from(address, path), nothing, nothing)


async def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    doorman = Doorman(per_minute=3)
    for _ in range(3):
        await doorman.comes("192.0.2.1")
    doorman.seconds += 20
    with pytest.raises(TooMany) as refusal:
        await doorman.comes("192.0.2.1")
    assert refusal.value.retry_after_seconds == 40
    doorman.seconds += 40
    await doorman.comes("192.0.2.1")
    assert doorman.let_in == 4


async def test_everybody_is_counted_alone_and_files_not_at_all() -> None:
    doorman = Doorman(per_minute=1)
    await doorman.comes("192.0.2.1")
    await doorman.comes("192.0.2.2")
    for path in ("/static/app.css", "/health/live"):
        await doorman.comes("192.0.2.1", path)
    with pytest.raises(TooMany):
        await doorman.comes("192.0.2.2")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "nonsense", True),
    ],
)
def test_an_address_is_one_household(one: str, other: str, same: bool) -> None:
    networks = {network_of(coming_from(each)) for each in (one, other)}
    assert (len(networks) == 1) is same


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_too_many_requests_are_429_with_a_sentence_and_a_time(
    settings: Settings, database: Database
) -> None:
    strict = read_settings({}, database_url=settings.database_url, requests_per_minute=2)
    async with Visitor(probed(strict, database), database, strict) as visitor:
        headers = {"Accept-Language": "en", "X-Forwarded-For": "203.0.113.7"}
        statuses = [(await visitor.get("/health/ready", headers=headers)).status_code for _ in range(5)]
        assert statuses == [200] * 5
        for n in range(4):
            headers["X-Forwarded-For"] = f"203.0.113.{n}"  # believed only from a trusted proxy
            answer = await visitor.get("/probe/refuse/conflict", headers=headers)
            if answer.status_code == 429:
                break
        assert answer.status_code == 429
        assert "Please wait a minute" in answer.text
        assert 1 <= int(answer.headers["retry-after"]) <= 60
