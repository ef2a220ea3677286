from datetime import timedelta

import pytest
from sqlalchemy import select

from linli.accounts import passwords
from linli.accounts.actions import end_sessions
from linli.accounts.models import Account, Consent, SignInSession
from linli.accounts.queries import account_with_id, has_consent
from linli.accounts.rules import ConsentPurpose
from linli.core import clock
from linli.core.audit import AuditEntry
from linli.core.db import Database
from tests.conftest import Visitor
from tests.factories import make_account
from tests.linli.accounts.entering import (
    EMAIL,
    MOBILE,
    PASSWORD,
    WENFENG,
    code_sent_to,
    sent_to,
    sign_up,
    sign_up_form,
)

NEW_MOBILE = "13912349999"


@pytest.fixture
async def account(database: Database) -> Account:
    async with database.transaction() as session:
        return await make_account(session, mobile=MOBILE, name="王小燕", division=WENFENG)


async def kept(database: Database, account: Account) -> Account:
    async with database.session(writes=False) as session:
        return await account_with_id(session, account.id)


def settings_form(**changed: str) -> dict[str, str]:
    return {
        "name": "王燕",
        "community": "红花岗区",
        "language": "zh",
        "personalised": "yes",
        "version": "1",
    } | changed


async def test_settings_are_saved_and_shown_in_the_language_chosen(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account)
    form = settings_form(name="Wang Yan", language="en", large_text="yes", personalised="")
    assert (await visitor.submit("/me/account", form)).headers["location"] == "/me/account"
    page = await visitor.get("/me/account")
    assert "Your settings are saved." in page.text
    assert 'data-text="large"' in page.text
    saved = await kept(visitor.database, account)
    assert (saved.name, saved.language, saved.large_text, saved.personalised) == (
        "Wang Yan",
        "en",
        True,
        False,
    )
    assert saved.division == "520302"


async def test_what_cannot_be_saved_is_said_at_its_field_and_kept_as_typed(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account)
    for changed in (
        {"name": ""},
        {"language": "xx"},
        {"community": "无此地"},
        {"version": "x"},
        {"name": "x" * 61},
    ):
        answer = await visitor.submit("/me/account", settings_form(**changed))
        assert answer.status_code == 422
    assert (await kept(visitor.database, account)).name == "王小燕"


async def test_a_stale_edit_shows_both_texts_and_saving_again_overwrites(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account)
    await visitor.submit("/me/account", settings_form(name="先改的名字"))
    answer = await visitor.submit("/me/account", settings_form(name="后改的名字"))
    assert answer.status_code == 409
    assert "先改的名字" in answer.text
    assert 'value="后改的名字"' in answer.text
    assert (await kept(visitor.database, account)).name == "先改的名字"
    await visitor.submit("/me/account", settings_form(name="后改的名字", version="2"))
    assert (await kept(visitor.database, account)).name == "后改的名字"


async def test_role_and_address_cannot_be_set_through_the_settings(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account)
    form = settings_form(mobile=NEW_MOBILE, email=EMAIL, id="x", is_sample="yes", birth_on="1970-01-01")
    await visitor.submit("/me/account", form)
    saved = await kept(visitor.database, account)
    assert (saved.mobile, saved.email, saved.is_sample) == (MOBILE, None, False)
    assert saved.birth_on == account.birth_on


async def test_a_new_address_is_confirmed_by_a_code_and_the_old_one_is_told(
    visitor: Visitor, account: Account
) -> None:
    await visitor.sign_in(account)
    answer = await visitor.submit("/me/account/address", {"address": NEW_MOBILE})
    assert answer.headers["location"].startswith("/me/account/address/confirm")
    assert (await kept(visitor.database, account)).mobile == MOBILE, "not before the code"
    code = await code_sent_to(visitor.database, NEW_MOBILE)
    assert (await visitor.submit("/me/account/address/confirm", {"code": code})).status_code == 303
    assert (await kept(visitor.database, account)).mobile == NEW_MOBILE
    assert [message.event for message in await sent_to(visitor.database, MOBILE)] == [
        "accounts.address_changed"
    ]
    async with visitor.database.session(writes=False) as session:
        entries = (await session.scalars(select(AuditEntry))).all()
    assert [entry.action for entry in entries] == ["accounts.change_address"]
    assert NEW_MOBILE not in str(entries[0].ids)


async def test_an_email_may_join_the_mobile_number(visitor: Visitor, account: Account) -> None:
    await visitor.sign_in(account)
    await visitor.submit("/me/account/address", {"address": EMAIL})
    await visitor.submit("/me/account/address/confirm", {"code": await code_sent_to(visitor.database, EMAIL)})
    saved = await kept(visitor.database, account)
    assert (saved.mobile, saved.email) == (MOBILE, EMAIL)


async def test_an_address_of_somebody_else_looks_free_and_its_holder_is_told(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    async with visitor.database.transaction() as session:
        await make_account(session, mobile=NEW_MOBILE)
        another = await make_account(session)
    seen = []
    for each, person, address in ((visitor, account, NEW_MOBILE), (another_visitor, another, "13912340001")):
        await each.sign_in(person)
        answer = await each.submit("/me/account/address", {"address": address})
        page = await each.get("/me/account/address/confirm")
        seen.append((answer.status_code, answer.headers["location"], page.status_code))
    assert seen[0] == seen[1]
    (message,) = await sent_to(visitor.database, NEW_MOBILE)
    assert message.event == "accounts.address_wanted"
    answer = await visitor.submit("/me/account/address/confirm", {"code": "123456"})
    assert answer.status_code == 422
    assert (await kept(visitor.database, account)).mobile == MOBILE


async def test_who_has_a_password_proves_it_before_the_address_changes(
    visitor: Visitor, account: Account
) -> None:
    async with visitor.database.transaction() as session:
        person = await account_with_id(session, account.id)
        person.password_hash = await passwords.hash_password(PASSWORD)
    await visitor.sign_in(account)
    form = {"address": NEW_MOBILE, "password": "wrong"}
    assert (await visitor.submit("/me/account/address", form)).status_code == 422
    assert await sent_to(visitor.database, NEW_MOBILE) == []
    assert (await visitor.submit("/me/account/address", form | {"password": PASSWORD})).status_code == 303


async def test_another_person_cannot_use_the_code_for_my_address(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    async with visitor.database.transaction() as session:
        another = await make_account(session)
    await visitor.sign_in(account)
    await visitor.submit("/me/account/address", {"address": NEW_MOBILE})
    another_visitor.cookies.update(visitor.cookies)
    await another_visitor.sign_in(another)
    code = await code_sent_to(visitor.database, NEW_MOBILE)
    answer = await another_visitor.submit("/me/account/address/confirm", {"code": code})
    assert answer.status_code == 422
    assert (await kept(visitor.database, another)).mobile == another.mobile


async def test_devices_are_listed_and_one_can_be_signed_out(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    phone = "Mozilla/5.0 (Linux; Android 14) Chrome/116 Mobile Safari MicroMessenger/8.0"
    await another_visitor.submit("/sign-in", {"address": MOBILE, "way": "code"})
    form = {"code": await code_sent_to(visitor.database, MOBILE)}
    await another_visitor.submit("/confirm", form, headers={"User-Agent": phone})
    await visitor.sign_in(account)
    page = await visitor.get("/me/account")
    assert "WeChat · Android" in page.text

    async with visitor.database.session(writes=False) as session:
        wechat = (
            await session.scalars(select(SignInSession).where(SignInSession.device.contains("WeChat")))
        ).one()
    assert (await visitor.submit(f"/me/account/sessions/{wechat.id}/end")).status_code == 303
    assert (await another_visitor.get("/me/account")).status_code == 401
    assert (await visitor.get("/me/account")).status_code == 200


async def test_nobody_ends_the_session_of_somebody_else(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    async with visitor.database.transaction() as session:
        await another_visitor.sign_in(await make_account(session))
    await visitor.sign_in(account)
    async with visitor.database.session(writes=False) as session:
        query = select(SignInSession.id).where(SignInSession.account_id != account.id)
        theirs = (await session.scalars(query)).one()
    assert (await visitor.submit(f"/me/account/sessions/{theirs}/end")).status_code == 404
    assert (await another_visitor.get("/me/account")).status_code == 200


async def test_all_devices_are_signed_out_at_once(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    for each in (visitor, another_visitor):
        await each.sign_in(account)
    await visitor.submit("/me/account/sessions/end")
    for each in (visitor, another_visitor):
        assert (await each.get("/me/account")).status_code == 401


async def test_a_change_of_role_can_end_all_sessions_but_ones_own(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    for each in (visitor, another_visitor):
        await each.sign_in(account)
    async with visitor.database.transaction() as session:
        own = (await session.scalars(select(SignInSession.id).order_by(SignInSession.id))).first()
        await end_sessions(session, account_id=account.id, but=own)
    assert (await visitor.get("/me/account")).status_code == 200
    assert (await another_visitor.get("/me/account")).status_code == 401


async def test_consent_is_withdrawn_as_easily_as_it_was_given(visitor: Visitor) -> None:
    await sign_up(visitor)
    assert (await visitor.submit("/me/account/withdraw-consent")).status_code == 422
    clock.move(timedelta(minutes=1))
    answer = await visitor.submit("/me/account/withdraw-consent", {"sure": "yes"})
    assert answer.headers["location"] == "/"
    assert (await visitor.get("/me/account")).status_code == 401
    async with visitor.database.session(writes=False) as session:
        account = (await session.scalars(select(Account))).one()
        assert account.stopped_at is not None
        given = await session.scalars(select(Consent.given).order_by(Consent.at, Consent.id))
        assert given.all() == [True, False]
        assert not await has_consent(session, account_id=account.id, purpose=ConsentPurpose.privacy)


async def test_who_has_withdrawn_comes_in_again_only_by_agreeing_again(visitor: Visitor) -> None:
    await sign_up(visitor)
    await visitor.submit("/me/account/withdraw-consent", {"sure": "yes"})
    clock.move(timedelta(minutes=1))
    await visitor.submit("/sign-up", sign_up_form())
    form = {"code": await code_sent_to(visitor.database, MOBILE)}
    answer = await visitor.submit("/confirm", form)
    assert answer.status_code == 422
    assert "您撤回过同意" in answer.text
    assert form["code"] in answer.text
    assert (await visitor.submit("/confirm", form | {"consent": "yes"})).status_code == 303
    async with visitor.database.session(writes=False) as session:
        account = (await session.scalars(select(Account))).one()
        assert account.stopped_at is None
        assert await has_consent(session, account_id=account.id, purpose=ConsentPurpose.privacy)


async def test_a_password_alone_does_not_undo_the_withdrawal(visitor: Visitor, account: Account) -> None:
    async with visitor.database.transaction() as session:
        person = await account_with_id(session, account.id)
        person.password_hash = await passwords.hash_password(PASSWORD)
    await visitor.sign_in(account)
    await visitor.submit("/me/account/withdraw-consent", {"sure": "yes"})
    form = {"address": MOBILE, "way": "password", "password": PASSWORD}
    answer = await visitor.submit("/sign-in", form)
    assert answer.status_code == 422
    assert PASSWORD not in answer.text
    assert (await visitor.submit("/sign-in", form | {"consent": "yes"})).status_code == 303


PAGES = ["/me/account", "/me/account/password", "/me/account/address", "/me/account/address/confirm"]


async def test_a_stranger_is_asked_to_sign_in_whatever_they_send(visitor: Visitor) -> None:
    for path in PAGES:
        assert (await visitor.get(path)).status_code == 401
        assert (await visitor.submit(path, {"address": "\x00" * 2000})).status_code == 401
