"""Every call that takes JSON, and whatever may stand in one of its fields; and bodies that are no JSON.

A few values for each field in the suite, in turn; LINLI_TEST_THOROUGH=1 sends every value in every field.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from linli.app import calls
from linli.core.config import Settings
from linli.core.web.application import Application
from linli.organizations.rules import Role
from tests.conftest import RolledBackDatabase
from tests.factories import make_key
from tests.house import expect_none
from tests.linli.core.test_api import bearing
from tests.linli.hostile.sending import Outcome, Sender
from tests.linli.hostile.values import VALUES, chosen
from tests.linli.test_rights import Note
from tests.linli.world import make_world

JSON: Final = "application/json"
HERE: Final = "the value stands here"
# As they stand in the text of a body.
RAW: Final[Mapping[str, str | None]] = {
    "missing": None,
    "null": "null",
    "true": "true",
    "2^63": str(2**63),
    "-2^63-1": str(-(2**63) - 1),
    "ten thousand digits": "9" * 10_000,
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "1e999": "1e999",
    "-0.0": "-0.0",
    "a list": '["a"]',
    "a list of lists": "[[[]]]",
    "an object": '{"a": 1}',
    "NUL": '"a\\u0000b"',
    "half a surrogate": '"a\\ud800b"',
    "the other half": '"\\udc00"',
    "no escape": '"\\x"',
    "no text": "a",
    "nested": "[" * 3000 + "]" * 3000,
    "nested without end": "[" * 3000,
    "ten thousand times": json.dumps(["a"] * 10_000),
    **{
        f"the text {name}": json.dumps(values[0].decode(errors="replace"))
        for name, values in VALUES.items()
        if values
    },
}
BODIES: Final[Mapping[str, tuple[str, bytes]]] = {
    "nothing": (JSON, b""),
    "invalid UTF-8": (JSON, b'{"title": "\xff\xfe"}'),
    "a lone surrogate in UTF-8": (JSON, b'{"title": "\xed\xa0\x80"}'),
    "nested lists": (JSON, b"[" * 3000 + b"]" * 3000),
    "nested objects": (JSON, b'{"a":' * 3000 + b"1" + b"}" * 3000),
    "unclosed": (JSON, b'{"a":' * 3000),
    "UTF-16": (JSON, '{"title": "a"}'.encode("utf-16")),
    "NUL": (JSON, b"\x00" * 100),
    "a number": (JSON, b"1e400"),
    "a thousand unknown fields": (JSON, json.dumps({str(n): n for n in range(1000)}).encode()),
    **{
        f"sent as {kind or 'nothing'}": (kind, b"{}")
        for kind in (
            "",
            "text/plain",
            "text/json",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "application/msgpack",
            "application/json, text/plain",
            ";;=/",
            "\u00ff/\u00ff",
        )
    },
    "another charset": ("application/json; charset=klingon", b"{}"),
}


def places_in(kind: Any, example: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a value can stand: each field, also those that the example leaves out, and each in a list."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in msgspec.structs.fields(kind):
            yield (*at, field.name)
            yield from places_in(field.type, example.get(field.name), (*at, field.name))
    elif isinstance(example, list):
        for n, each in enumerate(example[:1]):
            yield (*at, n)
            if isinstance(each, dict):
                yield from ((*at, n, name) for name in each)


def body_with(example: Any, place: tuple[str | int, ...], raw: str | None) -> bytes:
    """The example with this in that place; without the field where there is nothing to send."""
    body = json.loads(json.dumps(example))
    inner = body
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = HERE
    if raw is None:
        del inner[place[-1]]
    return json.dumps(body).replace(json.dumps(HERE), raw or "").encode()


async def test_no_value_in_any_field_of_any_call_is_a_failure_or_changes_half_of_something(
    session: AsyncSession,
    app: Application,
    database: RolledBackDatabase,
    settings: Settings,
    record_property: Note,
) -> None:
    world = await make_world(session)
    headers = bearing(await make_key(session, world.accounts[Role.officer]))
    ids = world.own[Role.officer]
    sender = Sender(app, database, settings)
    wrong: list[str] = []
    for method, path, kind, example in calls_that_take_json(app):

        async def send(sent_as: str, body: bytes, method: str = method, path: str = path) -> Outcome:
            kind_and_key = headers | {"Content-Type": sent_as}
            return await sender.ask(method, path.format(**ids), {}, kind_and_key, body)

        proper = await send(JSON, json.dumps(example).encode())
        assert proper.answer.status_code == 201, proper.answer.text
        for name, (sent_as, body) in BODIES.items():
            outcome = await send(sent_as, body)
            wrong += [f"{path}: {name}: {each}" for each in mistakes(outcome)]
            assert outcome.answer.status_code >= 400, name
        for n, place in enumerate(places_in(kind, example)):
            for name in chosen(RAW, n):
                outcome = await send(JSON, body_with(example, place, RAW[name]))
                wrong += [f"{path}: {place} is {name}: {each}" for each in mistakes(outcome)]
    record_property("counted", f"{sender.sent} calls with hostile JSON")
    expect_none(wrong)


def calls_that_take_json(app: Application) -> Iterator[tuple[str, str, Any, Any]]:
    """Method, path, what is read, and the example of it that the schema shows."""
    kinds = {handler.operation_id: handler.parsed_data_field for handler in calls()}
    for path, operations in app.state.api_schema()["paths"].items():
        for method, operation in operations.items():
            if "requestBody" in operation:
                field = kinds[operation["operationId"]]
                assert field is not None
                [content] = operation["requestBody"]["content"].values()
                yield method.upper(), path, field.annotation, content["schema"]["examples"][0]


def mistakes(outcome: Outcome) -> Iterator[str]:
    answer = outcome.answer
    if answer.status_code >= 500:
        yield f"is {answer.status_code}"
    if answer.status_code < 400:
        return
    if outcome.kept - {"api_tokens"}:
        yield f"was refused, and {sorted(outcome.kept)} changed"
    told = answer.json()
    if told["status"] != answer.status_code or not told["title"]:
        yield "was refused without a word"
