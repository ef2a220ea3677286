"""Signing in with an account one has elsewhere: through the certified provider, and past one that lies."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Identity
from linli.accounts.providers import Client, Provider
from linli.accounts.providers import client as client_module
from linli.core import clock
from linli.core.web.application import Application
from tests.conftest import NOW, Visitor
from tests.factories import make_account
from tests.linli.accounts.entering import code_sent_to, sign_up_form
from tests.linli.accounts.providers.standing import (
    PATIENCE_SECONDS,
    Liar,
    agree,
    certified_provider,
    lying_provider,
    not_signed,
    provider_at,
    signed_by_somebody_else,
    signed_with_the_public_key,
)

Lie = Callable[[Liar], Any]


@pytest.fixture(scope="session")
def city() -> Iterator[Provider]:
    with certified_provider("http://127.0.0.1:8000") as provider:
        yield provider


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying_provider() as liar:
        yield liar


@pytest.fixture
def use(app: Application) -> Iterator[Callable[[Provider], None]]:
    """The application knows this provider."""

    def know(provider: Provider) -> None:
        app.state.providers = {provider.id: Client(provider)}

    yield know
    app.state.providers = {}


@pytest.fixture(autouse=True)
def clock_is_real() -> None:
    """Tokens of a real provider carry the real time."""
    clock.reset()


async def depart(visitor: Visitor, provider: Provider, next: str = "/home") -> str:
    answer = await visitor.get(f"/sign-in/with/{provider.id}", params={"next": next})
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def return_with(visitor: Visitor, liar: Liar) -> Any:
    return await visitor.get(liar.agree(await depart(visitor, liar.provider)))


async def is_signed_in(visitor: Visitor) -> bool:
    return (await visitor.get("/me/account")).status_code == 200


async def connect(session: AsyncSession, account: Account, issuer: str, subject: str) -> Identity:
    identity = Identity(
        account_id=account.id, issuer=issuer, subject=subject, name="市民", linked_at=clock.now()
    )
    session.add(identity)
    await session.commit()
    return identity


async def test_a_newcomer_signs_up_once_and_then_comes_in_with_the_city_account(
    visitor: Visitor, another_visitor: Visitor, city: Provider, use: Callable[[Provider], None]
) -> None:
    use(city)
    assert "/sign-in/with/city" in (await visitor.get("/sign-in")).text
    back = await visitor.get(agree(city, await depart(visitor, city), "wang"))
    assert back.headers["location"] == "/sign-in/new?next=%2Fhome"
    page = await visitor.get("/sign-in/new?next=/home", headers={"Accept-Language": "zh"})
    assert "市民wang" in page.text
    mobile = sign_up_form()["address"]
    answer = await visitor.submit("/sign-up", sign_up_form())
    code = await code_sent_to(visitor.database, mobile)
    answer = await visitor.submit("/confirm", {"code": code, "next": "/me/account/connect?next=%2Fhome"})
    page = await visitor.get(answer.headers["location"])
    assert page.status_code == 200
    answer = await visitor.submit("/me/account/connect", {"next": "/home"})
    assert answer.headers["location"] == "/home"
    assert "市民wang" in (await visitor.get("/me/account")).text
    # From now on, on any device.
    again = await another_visitor.get(agree(city, await depart(another_visitor, city), "wang"))
    assert again.headers["location"] == "/home"
    assert await is_signed_in(another_visitor)


async def test_a_way_back_is_used_once_and_by_the_browser_that_left(
    session: AsyncSession,
    visitor: Visitor,
    another_visitor: Visitor,
    liar: Liar,
    use: Callable[[Provider], None],
) -> None:
    use(liar.provider)
    await connect(session, await make_account(session), liar.url, liar.subject)
    way_back = liar.agree(await depart(visitor, liar.provider))
    assert (await another_visitor.get(way_back)).status_code == 409
    assert not await is_signed_in(another_visitor)
    assert (await visitor.get(way_back)).status_code == 303
    assert await is_signed_in(visitor)
    visitor.cookies.delete("linli-session")
    assert (await visitor.get(way_back)).status_code == 409
    assert not await is_signed_in(visitor)


async def test_a_code_is_used_once_whatever_state_it_comes_with(
    session: AsyncSession, visitor: Visitor, liar: Liar, use: Callable[[Provider], None]
) -> None:
    use(liar.provider)
    await connect(session, await make_account(session), liar.url, liar.subject)
    assert (await return_with(visitor, liar)).status_code == 303
    visitor.cookies.delete("linli-session")
    # The provider hands the same code out again, and would take it.
    assert (await return_with(visitor, liar)).status_code == 409
    assert not await is_signed_in(visitor)


async def test_who_stays_away_too_long_begins_again(
    visitor: Visitor, liar: Liar, use: Callable[[Provider], None]
) -> None:
    use(liar.provider)
    way_back = liar.agree(await depart(visitor, liar.provider))
    clock.move(timedelta(minutes=11))
    answer = await visitor.get(way_back, headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "no longer open" in answer.text


async def test_who_changes_their_mind_there_finds_the_other_ways_in(
    visitor: Visitor, liar: Liar, use: Callable[[Provider], None]
) -> None:
    use(liar.provider)
    way_back = liar.agree(await depart(visitor, liar.provider)).replace(
        "&code=a-code", "&error=access_denied"
    )
    assert (await visitor.get(way_back)).headers["location"] == "/sign-in?next=%2Fhome"


def changed(**claims: Any) -> Lie:
    return lambda liar: liar.change_claims.update(claims)


def signed(sign: Callable[[Liar, dict[str, Any]], str]) -> Lie:
    return lambda liar: setattr(liar, "sign", sign)


LIES: dict[str, Lie] = {
    "another issuer in the token": changed(iss="https://other.example"),
    "no issuer": changed(iss=None),
    "for another site": changed(aud="somebody else"),
    "for us among others, made for another": changed(aud=["linli", "other"], azp="other"),
    "for another site, said to be asked by us": changed(aud="somebody else", azp="linli"),
    "an old token": changed(exp=1_700_000_000),
    "a token that never ends": changed(exp=4_000_000_000),
    "from the future": changed(iat=4_000_000_000),
    "another nonce": changed(nonce="another"),
    "no nonce": changed(nonce=None),
    "nobody": changed(sub=None),
    "an empty subject": changed(sub=""),
    "a number as subject": changed(sub=7),
    "an endless subject": changed(sub="x" * 100_000),
    "signed by somebody else": signed(signed_by_somebody_else),
    "signed with the public key": signed(signed_with_the_public_key),
    "not signed": signed(not_signed),
    "another issuer in the metadata": lambda liar: liar.change_metadata.update(
        issuer="https://other.example"
    ),
    "no token address": lambda liar: liar.change_metadata.update(token_endpoint=None),
    "user info about another": lambda liar: liar.change_about.update(sub="b-2"),
    "no JSON": lambda liar: setattr(liar, "answer", lambda path: (200, b"\xff<html>")),
    "a list for an object": lambda liar: setattr(liar, "answer", lambda path: (200, b"[1]")),
    "broken": lambda liar: setattr(liar, "answer", lambda path: (500, b"{}")),
    "sent elsewhere": lambda liar: setattr(liar, "answer", lambda path: (302, b"")),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
async def test_what_cannot_be_believed_opens_nothing(
    session: AsyncSession, visitor: Visitor, liar: Liar, use: Callable[[Provider], None], lie: Lie
) -> None:
    await connect(session, await make_account(session), liar.url, liar.subject)
    use(liar.provider)
    way_back = liar.agree(await depart(visitor, liar.provider))
    use(liar.provider)  # and reads everything anew
    lie(liar)
    answer = await visitor.get(way_back, headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "does not answer properly" in answer.text
    assert not await is_signed_in(visitor)


async def test_another_providers_answer_is_refused_before_the_code_is_used(
    session: AsyncSession, visitor: Visitor, liar: Liar, use: Callable[[Provider], None]
) -> None:
    await connect(session, await make_account(session), liar.url, liar.subject)
    use(liar.provider)
    liar.answer = lambda path: (500, b"") if path == "/token" else None
    way_back = liar.agree(await depart(visitor, liar.provider))
    answer = await visitor.get(f"{way_back}&iss=https://other.example")
    assert answer.status_code == 409
    assert not await is_signed_in(visitor)


async def test_an_address_never_connects_two_accounts(
    session: AsyncSession, visitor: Visitor, liar: Liar, use: Callable[[Provider], None]
) -> None:
    await make_account(session, email="wang@example.org")
    await session.commit()
    use(liar.provider)
    for is_verified in (True, False):
        liar.change_claims = {"email": "wang@example.org", "email_verified": is_verified}
        way_back = liar.agree(await depart(visitor, liar.provider)).replace("a-code", f"code-{is_verified}")
        assert (await visitor.get(way_back)).headers["location"].startswith("/sign-in/new")
        assert not await is_signed_in(visitor)
    assert (await session.scalars(select(Identity))).all() == []


async def test_one_account_elsewhere_opens_one_account_here(
    session: AsyncSession, visitor: Visitor, liar: Liar, use: Callable[[Provider], None]
) -> None:
    use(liar.provider)
    mine, theirs = await make_account(session), await make_account(session)
    await connect(session, theirs, liar.url, liar.subject)
    await visitor.sign_in(mine)
    answer = await return_with(visitor, liar)
    assert answer.status_code == 409
    assert "已与另一个邻里账户关联" in answer.text
    assert (await session.scalars(select(Identity.account_id))).all() == [theirs.id]


async def test_who_is_signed_in_connects_and_disconnects(
    session: AsyncSession, visitor: Visitor, liar: Liar, use: Callable[[Provider], None]
) -> None:
    use(liar.provider)
    account = await make_account(session)
    await session.commit()
    await visitor.sign_in(account)
    answer = await visitor.get(liar.agree(await depart(visitor, liar.provider, "/me/account")))
    assert answer.headers["location"] == "/me/account/connect?next=%2Fme%2Faccount"
    await visitor.submit("/me/account/connect", {"next": "/me/account"})
    identity = (await session.scalars(select(Identity))).one()
    assert (identity.account_id, identity.issuer, identity.subject) == (account.id, liar.url, "a-1")
    # Twice is once, and what was connected waits no longer.
    assert (await visitor.submit("/me/account/connect")).status_code == 409
    await visitor.submit(f"/me/account/identities/{identity.id}/end")
    session.expire_all()
    assert (await session.scalars(select(Identity))).all() == []


async def test_who_withdrew_the_consent_gives_it_again_first(
    session: AsyncSession, visitor: Visitor, liar: Liar, use: Callable[[Provider], None]
) -> None:
    use(liar.provider)
    await connect(session, await make_account(session, stopped_at=NOW), liar.url, liar.subject)
    answer = await return_with(visitor, liar)
    assert answer.status_code == 409
    assert not await is_signed_in(visitor)


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"])
async def test_afterwards_one_stays_on_this_site(
    session: AsyncSession, visitor: Visitor, liar: Liar, use: Callable[[Provider], None], evil: str
) -> None:
    use(liar.provider)
    await connect(session, await make_account(session), liar.url, liar.subject)
    answer = await visitor.get(liar.agree(await depart(visitor, liar.provider, evil)))
    assert answer.headers["location"] == "/start"


async def test_a_provider_that_is_gone_leaves_the_other_ways_in(
    visitor: Visitor, use: Callable[[Provider], None]
) -> None:
    gone = provider_at("http://127.0.0.1:9")
    use(gone)
    answer = await visitor.get("/sign-in/with/city", headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "Please sign in with a code." in answer.text
    assert (await visitor.get("/sign-in/with/unknown")).status_code == 404


async def test_while_a_provider_is_slow_everybody_else_signs_in(
    visitor: Visitor,
    another_visitor: Visitor,
    liar: Liar,
    use: Callable[[Provider], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_module, "SECONDS", PATIENCE_SECONDS)
    use(liar.provider)
    liar.may_answer.clear()
    waiting = asyncio.create_task(visitor.get("/sign-in/with/liar"))
    await asyncio.to_thread(liar.is_asked.wait, PATIENCE_SECONDS)
    answer = await another_visitor.submit("/sign-in", {"address": "13900000001", "way": "code"})
    assert answer.status_code == 303
    assert not waiting.done(), "the provider is still waited for"
    liar.may_answer.set()
    assert (await waiting).status_code == 302


async def test_a_provider_that_is_too_slow_is_waited_for_no_longer(
    visitor: Visitor, liar: Liar, use: Callable[[Provider], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(liar.provider)
    liar.may_answer.clear()
    monkeypatch.setattr(client_module, "SECONDS", 0.2)
    assert (await visitor.get("/sign-in/with/liar")).status_code == 409
