"""Ten thousand requests that nobody would send: none is a failure of ours (security 20).

A few hundred in the suite, the same each time; LINLI_TEST_THOROUGH=1 sends them all.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Final
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.config import Settings
from linli.core.web.application import Application
from tests.conftest import RolledBackDatabase, Visitor
from tests.factories import make_key
from tests.house import expect_none, files_under
from tests.linli.hostile.sending import Outcome, Sender, urlencoded
from tests.linli.hostile.values import IS_THOROUGH, SEED, VALUES
from tests.linli.test_rights import ACTORS, ROUTES, Note
from tests.linli.world import VISITOR, Ids, World, make_world

REQUESTS: Final = 10_000 if IS_THOROUGH else 300
METHODS: Final = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
TEXTS: Final = [value for values in VALUES.values() for value in values if len(value) < 3000]
# Names that our code reads in forms and addresses, so that something is found under them.
NAMES: Final = sorted(
    {
        name
        for path in files_under("platform/linli", ".py")
        for found in re.findall(
            r'\.(?:text|day|whole|id|choice|flag|get)\("([\w-]+)"|(\w+): QueryText', path.read_text()
        )
        for name in found
        if name
    }
)
KINDS: Final = (
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
)
HEADERS: Final = (
    "Accept",
    "Accept-Language",
    "Accept-Encoding",
    "Content-Type",
    "Expect",
    "Host",
    "HX-Request",
    "HX-Current-URL",
    "HX-Target",
    "Idempotency-Key",
    "If-None-Match",
    "If-Modified-Since",
    "Origin",
    "Range",
    "Referer",
    "User-Agent",
    "X-Forwarded-For",
    "X-HTTP-Method-Override",
    "Authorization",
)
SAID: Final = (
    b"*/*",
    b"true",
    b"application/json;q=NaN",
    b"en;q=2, zh-Hans-CN-x-y;q=-1, *",
    b"bytes=-1, 5-2, 0-99999999999999999999",
    b"http://[::1",
    b"http://127.0.0.1:99999999/%zz?%00",
    b"Bearer \xff\xfe",
    b"Basic ",
    b'W/"x", *',
    b"\xe4\xbd\xa0\xe5\xa5\xbd",
    b"x" * 9000,
    b"",
)


class Chance:
    """One request after the other, always the same for the same seed."""

    def __init__(self, seed: int, world: World, passes: Mapping[str, Mapping[str, str]]) -> None:
        self.random = Random(seed)
        self.world = world
        self.passes = passes

    def method_and_route(self) -> tuple[str, str]:
        method, path = self.random.choice(list(ROUTES)).split()
        return (self.random.choice(METHODS) if self.random.random() < 0.2 else method), path

    def path(self, path: str, actor: str) -> str:
        return re.sub(r"{(\w+)}", lambda found: quote(self.id(found[1], actor), safe=""), path)

    def id(self, name: str, actor: str) -> bytes:
        mine: Sequence[Ids] = [self.world.own[actor]] * 8 + [self.world.near[actor], self.world.others[actor]]
        if self.random.random() < 0.85:
            return self.random.choice(mine)[name].encode()
        return self.random.choice(TEXTS) or b"-"

    def pairs(self, most: int) -> list[tuple[str, bytes]]:
        return [(self.random.choice(NAMES), self.text()) for _ in range(self.random.randrange(most))]

    def text(self) -> bytes:
        if self.random.random() < 0.2:
            return self.random.randbytes(self.random.randrange(40))
        return self.random.choice(TEXTS)

    def body(self) -> tuple[str, bytes]:
        kind = self.random.choice(KINDS)
        if self.random.random() < 0.1:
            return kind, self.random.randbytes(self.random.randrange(3000))
        if kind == "application/json":
            told = {name: value.decode(errors="replace") for name, value in self.pairs(12)}
            return kind, json.dumps(told)[: self.random.choice((None, -1))].encode()
        if kind.startswith("multipart"):
            parts = (
                b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
                % (name.encode(), self.random.choice((b"", b'; filename="a\x00.csv"')), value)
                for name, value in self.pairs(8)
            )
            return kind, b"".join(parts) + self.random.choice((b"--x--\r\n", b"--x", b""))
        return kind, urlencoded(self.pairs(20))

    def headers(self) -> dict[str, bytes]:
        asked = self.random.sample(HEADERS, self.random.randrange(4))
        return {name: self.random.choice((*SAID, self.random.choice(SAID))) for name in asked}

    def cookies(self, actor: str) -> dict[str, str]:
        cookies = dict(self.passes[actor])
        if self.random.random() < 0.1:
            cookies |= {
                self.random.choice(
                    ("linli-language", "linli-text", "linli-done", "linli-session", "linli-code")
                ): self.random.choice(("", "zz", "%00%ff", '"', "a" * 4000))
            }
        return cookies


async def test_no_random_request_is_a_failure(
    session: AsyncSession,
    app: Application,
    database: RolledBackDatabase,
    settings: Settings,
    record_property: Note,
) -> None:
    world = await make_world(session)
    passes: dict[str, dict[str, str]] = {VISITOR: {}}
    keys = {}
    for actor in ACTORS:
        if actor != VISITOR:
            async with Visitor(app, database, settings) as visitor:
                await visitor.sign_in(world.accounts[actor])
                passes[actor] = {name: value for name, value in visitor.cookies.items()}
            keys[actor] = await make_key(session, world.accounts[actor])
    chance, sender = Chance(SEED, world, passes), Sender(app, database, settings)
    wrong, statuses = [], Counter[int]()
    for n in range(REQUESTS):
        actor = chance.random.choice(ACTORS)
        method, route = chance.method_and_route()
        path = chance.path(route, actor)
        if query := chance.pairs(4):
            path += "?" + urlencoded(query).decode()
        kind, body = chance.body() if method != "GET" or chance.random.random() < 0.1 else ("", b"")
        headers: dict[str, str | bytes] = {"Content-Type": kind, "X-CSRFToken": sender.token}
        if route.startswith("/api/") and actor in keys:
            headers["Authorization"] = f"Bearer {keys[actor]}"
        outcome = await sender.ask(method, path, chance.cookies(actor), headers | chance.headers(), body)
        statuses[outcome.answer.status_code] += 1
        wrong += [f"{n}: {method} {path[:300]} as {actor}: {each}" for each in mistakes(outcome)]
    answers = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    record_property("counted", f"{REQUESTS} random requests; answers {answers}")
    expect_none(wrong)
    # Else all of them might have been turned away at the door.
    assert {200, 303, 422} <= statuses.keys()


def mistakes(outcome: Outcome) -> list[str]:
    status = outcome.answer.status_code
    return [f"is {status}"] if status >= 500 else []
