"""Below /api: one key is the only proof, only JSON comes in, and the description is true."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from litestar import post
from litestar.params import JSONBody
from sqlalchemy import select, update

from linli.accounts import actions
from linli.accounts.api import EXAMPLE, Me
from linli.accounts.models import Account, ApiToken
from linli.accounts.rules import Scope
from linli.app import create_app
from linli.core import clock
from linli.core.config import Settings
from linli.core.db import Database
from linli.core.errors import Conflict, Invalid
from linli.core.forms import REQUIRED
from linli.core.i18n import Message
from linli.core.web.api import api_router
from linli.core.web.security import HEADERS, may, needs_scope
from linli.organizations.actions import add_member
from linli.organizations.models import Organization
from linli.organizations.rules import Role
from tests.conftest import NOW, DatabaseOfTheTest, Visitor
from tests.factories import make_account, make_key, make_member, make_organization

ME = "/api/v1/me"


class Wish(msgspec.Struct):
    title: str
    places: int = 1


@post("/wishes", opt=may(needs_scope(Scope.needs_post)))
async def wish(data: JSONBody[Wish]) -> dict[str, Any]:
    if data.title == "taken":
        raise Conflict(Message("One moment"))
    if data.title == "empty":
        raise Invalid({"title": REQUIRED})
    if data.title == "fail":
        raise ValueError(data.title)
    return {"title": data.title, "places": data.places}


@pytest.fixture(scope="session")
def application(settings: Settings, any_database: DatabaseOfTheTest) -> Any:
    app = create_app(settings, any_database)
    app.register(api_router([wish]))
    return app


@pytest.fixture
async def organization(database: Database) -> Organization:
    async with database.transaction() as session:
        return await make_organization(session)


@pytest.fixture
async def officer(database: Database, organization: Organization) -> Account:
    async with database.transaction() as session:
        return await make_member(session, organization, account=await make_account(session, language="en"))


@pytest.fixture
async def key(database: Database, officer: Account) -> str:
    async with database.transaction() as session:
        return await make_key(session, officer)


def bearing(key: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} | more


async def test_a_key_says_who_it_acts_for_and_where(
    visitor: Visitor, officer: Account, organization: Organization, key: str
) -> None:
    answer = await visitor.get(ME, headers=bearing(key))
    assert answer.status_code == 200
    told = answer.json()
    assert told["account_id"] == str(officer.id)
    assert told["scopes"] == sorted(Scope)
    assert [each["organization_id"] for each in told["organizations"]] == [str(organization.id)]
    assert told["organizations"][0]["role"] == "officer"
    assert answer.headers["cache-control"] == "no-store"
    assert "mobile" not in told


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic eDp4", "bearer " + "x" * 5000, "Bearer é"]
)
async def test_without_a_key_that_works_nobody_gets_in(visitor: Visitor, key: str, header: str) -> None:
    headers = {"Authorization": header.encode("utf-8"), "Accept-Language": b"en"} if header else {}
    answer = await visitor.get(ME, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_session_counts_nothing_here_and_a_key_nothing_elsewhere(
    visitor: Visitor, another_visitor: Visitor, officer: Account, key: str
) -> None:
    await visitor.sign_in(officer)
    assert (await visitor.get(ME)).status_code == 401
    assert (await another_visitor.get("/me/account", headers=bearing(key))).status_code == 401
    for path in ("//api/v1/me", "/api/v1/me/", "/API/v1/me", "/api//v1/me"):
        assert (await visitor.get(path)).status_code in {401, 404}, path


async def test_a_key_ends_with_its_time_by_its_holder_and_with_the_second_step(
    visitor: Visitor, officer: Account, key: str
) -> None:
    async def status() -> int:
        return (await visitor.get(ME, headers=bearing(key))).status_code

    assert await status() == 200
    clock.move(timedelta(days=90, minutes=1))
    assert await status() == 401
    clock.move(-timedelta(days=80))
    assert await status() == 200
    async with visitor.database.transaction() as session:
        await session.execute(update(Account).where(Account.id == officer.id).values(stopped_at=NOW))
    assert await status() == 401
    async with visitor.database.transaction() as session:
        await session.execute(update(Account).where(Account.id == officer.id).values(stopped_at=None))
        await actions.forget_factor(session, account=officer, now=clock.now())
    assert await status() == 401


async def test_a_role_given_later_is_not_in_an_older_key(
    visitor: Visitor, officer: Account, key: str
) -> None:
    async with visitor.database.transaction() as session:
        another = await make_organization(session)
        await add_member(
            session,
            organization=another,
            account=officer,
            role=Role.officer,
            account_id=None,
            now=NOW + timedelta(hours=1),
        )
    clock.move(timedelta(hours=2))
    assert len((await visitor.get(ME, headers=bearing(key))).json()["organizations"]) == 1


async def test_a_key_does_only_what_its_scopes_say(visitor: Visitor, officer: Account, key: str) -> None:
    async with visitor.database.transaction() as session:
        reads = await make_key(session, officer, Scope.needs_read)
    body = {"title": "tea"}
    answer = await visitor.post("/api/v1/wishes", json=body, headers=bearing(reads))
    assert answer.status_code == 403
    assert "needs:post" in answer.json()["title"]
    assert (await visitor.post("/api/v1/wishes", json=body, headers=bearing(key))).status_code == 201


async def test_a_change_needs_no_form_token_and_is_not_made_by_cookie(
    visitor: Visitor, officer: Account, key: str
) -> None:
    await visitor.sign_in(officer)
    assert (await visitor.submit("/api/v1/wishes", {"title": "tea"})).status_code == 401
    assert (await visitor.post("/api/v1/wishes", json={"title": "tea"})).status_code == 401


BODIES: list[tuple[str, bytes, int]] = [
    ("application/json", b'{"title": "tea"}', 201),
    ("application/json; charset=utf-8", b'{"title": "tea"}', 201),
    ("text/plain", b'{"title": "tea"}', 415),
    ("application/x-www-form-urlencoded", b"title=tea", 415),
    ("multipart/form-data; boundary=x", b"--x--", 415),
    ("", b'{"title": "tea"}', 415),
    ("application/json", b"[" * 3000 + b"]" * 3000, 400),
    ("application/json", b'{"title": ' + b"[" * 3000, 400),
    ("application/json", b'{"title": "\xff\xfe"}', 400),
    ("application/json", b'{"title": "\\ud800"}', 400),
    ("application/json", b'{"title": NaN}', 400),
    ("application/json", b"", 400),
    ("application/json", b"null", 422),
    ("application/json", b'{"places": 1}', 422),
    ("application/json", b'{"title": "tea", "places": "many"}', 422),
    ("application/json", b'{"title": "empty"}', 422),
    ("application/json", b'{"title": "taken"}', 409),
    ("application/json", b'{"title": "fail"}', 500),
]


@pytest.mark.parametrize(("kind", "body", "status"), BODIES, ids=range(len(BODIES)))
async def test_what_cannot_be_read_is_refused_as_a_problem_with_a_reference(
    visitor: Visitor, key: str, kind: str, body: bytes, status: int
) -> None:
    headers = bearing(key) | ({"Content-Type": kind} if kind else {})
    answer = await visitor.post("/api/v1/wishes", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 201:
        return
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert len(problem["reference"]) == 8
    assert problem["title"].endswith(".") or problem["title"] == "One moment"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    for inside in ("msgspec", "litestar", "Traceback", "ValueError"):
        assert inside not in answer.text


async def test_a_problem_is_told_in_the_holders_language(
    visitor: Visitor, officer: Account, key: str
) -> None:
    visitor.cookies.set("linli-language", "zh")
    english = await visitor.post("/api/v1/wishes", content=b"x", headers=bearing(key))
    assert "Please send JSON" in english.json()["title"]
    async with visitor.database.transaction() as session:
        await session.execute(update(Account).where(Account.id == officer.id).values(language="zh"))
    chinese = await visitor.post("/api/v1/wishes", content=b"x", headers=bearing(key))
    assert chinese.json()["title"] == "请发送 JSON，并带上请求头 Content-Type: application/json。"
    assert chinese.headers["content-language"] == "zh-Hans"
    assert (await visitor.get("/api/v1/nothing", headers=bearing(key))).json()["status"] == 404


async def test_the_use_of_a_key_is_noted(visitor: Visitor, key: str) -> None:
    await visitor.get(ME, headers=bearing(key))
    async with visitor.database.session(writes=False) as session:
        assert (await session.scalars(select(ApiToken))).one().last_used_at is not None


async def test_one_key_is_not_asked_with_more_often_than_agreed(
    settings: Settings, any_database: DatabaseOfTheTest, database: Database, officer: Account, key: str
) -> None:
    from dataclasses import replace

    any_database.current = database
    app = create_app(replace(settings, api_requests_per_minute=3), any_database)
    async with Visitor(app, database, settings) as visitor:
        statuses = [(await visitor.get(ME, headers=bearing(key))).status_code for _ in range(8)]
        async with database.transaction() as session:
            other = await make_key(session, officer)
        answer = await visitor.get(ME, headers=bearing(other))
    # A minute may end in between.
    assert statuses.count(429) >= 2
    assert statuses[0] == answer.status_code == 200


async def test_the_schema_is_served_without_any_outside_address(visitor: Visitor) -> None:
    answer = await visitor.get("/api/v1/openapi.json")
    schema = answer.json()
    assert schema["openapi"].startswith("3.1")
    assert "/api/v1/me" in schema["paths"]
    assert not [path for path in schema["paths"] if not path.startswith("/api/v1/")]
    assert "://" not in answer.text
    assert schema["security"] == [{"key": []}]


async def test_the_page_shows_every_call_with_its_example_in_both_languages(visitor: Visitor) -> None:
    schema = (await visitor.get("/api/v1/openapi.json")).json()
    for language, words in (("zh", "给程序使用"), ("en", "For programs")):
        page = (await visitor.get("/api", headers={"Accept-Language": language})).text
        assert words in page
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                assert f"{method.upper()} {path}" in page
                if language == "zh":
                    assert operation["summary"] not in page, "in Chinese too"
        assert "https://" not in page


async def test_the_example_has_the_form_of_a_real_answer(visitor: Visitor, key: str) -> None:
    schema = (await visitor.get("/api/v1/openapi.json")).json()
    content = schema["paths"]["/api/v1/me"]["get"]["responses"]["200"]["content"]["application/json"]
    [example] = [each["value"] for each in content["examples"].values()]
    assert msgspec.convert(example, Me) == EXAMPLE
    real = (await visitor.get(ME, headers=bearing(key))).json()
    assert set(real) == set(example)
    assert set(real["organizations"][0]) == set(example["organizations"][0])
