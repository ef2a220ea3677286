"""A story for each field of service: from its template to a confirmed place, and what stands in its way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from linli.accounts.models import Account
from linli.core import seed
from linli.needs.models import Need
from linli.organizations.models import Organization
from linli.participation import actions
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.volunteers.models import VolunteerCredential
from tests.conftest import NOW, Visitor
from tests.factories import make_member, make_organization, make_volunteer

TEMPLATES = {
    "elderly_care": "elder_meals",
    "children": "child_companion",
    "disabled_people": "device_lending",
    "low_income": "household_visit",
    "emergency_assistance": "urgent_supplies",
    "disaster_relief": "shelter_support",
    "community_services": "repair_day",
    "health": "vaccination_company",
    "rural_vitalization": "project_labour_day",
    "weddings_and_funerals": "mourning_support",
    "advice_and_counselling": "advice_hour",
}
PLACE = {"address": "幸福路 8 号", "contact_name": "李主任", "contact_phone": "0851-1234567"}


class FilledForm(HTMLParser):
    """What a browser would send if the form were sent as it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.select = self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and name and (kind not in {"checkbox", "radio"} or "checked" in given):
            self.values.setdefault(name, []).append(given.get("value", ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.values[self.select] = [given["value"]]
        elif tag == "textarea":
            self.area = name
            self.values[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self.select = self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area][0] += data


@dataclass
class Story:
    """One need from its template, its officer and a volunteer who has nothing to show yet."""

    session: AsyncSession
    officer: Visitor
    volunteer: Visitor
    organization: Organization
    somebody: Account
    need: Need

    @property
    def template(self) -> seed.NeedTemplate:
        return seed.templates()[self.need.template_id or ""]

    async def state(self) -> State | None:
        found = await self.session.scalars(
            select(Participation)
            .where(Participation.account_id == self.somebody.id)
            .order_by(Participation.id)
            .execution_options(populate_existing=True)
        )
        held = found.first()
        return held.state if held else None

    async def show_papers(self) -> None:
        self.session.add_all(
            VolunteerCredential(
                account_id=self.somebody.id,
                credential_id=each,
                stated_at=NOW,
                checked_at=NOW,
                expires_on=NOW.date() + timedelta(days=300),
            )
            for each in self.template.credentials
        )
        await self.session.flush()

    async def insure(self) -> None:
        answer = await self.officer.submit(
            f"/organizations/{self.organization.id}/insurance",
            {
                "need": str(self.need.id),
                "scope": "need",
                "insurer": "人保财险",
                "policy_number": "PICC-1",
                "starts_on": NOW.date().isoformat(),
                "ends_on": (NOW + timedelta(days=90)).date().isoformat(),
                "covers": "everybody",
                "risk_kinds": list(self.template.risk_kinds),
                "is_seen": "yes",
            },
        )
        assert answer.status_code == 303

    async def invite(self) -> actions.Asked:
        return await actions.invite(
            self.session,
            shift_id=self.need.shifts[0].id,
            account_ids=[self.somebody.id],
            asked_by_id=self.somebody.id,
            now=NOW,
        )

    async def apply(self) -> Any:
        return await self.volunteer.submit(f"/shifts/{self.need.shifts[0].id}/apply")

    async def answer(self, who: Visitor, verb: str) -> Any:
        held = (await self.session.scalars(select(Participation).order_by(Participation.id))).first()
        assert held is not None
        return await who.submit(f"/participations/{held.id}/{verb}")


async def begin(
    session: AsyncSession, officer: Visitor, volunteer: Visitor, template: seed.NeedTemplate
) -> Story:
    """The officer opens the template, fills its gaps with what stands beside them, and posts."""
    organization = await make_organization(session)
    await officer.sign_in(await make_member(session, organization))
    base = f"/organizations/{organization.id}/needs"
    form = FilledForm((await officer.get(f"{base}/new/{template.id}")).text).values
    typed = {**form, **PLACE, "post": "yes"} | {
        part: filled(form[part][0].removeprefix("\n"), template) for part in ("title", "description", "risks")
    }
    answer = await officer.submit(base, typed)
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    need = (await session.scalars(select(Need).options(selectinload(Need.shifts)))).one()
    somebody = await make_volunteer(session)
    await volunteer.sign_in(somebody)
    return Story(session, officer, volunteer, organization, somebody, need)


def filled(text: str, template: seed.NeedTemplate) -> str:
    for slot in template.slots.values():
        text = text.replace(f"〔{slot.label.zh}〕", slot.example.zh)
    return text


def posted(need: Need) -> Mapping[str, Any]:
    return {
        "field": need.field_id,
        "setting": need.setting,
        "joining": need.joining,
        "age": need.minimum_age_years,
        "risks": set(need.risk_kinds),
        "places": need.shifts[0].places,
    }


def test_every_field_has_its_story() -> None:
    assert list(TEMPLATES) == list(seed.fields())
    assert {id: seed.templates()[template].field for id, template in TEMPLATES.items()} == {
        id: id for id in TEMPLATES
    }


@pytest.mark.parametrize("field", TEMPLATES)
async def test_from_the_template_to_a_confirmed_place(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor, field: str
) -> None:
    template = seed.templates()[TEMPLATES[field]]
    story = await begin(session, visitor, another_visitor, template)
    assert posted(story.need) == {
        "field": field,
        "setting": template.setting,
        "joining": template.joining,
        "age": template.minimum_age_years,
        "risks": set(template.risk_kinds),
        "places": template.places,
    }
    public = (await story.volunteer.get(f"/needs/{story.need.id}")).status_code
    assert public == (200 if seed.fields()[field].shown_publicly else 404)
    await (ask_and_be_confirmed(story) if public == 200 else be_invited_and_say_yes(story))
    assert await story.state() is State.confirmed
    assert PLACE["address"] in (await story.volunteer.get(await own_place(story))).text


async def ask_and_be_confirmed(story: Story) -> None:
    """First refused for each paper that is missing, then for the insurance."""
    if story.template.credentials:
        refused = await story.apply()
        assert refused.status_code == 409
        assert seed.credentials()[min(story.template.credentials)].zh in refused.text
        assert await story.state() is None
    await story.show_papers()
    assert (await story.apply()).status_code == 303
    assert await story.state() is State.applied
    if story.template.risk_kinds:
        refused = await story.answer(story.officer, "confirm")
        assert refused.status_code == 409
        assert seed.risk_kinds()[story.template.risk_kinds[0]].zh in refused.text
        assert await story.state() is State.applied
        await story.insure()
    assert (await story.answer(story.officer, "confirm")).status_code == 303


async def be_invited_and_say_yes(story: Story) -> None:
    """What stands on no public page: only who is asked sees it, and only who may come is asked."""
    assert (await story.apply()).status_code == 404
    left_out = (await story.invite()).left_out
    assert [account.id for account, _ in left_out] == [story.somebody.id]
    await story.show_papers()
    assert (await story.invite()).left_out == ()
    assert (await story.volunteer.get(f"/needs/{story.need.id}")).status_code == 200
    assert (await story.answer(story.volunteer, "accept")).status_code == 303


async def own_place(story: Story) -> str:
    first = (await story.session.scalars(select(Participation.id).order_by(Participation.id))).first()
    return f"/participations/{first}"
