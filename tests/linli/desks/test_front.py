"""The first page: what is needed near a place, which it remembers."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.conftest import Visitor
from tests.factories import make_account, make_need

HERE, COUNTY = "520302002001", "520302"
ELSEWHERE = "522725001002"  # a community of Weng'an County
REMEMBERED = "linli-place"


@pytest.fixture
async def two_needs(session: AsyncSession) -> None:
    await make_need(session, title="红花岗的事", division=HERE)
    await make_need(session, title="瓮安的事", division=ELSEWHERE)


@pytest.mark.usefixtures("two_needs")
async def test_without_a_place_it_shows_what_is_needed_anywhere(visitor: Visitor) -> None:
    page = await visitor.get("/")
    assert "红花岗的事" in page.text
    assert "瓮安的事" in page.text
    assert REMEMBERED not in visitor.cookies


@pytest.mark.usefixtures("two_needs")
@pytest.mark.parametrize("typed", ["瓮安县", "Weng'an County", "瓮安"])
async def test_a_place_is_found_by_its_name_and_remembered(visitor: Visitor, typed: str) -> None:
    page = await visitor.get("/", params={"near": typed})
    assert page.status_code == 200
    if REMEMBERED not in visitor.cookies:
        choice = page.text.split('href="/?place=522725"')
        assert len(choice) == 2, "one of several, to choose from"
        page = await visitor.get("/?place=522725")
    assert "瓮安的事" in page.text
    assert "红花岗的事" not in page.text
    again = await visitor.get("/")
    assert "瓮安的事" in again.text
    assert "红花岗的事" not in again.text


@pytest.mark.usefixtures("two_needs")
async def test_a_community_stands_for_its_county(session: AsyncSession, visitor: Visitor) -> None:
    await make_need(session, title="邻居社区的事", division=f"{COUNTY}003001")
    page = await visitor.get(f"/?place={HERE}")
    assert "红花岗的事" in page.text
    assert "邻居社区的事" in page.text
    assert "瓮安的事" not in page.text


@pytest.mark.usefixtures("two_needs")
@pytest.mark.parametrize("typed", ["没有这个地方", "\x00", "x" * 5000, "😀", "‮瓮"])
async def test_a_place_that_does_not_exist_gets_a_sentence(visitor: Visitor, typed: str) -> None:
    page = await visitor.get("/", params={"near": typed})
    assert page.status_code == 200
    assert "没有找到" in page.text
    assert "红花岗的事" in page.text
    assert REMEMBERED not in visitor.cookies


@pytest.mark.usefixtures("two_needs")
@pytest.mark.parametrize("kept", ["999999", "not a code", "", "5" * 4000])
async def test_a_remembered_place_that_does_not_exist_is_no_trouble(visitor: Visitor, kept: str) -> None:
    page = await visitor.get("/", headers={"Cookie": f"{REMEMBERED}={kept}"})
    assert page.status_code == 200
    assert "红花岗的事" in page.text


@pytest.mark.usefixtures("two_needs")
async def test_it_invites_to_sign_up_only_who_has_not(session: AsyncSession, visitor: Visitor) -> None:
    assert "/sign-up" in (await visitor.get("/")).text
    await visitor.sign_in(await make_account(session))
    assert "/sign-up" not in (await visitor.get("/")).text


async def test_where_nothing_is_open_it_says_where_to_look(visitor: Visitor) -> None:
    page = await visitor.get(f"/?place={HERE}")
    assert 'href="/needs"' in page.text
    visitor.cookies.set("linli-language", "en")
    assert "Nothing open here right now" in (await visitor.get("/")).text
