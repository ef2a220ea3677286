"""Suggestions for programs: as much as the desk shows before a yes, with the matcher's codes."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.wording import GATE_SENTENCES
from matching import ReasonCode
from tests.conftest import NOW, Visitor
from tests.factories import (
    make_account,
    make_key,
    make_member,
    make_need,
    make_organization,
    make_participation,
)
from tests.linli.core.test_api import bearing
from tests.linli.suggestions.factories import make_helper
from tests.linli.test_private_fields import stands


async def headers_of_officer(session: AsyncSession, organization: Organization) -> dict[str, str]:
    account = await make_account(session, language="en")
    return bearing(await make_key(session, await make_member(session, organization, account=account)))


def where(need: Need, query: str = "") -> str:
    return f"/api/v1/needs/{need.id}/suggestions{query}"


async def test_who_fits_is_a_surname_a_township_and_reasons_with_codes(
    session: AsyncSession, visitor: Visitor
) -> None:
    committee = await make_organization(session)
    need = await make_need(session, organization=committee)
    person = await make_helper(
        session, account={"name": "欧阳晓梅", "mobile": "13977770001"}, fields=("elderly_care",)
    )
    for _ in range(2):
        await make_helper(session, opted_in=False)
    await refresh_need(session, need_id=need.id, now=NOW)
    answer = await visitor.get(where(need), headers=await headers_of_officer(session, committee))
    told = answer.json()
    assert told["is_looking"] is False
    [fitting] = told["found"]["people"]
    assert "欧阳" in fitting["name"]
    assert fitting["is_proposed"] is True
    assert fitting["township"]
    assert {each["code"] for each in fitting["reasons"]} <= set(ReasonCode)
    assert all(each["sentence"] for each in fitting["reasons"])
    assert told["found"]["fitting"] == 1
    for private in ("晓梅", "13977770001", "1990", str(person.id)):
        assert not stands(private, answer.text)


async def test_few_who_do_not_fit_are_a_few(session: AsyncSession, visitor: Visitor) -> None:
    committee = await make_organization(session)
    need = await make_need(session, organization=committee, minimum_age_years=60)
    for n in range(8):
        await make_helper(session, opted_in=n > 1)
    await refresh_need(session, need_id=need.id, now=NOW)
    headers = await headers_of_officer(session, committee)
    found = (await visitor.get(where(need), headers=headers)).json()["found"]
    counts = {each["code"]: each["count"] for each in found["excluded"]}
    assert set(counts) <= set(GATE_SENTENCES)
    assert counts["old_enough"] == "6"
    assert {count for code, count in counts.items() if code != "old_enough"} <= {"a few"}


async def test_while_the_matcher_looks_the_program_is_told_so(
    session: AsyncSession, visitor: Visitor
) -> None:
    committee = await make_organization(session)
    need = await make_need(session, organization=committee)
    told = (await visitor.get(where(need), headers=await headers_of_officer(session, committee))).json()
    assert (told["is_looking"], told["found"]) == (True, None)
    assert told["time_id"] == str(need.shifts[0].id)


async def test_the_time_can_be_chosen_and_another_needs_time_is_refused(
    session: AsyncSession, visitor: Visitor
) -> None:
    committee = await make_organization(session)
    need = await make_need(session, organization=committee, shifts=2)
    other = await make_need(session, organization=committee)
    headers = await headers_of_officer(session, committee)
    chosen = need.shifts[1].id
    told = (await visitor.get(where(need, f"?time={chosen}"), headers=headers)).json()
    assert told["time_id"] == str(chosen)
    for wrong in (other.shifts[0].id, "x", "%00"):
        refused = await visitor.get(where(need, f"?time={wrong}"), headers=headers)
        assert (refused.status_code, list(refused.json()["fields"])) == (422, ["time"])


async def test_nobody_is_looked_for_where_nobody_can_join(session: AsyncSession, visitor: Visitor) -> None:
    committee = await make_organization(session)
    headers = await headers_of_officer(session, committee)
    draft = await make_need(session, organization=committee, state=NeedState.draft)
    past = await make_need(session, organization=committee, starts_at=NOW - timedelta(days=1))
    for need in (draft, past):
        told = (await visitor.get(where(need), headers=headers)).json()
        assert (told["is_looking"], told["found"]) == (False, None)


async def test_who_was_asked_stands_there_as_asked(session: AsyncSession, visitor: Visitor) -> None:
    committee = await make_organization(session)
    need = await make_need(session, organization=committee)
    person = await make_helper(session)
    await refresh_need(session, need_id=need.id, now=NOW)
    await make_participation(session, need.shifts[0], person, State.invited, asked_at=NOW)
    headers = await headers_of_officer(session, committee)
    [told] = (await visitor.get(where(need), headers=headers)).json()["found"]["people"]
    assert (told["state"], told["is_proposed"]) == ("invited", False)
