import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pwdlib.hashers.argon2 import ARGON2_ENCODED_HASH_REGEX, Argon2Hasher

from linli.accounts import passwords
from linli.accounts.models import Account, SignInSession, WrongTry
from linli.accounts.passwords import NOBODYS_HASH
from linli.accounts.tries import count_try
from linli.app import create_app
from linli.core import clock
from linli.core.config import Settings
from linli.core.db import Database
from linli.core.errors import TooMany
from linli.core.web.security import cookie_name
from tests.conftest import Visitor
from tests.factories import make_account
from tests.linli.accounts.entering import EMAIL, MOBILE, PASSWORD, body, code_sent_to, count, sent_to

ENGLISH = {"Accept-Language": "en"}
BY_PASSWORD = {"address": MOBILE, "way": "password"}


async def have_account(database: Database, **values: Any) -> Account:
    async with database.transaction() as session:
        hashed = await passwords.hash_password(PASSWORD)
        return await make_account(
            session, **{"mobile": MOBILE, "email": EMAIL, "password_hash": hashed} | values
        )


def session_cookie(visitor: Visitor) -> str | None:
    return visitor.cookies.get(cookie_name(visitor.settings, "session"))


async def test_a_code_signs_in_without_a_password(visitor: Visitor) -> None:
    await have_account(visitor.database, password_hash=None)
    answer = await visitor.submit("/sign-in", {"address": MOBILE, "way": "code", "next": "/needs"})
    assert answer.headers["location"] == "/confirm?next=%2Fneeds"
    assert "139****5678" in (await visitor.get("/confirm")).text
    answer = await visitor.submit(
        "/confirm", {"code": await code_sent_to(visitor.database, MOBILE), "next": "/needs"}
    )
    assert answer.headers["location"] == "/needs"
    assert (await visitor.get("/me/account")).status_code == 200


async def test_the_code_is_said_in_the_language_of_the_account(visitor: Visitor) -> None:
    await have_account(visitor.database, language="en")
    await visitor.submit("/sign-in", {"address": EMAIL, "way": "code"}, headers={"Accept-Language": "zh"})
    (message,) = await sent_to(visitor.database, EMAIL)
    assert (message.language, message.channel, message.path) == ("en", "mail", None)


async def test_a_password_signs_in_by_either_address(visitor: Visitor) -> None:
    await have_account(visitor.database)
    for address in (MOBILE, "+86 139 1234 5678", EMAIL, EMAIL.upper()):
        form = {"address": address, "way": "password", "password": PASSWORD, "next": "/needs"}
        answer = await visitor.submit("/sign-in", form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/needs")
    assert await count(visitor.database, WrongTry) == 0


async def test_my_password_is_one_click_away_and_the_address_stays_typed(visitor: Visitor) -> None:
    page = await visitor.submit("/sign-in", BY_PASSWORD)
    assert page.status_code == 200
    assert 'type="password"' in page.text
    assert MOBILE in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(
    visitor: Visitor, another_visitor: Visitor, language: str
) -> None:
    await have_account(visitor.database)
    answers = []
    for each, address in ((visitor, MOBILE), (another_visitor, "13912340678")):
        form = {"address": address, "way": "password", "password": "four loud words together"}
        answer = await each.submit("/sign-in", form, headers={"Accept-Language": language})
        answers.append((answer.status_code, sorted(answer.headers), body(answer).replace(address, "")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


async def test_an_account_without_a_password_answers_like_a_wrong_one(visitor: Visitor) -> None:
    await have_account(visitor.database, password_hash=None)
    answer = await visitor.submit("/sign-in", BY_PASSWORD | {"password": ""}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "do not belong together" in answer.text


async def test_asking_for_a_code_tells_nobody_whether_there_is_an_account(
    visitor: Visitor, another_visitor: Visitor
) -> None:
    await have_account(visitor.database)
    for start, then in (("/sign-in", "/confirm"), ("/reset-password", "/reset-password/confirm")):
        seen = []
        for each, address in ((visitor, MOBILE), (another_visitor, "13912340678")):
            answer = await each.submit(start, {"address": address, "way": "code"})
            page = await each.get(then)
            wrong = {"code": "12345", "new_password": PASSWORD}
            refused = await each.submit(then, wrong)
            texts = [body(every).replace(f"139****{address[-4:]}", "") for every in (page, refused)]
            seen.append((answer.status_code, answer.headers["location"], sorted(answer.headers), texts))
        assert seen[0] == seen[1]
    assert await sent_to(visitor.database, "13912340678") == []


async def test_one_hash_is_computed_whether_the_account_exists_or_not(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counting(Argon2Hasher):
        computed = 0

        def verify(self, password: str | bytes, hash: str | bytes) -> bool:
            self.computed += 1
            return super().verify(password, hash)

        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            self.computed += 1
            return super().hash(password, salt=salt)

    await have_account(visitor.database)
    async with visitor.database.transaction() as session:
        await make_account(session, mobile="13912340001")
    counting = Counting()
    monkeypatch.setattr(passwords, "hasher", counting)
    computed = []
    for address in (MOBILE, "13912340001", "13912340678"):
        before = counting.computed
        await visitor.submit("/sign-in", {"address": address, "way": "password", "password": "x" * 20})
        computed.append(counting.computed - before)
    assert computed == [1, 1, 1]


def test_nobodys_hash_costs_what_a_real_one_costs() -> None:
    def cost(hashed: str) -> tuple[str | None, ...]:
        found = ARGON2_ENCODED_HASH_REGEX.fullmatch(hashed)
        assert found
        return found.group("variant", "version", "memory_cost", "time_cost", "parallelism")

    assert cost(NOBODYS_HASH) == cost(Argon2Hasher().hash("any"))
    assert cost(NOBODYS_HASH)[0] == "argon2id"


async def test_after_twenty_wrong_tries_the_account_waits_a_quarter_of_an_hour(
    visitor: Visitor, another_visitor: Visitor
) -> None:
    account = await have_account(visitor.database)
    await another_visitor.sign_in(account)
    for n in range(20):
        address = (MOBILE, EMAIL)[n % 2]
        form = {"address": address, "way": "password", "password": "wrong"}
        assert (await visitor.submit("/sign-in", form)).status_code == 422

    answer = await visitor.submit("/sign-in", BY_PASSWORD | {"password": PASSWORD}, headers=ENGLISH)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 900
    assert "tried too often" in answer.text
    from_elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    answer = await visitor.submit("/sign-in", BY_PASSWORD | {"password": PASSWORD}, headers=from_elsewhere)
    assert answer.status_code == 429
    assert (await another_visitor.get("/me/account")).status_code == 200, "running sessions go on"

    clock.move(timedelta(minutes=15, seconds=1))
    assert (await visitor.submit("/sign-in", BY_PASSWORD | {"password": PASSWORD})).status_code == 303


async def test_an_address_without_an_account_is_limited_in_the_same_way(visitor: Visitor) -> None:
    form = BY_PASSWORD | {"password": "wrong"}
    answers = [(await visitor.submit("/sign-in", form)).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]
    assert (await visitor.submit("/sign-in", form | {"address": EMAIL})).status_code == 422


async def test_wrong_codes_and_wrong_passwords_are_counted_together(visitor: Visitor) -> None:
    await have_account(visitor.database)
    for _ in range(4):
        await visitor.submit("/sign-in", {"address": MOBILE, "way": "code"})
        for _ in range(5):
            await visitor.submit("/confirm", {"code": "no"})
    assert (await visitor.submit("/sign-in", BY_PASSWORD | {"password": PASSWORD})).status_code == 429


async def test_a_burst_of_guesses_gets_no_more_than_twenty(
    own_settings: Settings, own_database: Database
) -> None:
    await have_account(own_database)
    app = create_app(own_settings, own_database)
    async with Visitor(app, own_database, own_settings) as guesser:
        form = BY_PASSWORD | {"password": "wrong"}
        answers = await asyncio.gather(*(guesser.submit("/sign-in", form) for _ in range(30)))
    assert sorted(answer.status_code for answer in answers) == [422] * 20 + [429] * 10


async def test_the_session_is_new_at_every_sign_in_and_the_old_one_of_the_browser_ends(
    visitor: Visitor,
) -> None:
    await have_account(visitor.database)
    tokens = set()
    for _ in range(2):
        await visitor.submit("/sign-in", BY_PASSWORD | {"password": PASSWORD})
        tokens.add(session_cookie(visitor))
        assert await count(visitor.database, SignInSession) == 1
    assert len(tokens) == 2
    assert None not in tokens


async def test_signing_out_ends_the_session_on_the_server(visitor: Visitor) -> None:
    await have_account(visitor.database)
    await visitor.submit("/sign-in", BY_PASSWORD | {"password": PASSWORD})
    token = session_cookie(visitor)
    answer = await visitor.submit("/sign-out")
    assert answer.headers["location"] == "/"
    assert session_cookie(visitor) is None
    visitor.cookies.set(cookie_name(visitor.settings, "session"), token or "")
    assert (await visitor.get("/me/account")).status_code == 401


async def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(
    settings: Settings, database: Database
) -> None:
    await have_account(database)
    over_https = replace(settings, base_url="https://linli.example")
    for each, marks in ((settings, ()), (over_https, ("Secure", "__Host-"))):
        async with Visitor(create_app(each, database), database, each) as visitor:
            answer = await visitor.submit("/sign-in", BY_PASSWORD | {"password": PASSWORD})
        cookies = answer.headers.get_list("set-cookie")
        (cookie,) = [cookie for cookie in cookies if "linli-session=" in cookie]
        for mark in ("HttpOnly", "SameSite=lax", "Path=/", *marks):
            assert mark in cookie
        assert ("Secure" in cookie) is bool(marks)


async def test_afterwards_one_stays_on_this_site(visitor: Visitor) -> None:
    await have_account(visitor.database)
    for evil in ("//evil.example", "/\\evil.example", "https://evil.example", "/a\x00b", "/a b"):
        answer = await visitor.submit("/sign-in", BY_PASSWORD | {"password": PASSWORD, "next": evil})
        assert answer.headers["location"] == "/start"


@pytest.mark.parametrize(
    ("path", "way"), [("/sign-in", "code"), ("/sign-in", "password"), ("/reset-password", "")]
)
async def test_what_is_no_address_is_said_at_the_field(visitor: Visitor, path: str, way: str) -> None:
    for typed in ("", "12345", "\x00", "x" * 100_000):
        answer = await visitor.submit(path, {"address": typed, "way": way, "password": "wrong"})
        assert answer.status_code == 422
        assert 'id="field-address-error"' in answer.text


@pytest.mark.parametrize(("language", "words"), [("zh", "请先登录"), ("en", "Please sign in first.")])
async def test_a_page_of_ones_own_offers_the_sign_in_and_then_leads_there(
    visitor: Visitor, language: str, words: str
) -> None:
    page = await visitor.get("/me/account?a=1", headers={"Accept-Language": language})
    assert page.status_code == 401
    assert words in page.text
    assert 'action="/sign-in"' in page.text
    assert 'name="next" value="/me/account?a=1"' in page.text


async def test_after_a_refused_form_one_comes_back_to_the_page_it_stood_on(visitor: Visitor) -> None:
    stood_on = {"Referer": f"{visitor.settings.base_url}/me/account"}
    page = await visitor.submit("/me/account/withdraw-consent", headers=stood_on)
    assert page.status_code == 401
    assert 'name="next" value="/me/account"' in page.text
    page = await visitor.submit("/me/account/withdraw-consent", headers={"Referer": "https://[evil/me"})
    assert 'name="next" value="/"' in page.text


async def test_of_tries_at_the_very_same_moment_twenty_are_made(
    own_settings: Settings, own_database: Database
) -> None:
    async def begin() -> str:
        try:
            async with own_database.transaction() as session:
                await count_try(session, key_hash="somebody", now=clock.now())
                await asyncio.sleep(0.02)
        except TooMany:
            return "refused"
        return "made"

    outcomes = Counter(await asyncio.gather(*(begin() for _ in range(30))))
    assert outcomes == {"made": 20, "refused": 10}


async def test_many_sign_in_at_the_same_time(own_settings: Settings, own_database: Database) -> None:
    """Each lets go of the database while hashing and then writes: none may find it changed and fail."""
    await have_account(own_database)
    app = create_app(own_settings, own_database)
    async with Visitor(app, own_database, own_settings) as visitor:
        form = BY_PASSWORD | {"password": PASSWORD}
        csrf = cookie_name(own_settings, "csrf")
        await visitor.get("/sign-in")
        forms = [form | {"_csrf_token": visitor.cookies[csrf]} for _ in range(12)]
        cookie = {"Cookie": f"{csrf}={visitor.cookies[csrf]}"}
        answers = await asyncio.gather(
            *(visitor.post("/sign-in", data=each, headers=cookie) for each in forms)
        )
    assert [answer.status_code for answer in answers] == [303] * 12
    assert await count(own_database, SignInSession) == 12
