"""Signing in with a code of the app, a code on paper, or in a browser that is trusted."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from linli.accounts import actions, factor
from linli.accounts.actions.factor import Proof
from linli.accounts.models import Account, RecoveryCode, SecondFactor, TrustedDevice, WrongTry
from linli.accounts.passwords import hash_password
from linli.core import clock
from linli.core.audit import AuditEntry
from linli.core.config import DEVELOPMENT_SECRET, Environment, Settings
from linli.core.db import Database
from linli.notifications.models import Notice
from linli.organizations.models import Organization
from tests.conftest import Visitor
from tests.factories import FACTOR_SECRET, make_account, make_factor, make_member, make_organization
from tests.linli.accounts.entering import EMAIL, MOBILE, PASSWORD, code_sent_to, count

HERE = "/second-step"
ANOTHER_PASSWORD = "five other words on a wall"


@pytest.fixture
async def committee(database: Database) -> Organization:
    async with database.transaction() as session:
        return await make_organization(session)


@pytest.fixture
async def officer(database: Database, committee: Organization) -> Account:
    hashed = await hash_password(PASSWORD)
    async with database.transaction() as session:
        account = await make_account(session, mobile=MOBILE, email=EMAIL, password_hash=hashed, language="en")
        return await make_member(session, committee, account=account)


async def first_step(visitor: Visitor, password: str = PASSWORD, next_path: str = "/home") -> str:
    form = {"address": MOBILE, "way": "password", "password": password, "next": next_path}
    answer = await visitor.submit("/sign-in", form)
    return answer.headers.get("location", "")


def code_now(later: int = 0) -> str:
    return factor.code_at(FACTOR_SECRET, factor.step_of(clock.now()) + later)


async def sign_in(visitor: Visitor, code: str, **form: str) -> int:
    await first_step(visitor)
    return (await visitor.submit(HERE, {"code": code} | form)).status_code


async def have_recovery_codes(database: Database, account: Account) -> list[str]:
    async with database.transaction() as session:
        return await actions.renew_recovery_codes(session, account=account, now=clock.now())


async def test_a_password_alone_opens_nothing_and_the_code_opens_the_desk(
    visitor: Visitor, officer: Account, committee: Organization
) -> None:
    desk = f"/organizations/{committee.id}/desk"
    assert await first_step(visitor, next_path=desk) == f"{HERE}?next={desk.replace('/', '%2F')}"
    assert (await visitor.get(desk)).status_code == 401
    assert (await visitor.get("/home")).status_code == 401
    answer = await visitor.submit(HERE, {"code": code_now(), "next": desk})
    assert answer.headers["location"] == desk
    assert (await visitor.get(desk)).status_code == 200
    assert await count(visitor.database, WrongTry) == 0


async def test_a_code_by_text_message_is_a_first_step_too(visitor: Visitor, officer: Account) -> None:
    await visitor.submit("/sign-in", {"address": MOBILE, "way": "code"})
    form = {"code": await code_sent_to(visitor.database, MOBILE)}
    answer = await visitor.submit("/confirm", form)
    assert answer.headers["location"].startswith(HERE)
    assert (await visitor.submit(HERE, {"code": code_now()})).status_code == 303
    assert (await visitor.get("/me/account")).status_code == 200


async def test_a_new_password_does_not_spare_the_second_step(visitor: Visitor, officer: Account) -> None:
    await visitor.submit("/reset-password", {"address": MOBILE})
    form = {"code": await code_sent_to(visitor.database, MOBILE), "new_password": ANOTHER_PASSWORD}
    answer = await visitor.submit("/reset-password/confirm", form)
    assert answer.headers["location"].startswith(HERE)
    assert (await visitor.get("/me/account")).status_code == 401


async def test_who_has_no_second_factor_comes_in_at_once_but_without_the_role(
    visitor: Visitor, officer: Account, committee: Organization
) -> None:
    async with visitor.database.transaction() as session:
        await actions.forget_factor(session, account=officer, now=clock.now())
    assert await first_step(visitor) == "/home"
    assert (await visitor.get("/me/account")).status_code == 200
    assert (await visitor.get(f"/organizations/{committee.id}/desk")).status_code == 403


async def test_the_step_before_and_after_are_accepted_and_no_further(
    visitor: Visitor, officer: Account
) -> None:
    assert await sign_in(visitor, code_now(-2)) == 422
    assert await sign_in(visitor, code_now(2)) == 422
    assert await sign_in(visitor, code_now(-1)) == 303
    assert await sign_in(visitor, code_now(1)) == 303


async def test_a_code_works_once(visitor: Visitor, another_visitor: Visitor, officer: Account) -> None:
    code = code_now()
    assert await sign_in(visitor, f"{code[:3]} {code[3:]}") == 303
    assert await sign_in(another_visitor, code) == 422
    assert await sign_in(another_visitor, code_now(-1)) == 422, "nor one from before it"
    clock.move(timedelta(seconds=30))
    assert await sign_in(another_visitor, code_now()) == 303


async def have_member(database: Database) -> Account:
    async with database.transaction() as session:
        return await make_member(session, await make_organization(session))


async def outcomes_at_once(database: Database, account: Account, typed: str) -> list[bool]:
    async def prove() -> bool:
        async with database.transaction() as session:
            outcome = await actions.prove_factor(
                session, secret_key=DEVELOPMENT_SECRET, account=account, typed=typed, now=clock.now()
            )
            return isinstance(outcome, Proof)

    return await asyncio.gather(*(prove() for _ in range(8)))


async def test_of_many_with_the_same_code_at_once_one_comes_in(own_database: Database) -> None:
    account = await have_member(own_database)
    for _ in range(5):
        assert sum(await outcomes_at_once(own_database, account, code_now())) == 1
        async with own_database.transaction() as session:
            await session.execute(update(SecondFactor).values(last_step=None))
            await session.execute(WrongTry.__table__.delete())  # type: ignore[attr-defined]


async def test_of_many_with_the_same_recovery_code_at_once_one_comes_in(own_database: Database) -> None:
    account = await have_member(own_database)
    [code, *_] = await have_recovery_codes(own_database, account)
    assert sum(await outcomes_at_once(own_database, account, code)) == 1


async def test_wrong_codes_count_and_end_in_429_while_running_sessions_go_on(
    visitor: Visitor, another_visitor: Visitor, officer: Account
) -> None:
    await another_visitor.sign_in(officer)
    await first_step(visitor)
    sentences = set()
    for typed in ("000000", "AAAA BBBB CCCC DDDD", "", "x" * 70, *["111111"] * 16):
        answer = await visitor.submit(HERE, {"code": typed})
        assert answer.status_code == 422
        sentences.add(re.findall(r"这个码不对[^<]*", answer.text)[0])
    assert len(sentences) == 1, "nothing tells one kind of code from the other"
    answer = await visitor.submit(HERE, {"code": code_now()})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert (await another_visitor.get("/me/account")).status_code == 200


async def test_a_recovery_code_opens_once_however_it_is_typed_and_the_person_is_told(
    visitor: Visitor, another_visitor: Visitor, officer: Account
) -> None:
    [code, other, *_] = await have_recovery_codes(visitor.database, officer)
    typed = "-".join((code[:4], code[4:8], code[8:])).lower()
    assert await sign_in(visitor, typed) == 303
    assert "9 recovery codes are left" in (await visitor.get("/me/account")).text
    assert await sign_in(another_visitor, code) == 422
    assert await sign_in(another_visitor, factor.grouped(other)) == 303
    async with visitor.database.session(writes=False) as session:
        used = (await session.scalars(select(RecoveryCode.id).where(RecoveryCode.used_at.is_not(None)))).all()
        notices = (await session.scalars(select(Notice).order_by(Notice.id))).all()
        acts = list(await session.scalars(select(AuditEntry.action)))
    assert len(used) == 2
    assert acts.count("accounts.use_recovery_code") == 2
    assert "9" in str(notices[-2].sentence)


async def test_recovery_codes_outlive_a_change_of_the_secret_key(visitor: Visitor, officer: Account) -> None:
    [code, *_] = await have_recovery_codes(visitor.database, officer)
    async with visitor.database.transaction() as session:
        sealed = factor.sealed("the key of another year", FACTOR_SECRET)
        await session.execute(update(SecondFactor).values(secret=sealed))
    assert await sign_in(visitor, code_now()) == 422
    assert await sign_in(visitor, code) == 303


async def test_a_trusted_browser_is_not_asked_for_thirty_days(
    visitor: Visitor, another_visitor: Visitor, officer: Account, committee: Organization
) -> None:
    assert await sign_in(visitor, code_now(), trust="yes") == 303
    await visitor.submit("/sign-out")
    clock.move(timedelta(days=29))
    assert await first_step(visitor) == "/home"
    assert (await visitor.get(f"/organizations/{committee.id}/desk")).status_code == 200
    assert (await first_step(another_visitor)).startswith(HERE), "another browser is asked"
    await visitor.submit("/sign-out")
    clock.move(timedelta(days=1, minutes=1))
    assert (await first_step(visitor)).startswith(HERE)


async def test_trust_is_for_one_person_only(visitor: Visitor, officer: Account) -> None:
    await sign_in(visitor, code_now(), trust="yes")
    async with visitor.database.transaction() as session:
        await session.execute(update(Account).where(Account.id == officer.id).values(mobile="13900000009"))
        hashed = await hash_password(PASSWORD)
        another = await make_account(session, mobile=MOBILE, password_hash=hashed)
        await make_factor(session, another)
    await visitor.submit("/sign-out")
    assert (await first_step(visitor)).startswith(HERE)


async def test_the_token_of_a_trusted_browser_is_long_and_kept_as_a_hash(
    visitor: Visitor, officer: Account
) -> None:
    await first_step(visitor)
    answer = await visitor.submit(HERE, {"code": code_now(), "trust": "yes"})
    [cookie] = [each for each in answer.headers.get_list("set-cookie") if "linli-device=" in each]
    for part in ("HttpOnly", "Path=/", "SameSite=lax", "Max-Age=2592000"):
        assert part in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    assert len(token) >= 43
    async with visitor.database.session(writes=False) as session:
        trusted = (await session.scalars(select(TrustedDevice))).one()
    assert token not in trusted.token_hash


async def test_trusted_devices_are_listed_and_trust_is_taken_back(
    visitor: Visitor, another_visitor: Visitor, officer: Account
) -> None:
    await sign_in(visitor, code_now(), trust="yes")
    async with visitor.database.session(writes=False) as session:
        trusted = (await session.scalars(select(TrustedDevice))).one()
    path = f"/me/account/devices/{trusted.id}/end"
    assert path in (await visitor.get("/me/account")).text
    async with visitor.database.transaction() as session:
        await another_visitor.sign_in(await make_account(session))
    assert (await another_visitor.submit(path)).status_code == 404
    assert (await visitor.submit(path)).status_code == 303
    await visitor.submit("/sign-out")
    assert (await first_step(visitor)).startswith(HERE)


async def test_a_new_password_ends_all_trust(visitor: Visitor, officer: Account) -> None:
    await sign_in(visitor, code_now(), trust="yes")
    form = {"password": PASSWORD, "new_password": ANOTHER_PASSWORD}
    assert (await visitor.submit("/me/account/password", form)).status_code == 303
    assert (await visitor.get("/me/account")).status_code == 200, "this browser stays signed in"
    assert await count(visitor.database, TrustedDevice) == 0
    await visitor.submit("/sign-out")
    assert (await first_step(visitor, ANOTHER_PASSWORD)).startswith(HERE)


async def test_the_first_step_is_forgotten_after_a_quarter_of_an_hour(
    visitor: Visitor, officer: Account
) -> None:
    await first_step(visitor)
    clock.move(timedelta(minutes=16))
    answer = await visitor.submit(HERE, {"code": code_now()})
    assert answer.status_code == 200
    assert "sign in again" in answer.text or "重新登录" in answer.text
    assert (await visitor.get("/me/account")).status_code == 401


async def test_the_first_step_is_worth_nothing_after_the_password_changed_meanwhile(
    visitor: Visitor, officer: Account
) -> None:
    await first_step(visitor)
    async with visitor.database.transaction() as session:
        account = await session.get_one(Account, officer.id)
        await actions.set_password(session, account=account, password_hash="another", now=clock.now())
    await visitor.submit(HERE, {"code": code_now()})
    assert (await visitor.get("/me/account")).status_code == 401


@pytest.mark.parametrize(
    "cookie", ["", "x", "..", "a.b.c", "00000000-0000-0000-0000-000000000000.1.x", "1" * 5000]
)
async def test_a_made_up_first_step_leads_nowhere(visitor: Visitor, officer: Account, cookie: str) -> None:
    visitor.cookies.set("linli-factor", cookie)
    assert (await visitor.get(HERE)).status_code == 200
    await visitor.submit(HERE, {"code": code_now()})
    assert (await visitor.get("/me/account")).status_code == 401
    assert await count(visitor.database, WrongTry) == 0


async def test_somebody_elses_first_step_cannot_be_made_from_ones_own(
    visitor: Visitor, officer: Account
) -> None:
    await first_step(visitor)
    cookie = visitor.cookies["linli-factor"]
    async with visitor.database.transaction() as session:
        another = await make_member(session, await make_organization(session))
    visitor.cookies.clear()
    visitor.cookies.set("linli-factor", cookie.replace(str(officer.id), str(another.id)))
    await visitor.submit(HERE, {"code": code_now()})
    assert (await visitor.get("/me/account")).status_code == 401


async def test_sample_people_are_shown_their_code_but_never_in_production(
    visitor: Visitor, officer: Account, settings: Settings
) -> None:
    from dataclasses import replace

    await first_step(visitor)
    assert code_now() not in (await visitor.get(HERE)).text, "real people never"
    async with visitor.database.transaction() as session:
        await session.execute(update(Account).values(is_sample=True))
    assert code_now() in (await visitor.get(HERE)).text
    await visitor.submit(HERE, {"code": code_now()})
    await first_step(visitor)
    assert code_now(1) in (await visitor.get(HERE)).text, "a fresh one"
    app = visitor._transport.app  # type: ignore[attr-defined]
    before = app.state.settings
    app.state.settings = replace(before, environment=Environment.production)
    try:
        assert code_now(1) not in (await visitor.get(HERE)).text
    finally:
        app.state.settings = before
