"""A need posted by a program is a need: the page's rules, a sentence for each field, and done once."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import AuditEntry
from linli.core.errors import Invalid
from linli.core.forms import REQUIRED
from linli.core.i18n import zone
from linli.needs import api, forms
from linli.needs.api import EXAMPLE, NeedToPost
from linli.needs.models import Need
from linli.needs.queries import find_need
from linli.needs.rules import MOST_SHIFTS, NeedState
from linli.organizations.models import Organization
from linli.organizations.rules import Role
from tests.conftest import NOW, Visitor
from tests.factories import make_account, make_key, make_member, make_need, make_organization
from tests.linli.core.test_api import bearing

BODY: dict[str, Any] = msgspec.to_builtins(EXAMPLE)
REQUIRED_FIELDS = {each.name for each in msgspec.structs.fields(NeedToPost) if each.required}


@pytest.fixture
async def committee(session: AsyncSession) -> Organization:
    return await make_organization(session)


@pytest.fixture
async def officer(session: AsyncSession, committee: Organization) -> Account:
    account = await make_account(session, language="en")
    return await make_member(session, committee, role=Role.officer, account=account)


@pytest.fixture
async def headers(session: AsyncSession, officer: Account) -> dict[str, str]:
    return bearing(await make_key(session, officer))


def where(committee: Organization) -> str:
    return f"/api/v1/organizations/{committee.id}/needs"


async def count(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Need)) or 0


async def test_a_need_is_published_as_from_the_page(
    session: AsyncSession,
    visitor: Visitor,
    committee: Organization,
    officer: Account,
    headers: dict[str, str],
) -> None:
    answer = await visitor.post(where(committee), json=BODY, headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (201, "open")
    assert answer.headers["location"] == f"/api/v1/needs/{answer.json()['id']}"
    need = await find_need(session, msgspec.convert(answer.json()["id"], type(committee.id)))
    assert (need.title, need.organization_id, need.posted_by_id) == (EXAMPLE.title, committee.id, officer.id)
    assert need.division == committee.division
    [shift] = need.shifts
    local = shift.starts_at.astimezone(zone())
    assert (f"{local:%H:%M}", shift.places) == ("14:00", 2)
    actions = await session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == need.id))
    assert set(actions) == {"draft_need", "post_need"}
    told = (await visitor.get(answer.headers["location"], headers=headers)).json()
    assert told["own"]["places_taken"] == 0
    assert told["own"]["answer_due_at"] is not None


async def test_a_need_stays_a_draft_unless_it_is_to_be_published(
    session: AsyncSession, visitor: Visitor, committee: Organization, headers: dict[str, str]
) -> None:
    body = {name: value for name, value in BODY.items() if name != "publish"}
    answer = await visitor.post(where(committee), json=body, headers=headers)
    assert answer.json()["state"] == "draft"
    own = (await visitor.get(f"{where(committee)}?state=draft", headers=headers)).json()["needs"]
    assert [each["id"] for each in own] == [answer.json()["id"]]
    assert (await visitor.get(f"{where(committee)}?state=open", headers=headers)).json()["needs"] == []
    stranger = bearing(await make_key(session, await make_member(session, await make_organization(session))))
    seen = await visitor.get(f"/api/v1/needs/{answer.json()['id']}", headers=stranger)
    assert seen.status_code == 404


async def test_who_is_not_verified_prepares_and_does_not_publish(
    session: AsyncSession, visitor: Visitor
) -> None:
    waiting = await make_organization(session, verified_at=None)
    headers = bearing(await make_key(session, await make_member(session, waiting)))
    assert (await visitor.post(where(waiting), json=BODY, headers=headers)).status_code == 409
    assert await count(session) == 0
    draft = await visitor.post(where(waiting), json=BODY | {"publish": False}, headers=headers)
    assert draft.status_code == 201


async def test_the_same_key_posts_once(
    session: AsyncSession, visitor: Visitor, committee: Organization, headers: dict[str, str]
) -> None:
    once = headers | {"Idempotency-Key": "row 17"}
    first, again = [await visitor.post(where(committee), json=BODY, headers=once) for _ in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, first.json())
    other = await visitor.post(where(committee), json=BODY | {"title": "别的"}, headers=once)
    assert other.status_code == 409
    assert await count(session) == 1


async def test_what_was_refused_may_be_sent_again_with_its_key(
    session: AsyncSession, visitor: Visitor, committee: Organization, headers: dict[str, str]
) -> None:
    once = headers | {"Idempotency-Key": "row 18"}
    refused = await visitor.post(where(committee), json=BODY | {"title": ""}, headers=once)
    assert refused.status_code == 422
    assert (await visitor.post(where(committee), json=BODY, headers=once)).status_code == 201


def with_time(**changed: Any) -> dict[str, Any]:
    return BODY | {"times": [BODY["times"][0] | changed]}


# What is wrong, the field that is named, and how its sentence begins.
REFUSED: list[tuple[Any, str, str]] = [
    (BODY | {"state": "open"}, "state", "There is no such field."),
    (BODY | {"organization_id": "x", "id": 1}, "organization_id", "There is no such field."),
    (BODY | {"is_sample": True}, "is_sample", "There is no such field."),
    (with_time(places_taken=3), "times.0.places_taken", "There is no such field."),
    (BODY | {"title": ["a"]}, "title", "Please check this value."),
    (BODY | {"title": None}, "title", "Please check this value."),
    (BODY | {"publish": "yes"}, "publish", "Please check this value."),
    (BODY | {"priority": "now"}, "priority", "Please check this value."),
    (BODY | {"minimum_age_years": "18"}, "minimum_age_years", "Please check this value."),
    (BODY | {"minimum_age_years": 2**63}, "minimum_age_years", "Please "),
    (BODY | {"minimum_age_years": -(2**70)}, "minimum_age_years", "Please "),
    (BODY | {"minimum_age_years": 5}, "minimum_age_years", "Please give a whole number"),
    (BODY | {"longitude": 1e300, "latitude": 1.0}, "longitude", "Please "),
    (BODY | {"longitude": 106.9}, "latitude", "A point needs both numbers"),
    (BODY | {"skills_wanted": ["juggling"]}, "skills_wanted", "Please choose from the list."),
    (BODY | {"skills_wanted": "chatting"}, "skills_wanted", "Please check this value."),
    (BODY | {"skills_wanted": [1]}, "skills_wanted", "Please check this value."),
    (BODY | {"field_id": "x"}, "field_id", "Please choose one of the list."),
    (BODY | {"division": "11"}, "division", "This place is outside your division."),
    (BODY | {"title": "长" * 500_000}, "title", "Please use at most 80 characters"),
    (BODY | {"title": "\u202e\x00 "}, "title", "Please fill this in."),
    (BODY | {"description": "给〔姓名〕送饭"}, "description", "Please fill the gap"),
    (BODY | {"times": []}, "times", "Please give at least one time."),
    (BODY | {"times": {}}, "times", "Please check this value."),
    (BODY | {"times": [1]}, "times.0", "Please check this value."),
    (BODY | {"times": BODY["times"] * (MOST_SHIFTS + 1)}, "times", "Please check this value."),
    (BODY | {"times": BODY["times"] * 2}, "times", "Two times are the same."),
    (with_time(day="2026-02-30"), "times.0.day", "Please give a day like"),
    (with_time(day="2020-01-01"), "times.0.day", "This time"),
    (with_time(ends="25:00"), "times.0.ends", "Please give a time like"),
    (with_time(starts="16:00", ends="14:00"), "times.0.ends", "The end"),
    (with_time(places=0), "times.0.places", "Please give a whole number"),
    (with_time(places=2**63), "times.0.places", "Please "),
    ([], "", "Please check this value."),
    (None, "", "Please check this value."),
]


@pytest.mark.parametrize(("body", "field", "sentence"), REFUSED, ids=range(len(REFUSED)))
async def test_each_field_that_cannot_be_used_is_named_with_its_sentence(
    session: AsyncSession,
    visitor: Visitor,
    committee: Organization,
    headers: dict[str, str],
    body: Any,
    field: str,
    sentence: str,
) -> None:
    answer = await visitor.post(where(committee), content=msgspec.json.encode(body), headers=headers | JSON)
    assert answer.status_code == 422, answer.text
    assert answer.json()["fields"][field].startswith(sentence), answer.text
    assert await count(session) == 0


JSON = {"Content-Type": "application/json"}
UNREADABLE = [
    (JSON, b"[" * 3000 + b"]" * 3000, 400),
    (JSON, b'{"times": ' + b"[" * 3000 + b"]" * 3000 + b"}", 400),
    (JSON, b'{"title": "\xff"}', 400),
    (JSON, b'{"title": "\\ud800"}', 400),
    (JSON, b'{"longitude": NaN}', 400),
    (JSON, b'{"longitude": Infinity}', 400),
    (JSON, b'{"longitude": 1e999}', 400),
    (JSON, b"", 400),
    (JSON, b'"' + b"a" * 3_100_000 + b'"', 413),
    ({"Content-Type": "text/plain"}, msgspec.json.encode(BODY), 415),
    ({"Content-Type": "application/xml"}, b"<need/>", 415),
]


@pytest.mark.parametrize(("kind", "body", "status"), UNREADABLE, ids=range(len(UNREADABLE)))
async def test_what_is_no_json_is_refused_with_a_sentence(
    session: AsyncSession,
    visitor: Visitor,
    committee: Organization,
    headers: dict[str, str],
    kind: dict[str, str],
    body: bytes,
    status: int,
) -> None:
    answer = await visitor.post(where(committee), content=body, headers=headers | kind)
    assert answer.status_code == status, answer.text
    assert answer.json()["title"].endswith(".")
    assert await count(session) == 0


async def test_all_that_is_wrong_is_told_at_once_and_in_chinese(
    session: AsyncSession, visitor: Visitor, committee: Organization
) -> None:
    chinese = bearing(await make_key(session, await make_member(session, committee)))
    empty = await visitor.post(where(committee), json={}, headers=chinese)
    assert empty.json()["fields"] == dict.fromkeys(REQUIRED_FIELDS, "请填写这一项。")
    many = await visitor.post(where(committee), json={str(n): n for n in range(10_000)}, headers=chinese)
    assert many.status_code == 422
    assert len(many.json()["fields"]) <= 50


@pytest.mark.parametrize("name", sorted(REQUIRED_FIELDS - {"times"}))
def test_what_the_body_requires_the_form_requires_too(name: str) -> None:
    """So that the schema says what the page's rule is, and neither can drift apart."""
    with pytest.raises(Invalid) as refused:
        read(msgspec.structs.replace(EXAMPLE, **{name: ""}))
    assert refused.value.errors[name] == REQUIRED


def read(body: NeedToPost) -> forms.NeedDraft:
    return forms.read_need(api.as_form(body), within_division="5203", zone=zone(), now=NOW)


def test_what_the_body_does_not_require_the_form_does_not_either() -> None:
    least = NeedToPost(**{name: getattr(EXAMPLE, name) for name in REQUIRED_FIELDS})
    assert read(least).title == EXAMPLE.title


async def test_the_list_narrows_as_the_page_does(
    session: AsyncSession, visitor: Visitor, committee: Organization, headers: dict[str, str]
) -> None:
    near = await make_need(session, organization=committee)
    await make_need(session, organization=committee, state=NeedState.draft)
    await make_need(session, organization=committee, field_id="low_income")
    far = await make_need(session, division="522725001002", field_id="children")
    day = near.shifts[0].starts_at.astimezone(zone()).date()
    for query, found in (
        ("", {near, far}),
        (f"?place={committee.division[:6]}", {near}),
        ("?field=children", {far}),
        (f"?day={day}", {near, far}),
        ("?day=2027-05-05", set()),
        ("?after=nonsense", {near, far}),
    ):
        told = (await visitor.get(f"/api/v1/needs{query}", headers=headers)).json()
        assert {each["id"] for each in told["needs"]} == {str(each.id) for each in found}, query
        assert told["next"] is None
