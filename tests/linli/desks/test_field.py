"""While a need is written: the field it seems to be about, as a fragment and as a whole page."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Need
from linli.organizations.models import Organization
from tests.conftest import Visitor
from tests.factories import make_member, make_need, make_organization
from tests.linli.needs.test_pages import TYPED

LEGAL = {"field_id": "", "title": "欠薪怎么办", "description": "请律师讲讲劳动合同和欠薪怎么维权。"}
SOUNDS_LIKE = "看起来像“政策咨询、心理支持与法律援助”。"
UNSURE = "从文字里看不准属于哪一类"
HTMX = {"HX-Request": "true"}


async def make_desk(session: AsyncSession, visitor: Visitor) -> Organization:
    organization = await make_organization(session)
    await visitor.sign_in(await make_member(session, organization))
    return organization


async def test_while_typing_a_fragment_names_the_field(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    address = f"/organizations/{organization.id}/needs/field"
    fragment = await visitor.submit(address, LEGAL, headers=HTMX)
    assert fragment.status_code == 200
    assert SOUNDS_LIKE in fragment.text
    assert "<html" not in fragment.text
    assert 'value="advice_and_counselling"' in fragment.text
    for typed, says in (
        (LEGAL | {"field_id": "health"}, ""),
        (LEGAL | {"field_id": "other"}, SOUNDS_LIKE),
        (LEGAL | {"title": "来几个人", "description": ""}, UNSURE),
        ({}, ""),
    ):
        answer = (await visitor.submit(address, typed, headers=HTMX)).text
        assert says in answer
        assert (SOUNDS_LIKE in answer) is (says == SOUNDS_LIKE)


async def test_without_javascript_the_form_comes_back_whole_and_one_click_takes_the_field(
    session: AsyncSession, visitor: Visitor
) -> None:
    organization = await make_desk(session, visitor)
    address = f"/organizations/{organization.id}/needs/field"
    assert (
        f'formaction="{address}'
        in (await visitor.get(f"/organizations/{organization.id}/needs/new/blank")).text
    )
    page = (await visitor.submit(address, TYPED | LEGAL | {"suggest": "yes"})).text
    assert SOUNDS_LIKE in page
    assert "欠薪怎么办" in page
    assert TYPED["address"] in page
    taken = await visitor.submit(
        address, TYPED | {"field_id": "", "setting": "indoors", "take": "children", "minimum_age_years": "x"}
    )
    assert '<option value="children" selected>' in taken.text
    assert taken.text.count("checked") >= 2
    assert 'value="18"' in taken.text
    assert (await session.scalars(select(Need))).all() == []


async def test_a_draft_without_a_field_is_helped_too(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    need = await make_need(session, organization=organization)
    assert SOUNDS_LIKE in (await visitor.submit(f"/needs/{need.id}/field", LEGAL, headers=HTMX)).text


async def test_what_belongs_to_no_field_is_posted_with_care(session: AsyncSession, visitor: Visitor) -> None:
    organization = await make_desk(session, visitor)
    base = f"/organizations/{organization.id}/needs"
    other = TYPED | {"field_id": "other"}
    too_young = await visitor.submit(base, other | {"minimum_age_years": "16"})
    unchecked = await visitor.submit(base, other | {"setting": "home"})
    assert (too_young.status_code, unchecked.status_code) == (422, 422)
    assert (await visitor.submit(base, other)).status_code == 303
    assert TYPED["title"] in (await visitor.get("/needs?field=other")).text
