"""Every call of programs: its example works, its scope counts, and what is private stands in no answer."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.rules import Scope
from linli.app import calls
from linli.core.web.application import Application
from linli.organizations.models import Organization, OrganizationField
from linli.organizations.rules import Role
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.teams.models import TeamField
from tests.conftest import NOW, Visitor
from tests.factories import make_key, make_member, make_need, make_organization, make_team
from tests.house import expect_none
from tests.linli.core.test_api import bearing
from tests.linli.standing import MakeWorld
from tests.linli.suggestions.factories import make_helper
from tests.linli.test_private_fields import LOOKS, OWNED, PERSONAL, stands
from tests.linli.test_rights import ROUTES, routes_of
from tests.linli.world import VISITOR, VOLUNTEER, World, make_world

BASE = "/api/v1"
SCHEMA = f"{BASE}/openapi.json"
SCOPES = {
    "/me": None,
    "/needs": Scope.needs_read,
    "/needs/{need_id}": Scope.needs_read,
    "/needs/{need_id}/suggestions": Scope.suggestions_read,
    "/organizations": Scope.organizations_read,
    "/organizations/{organization_id}": Scope.organizations_read,
    "/organizations/{organization_id}/needs": Scope.needs_read,
    "/teams": Scope.teams_read,
    "/teams/{team_id}": Scope.teams_read,
}
POST = f"POST {BASE}/organizations/{{organization_id}}/needs"
MOST_QUERIES = 14


def structs_of_answers() -> dict[str, type[msgspec.Struct]]:
    """By the operation's id."""
    return {
        handler.operation_id: spec.data_container
        for handler in calls()
        for spec in handler.responses.values()
    }


async def test_every_example_can_be_sent_and_real_answers_have_its_form(
    session: AsyncSession, world: World, visitor: Visitor
) -> None:
    """As somebody copies it from the page, with ids of their own."""
    headers = bearing(await make_key(session, world.accounts[Role.officer]))
    schema = (await visitor.get(SCHEMA)).json()
    assert len(schema["paths"]) == len(SCOPES)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            sent = sent_example(operation)
            answer = await visitor.request(
                method, path.format(**world.own[Role.officer]), json=sent, headers=headers
            )
            assert answer.is_success, f"{where}: {answer.text}"
            [status] = [each for each in operation["responses"] if each[0] == "2"]
            assert answer.status_code == int(status), where
            [example] = [
                each["value"]
                for each in operation["responses"][status]["content"]["application/json"]["examples"].values()
            ]
            kind = structs_of_answers()[operation["operationId"]]
            msgspec.convert(example, kind)
            msgspec.json.decode(answer.content, type=kind)
            assert not missing_parts(example, answer.json()), where


def sent_example(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return content["schema"]["examples"][0] if content else None


def missing_parts(example: Any, real: Any, at: str = "") -> list[str]:
    """Where the two have other names, at any depth; lists are compared by their first part."""
    if isinstance(example, dict) and isinstance(real, dict):
        found = [f"{at}.{name}" for name in set(example) ^ set(real)]
        return found + [
            part
            for name in set(example) & set(real)
            for part in missing_parts(example[name], real[name], name)
        ]
    if isinstance(example, list) and isinstance(real, list) and example and real:
        return missing_parts(example[0], real[0], at)
    return []


async def a_full_world(session: AsyncSession, **values: Any) -> World:
    """With fields, and with an answer of the matcher in which somebody fits."""
    world = await make_world(session, **values)
    own = world.own[Role.officer]
    await make_helper(session)
    await make_need(session, field_id="elderly_care")
    for name, kind in (("organization_id", OrganizationField), ("team_id", TeamField)):
        session.add(kind(**{name: UUID(own[name]), "field_id": "elderly_care"}))
    await session.flush()
    for need_id in {ids["need_id"] for ids in (*world.own.values(), *world.others.values())}:
        await refresh_need(session, need_id=UUID(need_id), now=NOW)
    return world


@pytest.fixture
def make_standing() -> MakeWorld:
    return a_full_world


@pytest.mark.parametrize("path", SCOPES)
async def test_each_call_asks_for_its_scope(
    session: AsyncSession, world: World, visitor: Visitor, path: str
) -> None:
    officer, ids = world.accounts[Role.officer], world.own[Role.officer]
    wanted = SCOPES[path]
    if wanted is None:
        return
    others = await make_key(session, officer, *(each for each in Scope if each is not wanted))
    just_this = await make_key(session, officer, wanted)
    address = BASE + path.format(**ids)
    refused = await visitor.get(address, headers=bearing(others))
    assert refused.status_code == 403
    assert wanted in refused.json()["title"]
    assert (await visitor.get(address, headers=bearing(just_this))).status_code == 200


async def test_reading_is_not_posting(session: AsyncSession, world: World, visitor: Visitor) -> None:
    reads = await make_key(session, world.accounts[Role.officer], Scope.needs_read)
    answer = await visitor.post(POST[5:].format(**world.own[Role.officer]), headers=bearing(reads))
    assert answer.status_code == 403


def test_every_call_that_exists_is_among_these(application: Application) -> None:
    found = {route for route in routes_of(application) if f" {BASE}/" in route} - {f"GET {SCHEMA}"}
    assert found == {f"GET {BASE}{path}" for path in SCOPES} | {POST}
    assert found <= set(ROUTES)


@pytest.mark.parametrize(("actor", "state", "field"), [each for each in LOOKS if each[0] != VISITOR])
async def test_private_fields_stand_in_no_answer_to_anybody(
    session: AsyncSession, world: World, visitor: Visitor, actor: str, state: State, field: str
) -> None:
    headers = bearing(await make_key(session, world.accounts[actor]))
    found = []
    for path in SCOPES:
        for ids in (world.own[actor], world.others[actor]):
            answer = await visitor.get(BASE + path.format(**ids), headers=headers)
            allowed = {"name"} if path == "/me" and actor == VOLUNTEER else set()
            told = {name for name, word in (OWNED | PERSONAL).items() if stands(word, answer.text)}
            found += [f"{each} in {path}" for each in told - allowed]
    expect_none(found)


async def test_what_was_posted_is_not_said_back(
    session: AsyncSession, world: World, visitor: Visitor
) -> None:
    headers = bearing(await make_key(session, world.accounts[Role.officer]))
    example = sent_example((await visitor.get(SCHEMA)).json()["paths"][POST[5:]]["post"]) | {
        "address": OWNED["address"],
        "contact_phone": OWNED["contact_phone"],
    }
    where = POST[5:].format(**world.own[Role.officer])
    for body, status in ((example, 201), (example | {"title": ""}, 422)):
        answer = await visitor.post(where, json=body, headers=headers)
        assert answer.status_code == status
        expect_none(name for name, word in OWNED.items() if word in answer.text)


class Town:
    """What each list shows, growing."""

    def __init__(self, session: AsyncSession, committee: Organization) -> None:
        self.session, self.committee = session, committee

    async def grow(self, n: int) -> None:
        for _ in range(n):
            await make_need(self.session, organization=self.committee)
            charity = await make_organization(self.session)
            self.session.add(OrganizationField(organization_id=charity.id, field_id="elderly_care"))
            team = await make_team(self.session, self.committee)
            self.session.add(TeamField(team_id=team.id, field_id="elderly_care"))
            await make_helper(self.session)
        await self.session.flush()


@pytest.mark.parametrize("path", SCOPES)
async def test_a_call_asks_the_same_few_questions_however_much_there_is(
    session: AsyncSession, visitor: Visitor, statements: list[str], path: str
) -> None:
    committee = await make_organization(session)
    headers = bearing(await make_key(session, await make_member(session, committee)))
    town, counts = Town(session, committee), []
    need = await make_need(session, organization=committee, places=20)
    team = await make_team(session, committee)
    ids = {"organization_id": committee.id, "need_id": need.id, "team_id": team.id}
    # That a key was used is noted once in a while, which is a question more.
    await visitor.get(f"{BASE}/me", headers=headers)
    for more in (1, 7):
        await town.grow(more)
        await refresh_need(session, need_id=need.id, now=NOW)
        statements.clear()
        answer = await visitor.get(BASE + path.format(**ids), headers=headers)
        assert answer.status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST_QUERIES


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("path", "name"),
    [("/needs?place=99", "place"), ("/needs?field=x", "field"), ("/needs?day=tomorrow", "day"),
     ("/organizations?place=%00", "place"), ("/organizations?field=x", "field"),
     ("/teams?of=1", "of"), ("/teams?place=x", "place")],
)  # fmt: skip
async def test_a_filter_that_names_nothing_is_refused_and_not_ignored(
    session: AsyncSession, visitor: Visitor, language: str, path: str, name: str
) -> None:
    account = await make_helper(session, account={"language": language})
    headers = bearing(await make_key(session, account))
    answer = await visitor.get(BASE + path, headers=headers)
    assert answer.status_code == 422
    sentence = {"zh": "请从列表中选择一项。", "en": "Please choose one of the list."}[language]
    assert answer.json()["fields"] == {name: sentence}


@pytest.mark.parametrize("list_name", ["needs", "organizations", "teams"])
async def test_a_list_goes_on_where_its_page_ends(
    session: AsyncSession, visitor: Visitor, list_name: str
) -> None:
    committee = await make_organization(session)
    await Town(session, committee).grow(23)
    headers = bearing(await make_key(session, await make_member(session, committee)))
    seen = await everything(
        lambda query: visitor.get(f"{BASE}/{list_name}{query}", headers=headers), list_name
    )
    assert len(seen) == len(set(seen)) >= 23


async def everything(ask: Callable[[str], Awaitable[httpx.Response]], list_name: str) -> list[str]:
    seen, after, pages = [], "", 0
    while True:
        page = (await ask(f"?after={after}" if after else "")).json()
        seen += [each["id"] for each in page[list_name]]
        pages += 1
        if page["next"] is None:
            assert pages > 1
            return seen
        after = page["next"]


async def test_an_organization_that_waits_is_for_its_members(session: AsyncSession, visitor: Visitor) -> None:
    waiting = await make_organization(session, verified_at=None, phone="0851-2222222")
    member = bearing(await make_key(session, await make_member(session, waiting)))
    stranger = bearing(await make_key(session, await make_helper(session)))
    where = f"{BASE}/organizations/{waiting.id}"
    assert (await visitor.get(where, headers=stranger)).status_code == 404
    told = await visitor.get(where, headers=member)
    assert (told.json()["is_verified"], told.json()["state"]) == (False, "submitted")
    assert "0851-2222222" not in told.text
