"""Who sees which figures, and what a page says."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.kept import forget_everything
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from linli.participation.rules import State
from tests.conftest import NOW, Visitor
from tests.factories import (
    COMMUNITY,
    make_account,
    make_member,
    make_need,
    make_organization,
    make_participation,
)


@pytest.fixture
async def bureau(session: AsyncSession, visitor: Visitor) -> Organization:
    """With its staff signed in, and six needs of one community that nobody answered."""
    bureau = await make_organization(session, Kind.bureau, division=COMMUNITY[:6])
    await visitor.sign_in(await make_member(session, bureau, role=Role.bureau_staff))
    visitor.cookies.set("linli-language", "en")
    asker = await make_organization(session)
    for _ in range(6):
        await make_need(session, organization=asker, answer_due_at=NOW - timedelta(days=1))
    return bureau


async def test_staff_go_from_townships_to_communities_and_not_beyond_their_area(
    visitor: Visitor, bureau: Organization
) -> None:
    base = f"/organizations/{bureau.id}/figures"
    county = (await visitor.get(base)).text
    assert "0 of 18 (0 %)" in county
    assert f'href="{base}?place={COMMUNITY[:9]}&amp;weeks=12"' in county
    township = (await visitor.get(f"{base}?place={COMMUNITY[:9]}&weeks=4")).text
    assert f"place={COMMUNITY}&amp;" not in township
    assert "0 of 18 (0 %)" in township
    elsewhere = (await visitor.get(f"{base}?place=522725")).text
    assert "0 of 18 (0 %)" in elsewhere


@pytest.mark.parametrize(
    "query", ["place=9999", "weeks=7", "place=%00&weeks=-1", "weeks=99999999999999999999"]
)
async def test_what_does_not_exist_is_ignored(visitor: Visitor, bureau: Organization, query: str) -> None:
    for base in (f"/organizations/{bureau.id}/figures", "/figures"):
        assert (await visitor.get(f"{base}?{query}")).status_code == 200


async def test_everybody_reads_townships_and_no_community(
    another_visitor: Visitor, visitor: Visitor, bureau: Organization
) -> None:
    another_visitor.cookies.set("linli-language", "en")
    country = (await another_visitor.get("/figures")).text
    assert "The whole country" in country
    assert 'href="/figures?place=52&amp;weeks=12"' in country
    county = (await another_visitor.get(f"/figures?place={COMMUNITY[:6]}")).text
    assert "0 of 18 (0 %)" in county
    assert "weeks=12" in county
    assert f'href="/figures?place={COMMUNITY[:9]}' not in county


async def test_only_who_sees_every_row_is_told_that_none_stands_behind(
    session: AsyncSession, another_visitor: Visitor, visitor: Visitor
) -> None:
    bureau = await make_organization(session, Kind.bureau, division=COMMUNITY[:6])
    await visitor.sign_in(await make_member(session, bureau, role=Role.bureau_staff))
    asker, yesterday = await make_organization(session), NOW - timedelta(days=1)
    for _ in range(6):
        need = await make_need(session, organization=asker, answer_due_at=yesterday, places=1)
        person, before = await make_account(session), yesterday - timedelta(days=1)
        await make_participation(session, need.shifts[0], person, State.confirmed, changed_at=before)
    visitor.cookies.set("linli-language", "en")
    another_visitor.cookies.set("linli-language", "en")
    said = "None stands behind the others."
    assert said in (await visitor.get(f"/organizations/{bureau.id}/figures")).text
    everybody = (await another_visitor.get(f"/figures?place={COMMUNITY[:6]}")).text
    assert "6 of 6 (100 %)" in everybody
    assert said not in everybody


async def test_the_lowest_bar_stands_first_even_where_it_is_told_together(
    session: AsyncSession, another_visitor: Visitor
) -> None:
    asker, yesterday = await make_organization(session), NOW - timedelta(days=1)
    for field_id in ("low_income", "disability_support"):
        for _ in range(3):
            await make_need(session, organization=asker, answer_due_at=yesterday, field_id=field_id)
    for _ in range(6):
        need = await make_need(session, organization=asker, answer_due_at=yesterday, places=1)
        person, before = await make_account(session), yesterday - timedelta(days=1)
        await make_participation(session, need.shifts[0], person, State.confirmed, changed_at=before)
    another_visitor.cookies.set("linli-language", "en")
    page = (await another_visitor.get("/figures")).text
    bars = page.partition('aria-labelledby="by-field-chart-title')[2].partition("</svg>")[0]
    assert bars.index("All other fields together") < bars.index("100 %")


async def test_everybody_sees_the_course_of_the_months_and_its_table(
    session: AsyncSession, another_visitor: Visitor, bureau: Organization
) -> None:
    another_visitor.cookies.set("linli-language", "en")
    address = f"/figures?place={COMMUNITY[:6]}"
    alone = (await another_visitor.get(address)).text
    assert "There are not enough months yet to draw a course." in alone
    assert "month" not in alone.partition("<svg")[2].partition("</svg>")[0]
    for _ in range(6):
        due = NOW - timedelta(days=40)
        await make_need(session, organization=await make_organization(session), answer_due_at=due)
    forget_everything()
    page = (await another_visitor.get(address)).text
    drawing = page.partition('aria-labelledby="months-chart-title')[2].partition("</svg>")[0]
    assert drawing.count("<rect") == 2
    assert drawing.count(">–<") == 10
    assert ">Nov<" in drawing
    row = page.partition("October 2026")[2].partition("</tr>")[0]
    assert "0 of 18 (0 %)" in row


async def test_every_drawing_says_what_it_shows(visitor: Visitor, bureau: Organization) -> None:
    page = (await visitor.get(f"/organizations/{bureau.id}/figures")).text
    drawings = page.count('<svg class="chart"')
    assert drawings == 3
    assert page.count('role="img" aria-labelledby="') == drawings
    assert page.count("<desc id=") == drawings
    assert " style=" not in page
