import pytest

from linli.accounts import passwords
from linli.accounts.actions import create_account
from linli.accounts.models import Account, SignInSession
from linli.accounts.queries import account_with_id
from linli.core.db import Database
from linli.organizations.models import Organization
from tests.conftest import NOW, Visitor
from tests.factories import make_account, make_member, make_organization
from tests.linli.accounts.entering import EMAIL, MOBILE, PASSWORD, another_than, code_sent_to, count, sent_to

ENGLISH = {"Accept-Language": "en"}
ANOTHER = "five other words without sense"


async def have_account(database: Database, *, with_password: bool = True) -> Account:
    async with database.transaction() as session:
        hashed = await passwords.hash_password(PASSWORD) if with_password else None
        return await make_account(
            session, mobile=MOBILE, email=EMAIL, password_hash=hashed, name="Zhang Wenqing"
        )


async def may_enter(visitor: Visitor, password: str) -> bool:
    form = {"address": MOBILE, "way": "password", "password": password}
    return (await visitor.submit("/sign-in", form)).status_code == 303


async def test_a_forgotten_password_is_set_anew_with_a_code_and_all_sessions_end(
    visitor: Visitor, another_visitor: Visitor
) -> None:
    account = await have_account(visitor.database)
    await another_visitor.sign_in(account)
    await visitor.submit("/reset-password", {"address": MOBILE, "next": "/needs"})
    code = await code_sent_to(visitor.database, MOBILE)
    form = {"code": code, "new_password": ANOTHER, "next": "/needs"}
    assert (await visitor.submit("/reset-password/confirm", form)).headers["location"] == "/needs"

    assert (await visitor.get("/me/account")).status_code == 200
    assert (await another_visitor.get("/me/account")).status_code == 401
    assert not await may_enter(another_visitor, PASSWORD)
    assert await may_enter(another_visitor, ANOTHER)
    assert (await visitor.submit("/reset-password/confirm", form)).status_code == 422, "the code works once"


async def test_the_person_is_told_that_the_password_was_changed(visitor: Visitor) -> None:
    await have_account(visitor.database)
    await visitor.submit("/reset-password", {"address": MOBILE})
    form = {"code": await code_sent_to(visitor.database, MOBILE), "new_password": ANOTHER}
    await visitor.submit("/reset-password/confirm", form)
    assert [message.event for message in await sent_to(visitor.database, EMAIL)] == ["accounts.password_set"]


async def test_a_bad_new_password_does_not_use_up_the_code(visitor: Visitor) -> None:
    await have_account(visitor.database)
    await visitor.submit("/reset-password", {"address": MOBILE})
    code = await code_sent_to(visitor.database, MOBILE)
    for bad in ("Zu kurz", "password1234", "x" * 257):
        form = {"code": code, "new_password": bad}
        answer = await visitor.submit("/reset-password/confirm", form)
        assert answer.status_code == 422
        assert code in answer.text
        assert bad not in answer.text
    form = {"code": code, "new_password": ANOTHER}
    assert (await visitor.submit("/reset-password/confirm", form)).status_code == 303


async def test_a_wrong_code_sets_no_password(visitor: Visitor) -> None:
    account = await have_account(visitor.database)
    await visitor.submit("/reset-password", {"address": MOBILE})
    wrong = another_than(await code_sent_to(visitor.database, MOBILE))
    form = {"code": wrong, "new_password": ANOTHER}
    assert (await visitor.submit("/reset-password/confirm", form)).status_code == 422
    async with visitor.database.session(writes=False) as session:
        kept = await account_with_id(session, account.id)
    assert kept.password_hash == account.password_hash


async def test_a_code_for_a_new_password_does_not_sign_in(visitor: Visitor) -> None:
    await have_account(visitor.database)
    await visitor.submit("/reset-password", {"address": MOBILE})
    answer = await visitor.submit("/confirm", {"code": await code_sent_to(visitor.database, MOBILE)})
    assert answer.status_code == 422
    assert await count(visitor.database, SignInSession) == 0


async def test_changing_the_password_asks_for_the_present_one_and_ends_the_other_sessions(
    visitor: Visitor, another_visitor: Visitor
) -> None:
    account = await have_account(visitor.database)
    for each in (visitor, another_visitor):
        await each.sign_in(account)
    form = {"password": "not the present one", "new_password": ANOTHER}
    answer = await visitor.submit("/me/account/password", form, headers=ENGLISH)
    assert answer.status_code == 422
    assert "This is not your password." not in answer.text
    assert "密码不对" in answer.text, "the account's language"
    assert (await another_visitor.get("/me/account")).status_code == 200

    answer = await visitor.submit("/me/account/password", form | {"password": PASSWORD})
    assert answer.headers["location"] == "/me/account"
    assert (await visitor.get("/me/account")).status_code == 200
    assert (await another_visitor.get("/me/account")).status_code == 401
    assert await count(visitor.database, SignInSession) == 1, "a new one, for this browser"


async def test_a_stolen_session_gets_twenty_guesses_of_the_password_too(visitor: Visitor) -> None:
    await visitor.sign_in(await have_account(visitor.database))
    form = {"password": "wrong", "new_password": ANOTHER}
    answers = [(await visitor.submit("/me/account/password", form)).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


async def test_who_has_none_chooses_a_first_password(visitor: Visitor) -> None:
    await visitor.sign_in(await have_account(visitor.database, with_password=False))
    page = await visitor.get("/me/account/password")
    assert 'autocomplete="current-password"' not in page.text
    answer = await visitor.submit("/me/account/password", {"new_password": ANOTHER, "next": "/needs"})
    assert answer.headers["location"] == "/needs"
    await visitor.submit("/sign-out")
    assert await may_enter(visitor, ANOTHER)


async def test_a_password_made_of_ones_own_name_or_number_is_refused(visitor: Visitor) -> None:
    await visitor.sign_in(await have_account(visitor.database, with_password=False))
    for made_of in ("zhangwenqing1990", "Zhang Wenqing", f"{MOBILE}00"):
        answer = await visitor.submit("/me/account/password", {"new_password": made_of})
        assert answer.status_code == 422


async def test_sample_accounts_and_the_first_bureau_may_be_made_with_a_password(
    visitor: Visitor, database: Database
) -> None:
    async with database.transaction() as session:
        account = await create_account(
            session,
            name="李",
            birth_on=NOW.date().replace(year=1980),
            mobile=MOBILE,
            password_hash=await passwords.hash_password(PASSWORD),
            now=NOW,
        )
    assert account.password_hash is not None
    assert account.password_hash.startswith("$argon2id$")
    assert await may_enter(visitor, PASSWORD)


@pytest.fixture
async def committee(database: Database) -> Organization:
    async with database.transaction() as session:
        return await make_organization(session)


async def have_officer_without_password(database: Database, committee: Organization) -> Account:
    async with database.transaction() as session:
        officer = await make_member(session, committee, account=await make_account(session, mobile=MOBILE))
        officer.password_hash = None
        return officer


@pytest.mark.parametrize(("language", "words"), [("zh", "职务"), ("en", "Your role asks for a password")])
async def test_a_role_does_not_count_before_its_holder_has_a_password(
    visitor: Visitor, committee: Organization, language: str, words: str
) -> None:
    officer = await have_officer_without_password(visitor.database, committee)
    async with visitor.database.transaction() as session:
        (await account_with_id(session, officer.id)).language = language
    await visitor.sign_in(officer)
    desk = f"/organizations/{committee.id}/needs/new"

    answer = await visitor.get(desk)
    assert answer.status_code == 403
    assert words in answer.text
    assert 'href="/me/account/password"' in answer.text
    assert 'href="/me/account/password"' in (await visitor.get("/privacy")).text, "every page leads there"

    await visitor.submit("/me/account/password", {"new_password": ANOTHER})
    assert (await visitor.get(desk)).status_code == 200
