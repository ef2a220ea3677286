import asyncio
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from linli.accounts.actions import create_account
from linli.accounts.models import Account, Consent, OneTimeCode, SignInSession
from linli.accounts.queries import account_with_id
from linli.accounts.rules import PRIVACY_VERSION, ConsentPurpose
from linli.app import create_app
from linli.core import clock
from linli.core.config import Settings
from linli.core.db import Database
from linli.core.errors import Conflict
from linli.notifications.models import OutboxMessage
from tests.conftest import NOW, Visitor
from tests.factories import make_account
from tests.linli.accounts.entering import (
    EMAIL,
    HONGHUAGANG,
    MOBILE,
    WENFENG,
    another_than,
    body,
    code_sent_to,
    count,
    sent_to,
    sign_up,
    sign_up_form,
)

ENGLISH = {"Accept-Language": "en"}


async def only_account(database: Database) -> Account:
    async with database.session(writes=False) as session:
        return (await session.scalars(select(Account))).one()


async def nothing_is_stored(database: Database) -> bool:
    return not any([await count(database, table) for table in (OneTimeCode, OutboxMessage, Account)])


async def test_a_neighbour_signs_up_with_a_code_and_is_back_where_they_came_from(visitor: Visitor) -> None:
    answer = await sign_up(visitor, next="/needs?field=elderly")

    assert (answer.status_code, answer.headers["location"]) == (303, "/needs?field=elderly")
    account = await only_account(visitor.database)
    assert (account.name, account.mobile, account.email) == ("王小燕", MOBILE, None)
    assert (account.birth_on, account.division, account.password_hash) == (date(1990, 5, 1), "520302", None)
    assert (await visitor.get("/me/account")).status_code == 200


async def test_an_email_address_serves_as_well_and_the_code_goes_there_as_mail(visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form(address=EMAIL.upper()))
    (message,) = await sent_to(visitor.database, EMAIL)
    assert message.channel == "mail"
    answer = await visitor.submit("/confirm", {"code": await code_sent_to(visitor.database, EMAIL)})
    assert answer.headers["location"] == "/start"
    assert (await only_account(visitor.database)).email == EMAIL


async def test_the_consent_is_kept_with_its_version_and_the_moment_it_was_given(visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    clock.move(timedelta(minutes=4))
    await visitor.submit("/confirm", {"code": await code_sent_to(visitor.database, MOBILE)})

    account = await only_account(visitor.database)
    async with visitor.database.session(writes=False) as session:
        consent = (await session.scalars(select(Consent))).one()
        assert consent.account_id == account.id
    assert (consent.purpose, consent.text_version, consent.given) == (
        ConsentPurpose.privacy,
        PRIVACY_VERSION,
        True,
    )
    assert abs(consent.at - NOW) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [({"birth_on": ""}, "请填写"), ({"consent": ""}, "勾选"), ({"birth_on": "2026-11-24"}, "核对出生日期")],
)
async def test_nothing_is_stored_before_birth_date_and_consent_are_valid(
    visitor: Visitor, missing: dict[str, str], sentence: str
) -> None:
    answer = await visitor.submit("/sign-up", sign_up_form(**missing) | {"address": "nonsense", "name": ""})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "11位手机号" not in answer.text, "nothing else is looked at before these two are valid"
    assert await nothing_is_stored(visitor.database)


@pytest.mark.parametrize(("language", "sentence"), [("zh", "未满14周岁"), ("en", "Under 14")])
async def test_a_child_under_14_is_politely_refused_and_nothing_is_kept(
    visitor: Visitor, language: str, sentence: str
) -> None:
    form = sign_up_form(birth_on="2012-11-24", name="李小明")
    answer = await visitor.submit("/sign-up", form, headers={"Accept-Language": language})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "李小明" not in answer.text
    assert await nothing_is_stored(visitor.database)


async def test_from_14_on_one_may_sign_up(visitor: Visitor) -> None:
    assert (await sign_up(visitor, birth_on="2012-11-23")).status_code == 303


async def test_until_the_code_is_confirmed_there_is_no_account(visitor: Visitor) -> None:
    answer = await visitor.submit("/sign-up", sign_up_form())
    assert answer.headers["location"] == "/confirm?next=%2Fstart"
    assert await count(visitor.database, Account) == 0


async def test_the_page_speaks_the_language_of_the_browser_and_so_does_the_account(visitor: Visitor) -> None:
    page = await visitor.get("/sign-up", headers=ENGLISH)
    assert "Sign up to help your neighbours" in page.text
    assert "注册，给街坊搭把手" in (await visitor.get("/sign-up", headers={"Accept-Language": "zh"})).text

    await visitor.submit("/sign-up", sign_up_form(), headers=ENGLISH)
    await visitor.submit("/confirm", {"code": await code_sent_to(visitor.database, MOBILE)})
    assert (await only_account(visitor.database)).language == "en"


async def test_what_was_typed_is_kept_beside_the_sentence_about_it(visitor: Visitor) -> None:
    answer = await visitor.submit("/sign-up", sign_up_form(address="12345"))
    assert answer.status_code == 422
    for typed in ("王小燕", "12345", HONGHUAGANG, "1990-05-01"):
        assert typed in answer.text
    assert "请填写11位手机号" in answer.text


async def test_coming_from_a_need_the_community_is_already_filled_in(visitor: Visitor) -> None:
    page = await visitor.get(f"/sign-up?next=/needs/1&division={WENFENG}")
    assert "瓮安县 雍阳街道 文峰社区" in page.text

    shown = "贵州省 黔南布依族苗族自治州 瓮安县 雍阳街道 文峰社区"
    await sign_up(visitor, community=shown, division_of=shown, division=WENFENG)
    assert (await only_account(visitor.database)).division == WENFENG


async def test_a_division_that_is_no_place_to_live_is_not_filled_in(visitor: Visitor) -> None:
    for division in ("", "1", "999999999999", "52", "x" * 5000, "52272500100²"):
        page = await visitor.get("/sign-up", params={"division": division})
        assert page.status_code == 200
        assert 'name="division"' not in page.text


async def test_a_name_that_several_places_have_becomes_a_choice_without_script(visitor: Visitor) -> None:
    answer = await visitor.submit("/sign-up", sign_up_form(community="幸福社区"))
    assert answer.status_code == 422
    assert "同名的地方有好几个" in answer.text
    choices = re.findall(r'type="radio" name="division" value="([0-9]+)"', answer.text)
    assert len(choices) > 1

    await sign_up(visitor, community="幸福社区", division_of="幸福社区", division=choices[1])
    assert (await only_account(visitor.database)).division == choices[1]


async def test_a_county_beside_the_name_settles_it_in_either_order(visitor: Visitor) -> None:
    for typed in ("文峰社区 瓮安", "瓮安 文峰社区"):
        assert (await visitor.submit("/sign-up", sign_up_form(community=typed))).status_code == 303


async def test_words_that_were_changed_after_the_choice_count_more_than_the_choice(visitor: Visitor) -> None:
    await sign_up(visitor, community=HONGHUAGANG, division_of="文峰社区", division=WENFENG)
    assert (await only_account(visitor.database)).division == "520302"


async def test_a_place_that_does_not_exist_is_said_so(visitor: Visitor) -> None:
    answer = await visitor.submit("/sign-up", sign_up_form(community="不存在的地方"))
    assert answer.status_code == 422
    assert "没有找到这个地方" in answer.text


async def test_places_are_suggested_while_typing_in_either_script(visitor: Visitor) -> None:
    assert WENFENG in (await visitor.get("/places", params={"community": "瓮安 文峰"})).text
    assert "Wenfeng" in (await visitor.get("/places", params={"community": "wenfeng"}, headers=ENGLISH)).text
    assert "radio" not in (await visitor.get("/places", params={"community": "x"})).text


async def test_signing_up_at_an_address_with_an_account_looks_the_same_and_signs_in(
    visitor: Visitor, another_visitor: Visitor
) -> None:
    async with visitor.database.transaction() as session:
        account = await make_account(session, mobile=MOBILE)

    known = await visitor.submit("/sign-up", sign_up_form())
    unknown = await another_visitor.submit("/sign-up", sign_up_form(address="13912340678"))
    assert (known.status_code, known.headers["location"]) == (
        unknown.status_code,
        unknown.headers["location"],
    )
    assert {name.lower() for name in known.headers} == {name.lower() for name in unknown.headers}
    asked = [await each.get("/confirm") for each in (visitor, another_visitor)]
    assert body(asked[0]).replace("139****5678", "") == body(asked[1]).replace("139****0678", "")
    wrong = [await each.submit("/confirm", {"code": "12345"}) for each in (visitor, another_visitor)]
    assert body(wrong[0]).replace("139****5678", "") == body(wrong[1]).replace("139****0678", "")

    answer = await visitor.submit("/confirm", {"code": await code_sent_to(visitor.database, MOBILE)})
    assert answer.status_code == 303
    async with visitor.database.session(writes=False) as session:
        assert (await session.scalars(select(SignInSession))).one().account_id == account.id
        assert (await account_with_id(session, account.id)).name == account.name


async def test_a_code_works_once(visitor: Visitor, another_visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    another_visitor.cookies.update(visitor.cookies)
    code = await code_sent_to(visitor.database, MOBILE)

    assert (await visitor.submit("/confirm", {"code": code})).status_code == 303
    answer = await another_visitor.submit("/confirm", {"code": code})
    assert answer.status_code == 422
    assert "已失效" in answer.text
    assert await count(visitor.database, SignInSession) == 1


async def test_a_code_is_read_as_people_type_it(visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    code = await code_sent_to(visitor.database, MOBILE)
    wide = " ".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code)
    assert (await visitor.submit("/confirm", {"code": wide})).status_code == 303


async def test_a_code_works_for_ten_minutes(visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    code = await code_sent_to(visitor.database, MOBILE)
    clock.move(timedelta(minutes=10, seconds=1))
    answer = await visitor.submit("/confirm", {"code": code})
    assert answer.status_code == 422
    assert await count(visitor.database, Account) == 0


async def test_after_five_wrong_tries_even_the_right_code_is_gone(visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    code = await code_sent_to(visitor.database, MOBILE)
    for left in (4, 3, 2, 1):
        answer = await visitor.submit("/confirm", {"code": another_than(code)}, headers=ENGLISH)
        assert answer.status_code == 422
        assert f"You can try {left} more time" in answer.text
    await visitor.submit("/confirm", {"code": another_than(code)})
    answer = await visitor.submit("/confirm", {"code": code}, headers=ENGLISH)
    assert "no longer works" in answer.text
    assert await count(visitor.database, Account) == 0


async def test_a_code_opens_nothing_in_another_browser(visitor: Visitor, another_visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    answer = await another_visitor.submit("/confirm", {"code": await code_sent_to(visitor.database, MOBILE)})
    assert answer.status_code == 422
    assert await count(visitor.database, Account) == 0


async def test_a_new_code_takes_the_place_of_the_old_one(visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    first = await code_sent_to(visitor.database, MOBILE)
    answer = await visitor.submit("/confirm/again", {"next": "/needs", "back": "/confirm"})
    assert answer.headers["location"] == "/confirm?next=%2Fneeds"
    second = await code_sent_to(visitor.database, MOBILE)
    if first != second:
        assert (await visitor.submit("/confirm", {"code": first})).status_code == 422
    assert (await visitor.submit("/confirm", {"code": second})).status_code == 303
    assert (await only_account(visitor.database)).name == "王小燕"


async def test_neither_code_nor_address_is_readable_beside_the_outbox(visitor: Visitor) -> None:
    await visitor.submit("/sign-in", {"address": MOBILE, "way": "code"})
    async with visitor.database.session(writes=False) as session:
        kept = (await session.scalars(select(OneTimeCode))).one()
    assert MOBILE not in str([kept.address_hash, kept.code_hash, kept.network_hash, kept.pending])
    assert await count(visitor.database, OutboxMessage) == 0, "nobody without an account is written to"


async def test_one_address_gets_five_codes_in_a_quarter_of_an_hour(visitor: Visitor) -> None:
    for _ in range(5):
        assert (await visitor.submit("/sign-up", sign_up_form())).status_code == 303
    answer = await visitor.submit("/sign-up", sign_up_form())
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 900
    assert len(await sent_to(visitor.database, MOBILE)) == 5
    assert (await visitor.submit("/sign-up", sign_up_form(address=EMAIL))).status_code == 303
    clock.move(timedelta(minutes=15, seconds=1))
    assert (await visitor.submit("/sign-up", sign_up_form())).status_code == 303


async def test_one_network_gets_only_so_many_codes_whatever_it_says_of_itself(visitor: Visitor) -> None:
    most = visitor.settings.codes_per_network
    for n in range(most):
        answer = await visitor.submit("/sign-in", {"address": f"139{n:08d}", "way": "code"})
        assert answer.status_code == 303
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    answer = await visitor.submit("/sign-in", {"address": EMAIL, "way": "code"}, headers=forwarded)
    assert answer.status_code == 429


NASTY = [
    "\x00",
    "\ud800",
    "😀" * 50,
    "\u202e王",
    "\u200b",
    "x" * 100_000,
    "' OR 1=1 --",
    "{{7*7}}",
    "9" * 400,
    "½",
]


async def test_no_input_breaks_the_sign_up(visitor: Visitor) -> None:
    for text in NASTY:
        typed = text.encode("utf-8", "surrogatepass")
        for field in (*sign_up_form(), "division", "division_of"):
            answer = await visitor.submit("/sign-up", sign_up_form() | {field: typed})
            assert answer.status_code < 500, (field, text[:20])
        answer = await visitor.submit("/confirm", {"code": typed})
        assert answer.status_code < 500


async def test_of_two_that_use_one_code_at_the_same_time_one_comes_in(
    own_settings: Settings, own_database: Database
) -> None:
    app = create_app(own_settings, own_database)
    async with (
        Visitor(app, own_database, own_settings) as one,
        Visitor(app, own_database, own_settings) as other,
    ):
        await one.submit("/sign-up", sign_up_form())
        other.cookies.update(one.cookies)
        code = await code_sent_to(own_database, MOBILE)
        answers = await asyncio.gather(*(each.submit("/confirm", {"code": code}) for each in (one, other)))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert await count(own_database, Account) == await count(own_database, SignInSession) == 1
    assert await count(own_database, Consent) == 1


async def test_one_person_in_two_browsers_ends_up_with_one_account(
    visitor: Visitor, another_visitor: Visitor
) -> None:
    codes = []
    for each in (visitor, another_visitor):
        await each.submit("/sign-up", sign_up_form())
        codes.append(await code_sent_to(visitor.database, MOBILE))
    for each, code in zip((visitor, another_visitor), codes, strict=True):
        assert (await each.submit("/confirm", {"code": code})).status_code == 303
    assert await count(visitor.database, Account) == 1
    assert await count(visitor.database, SignInSession) == 2


async def test_an_address_belongs_to_one_account(database: Database) -> None:
    async with database.transaction() as session:
        await create_account(session, name="王", birth_on=date(1990, 1, 1), mobile=MOBILE, now=NOW)
    with pytest.raises(Conflict):
        async with database.transaction() as session:
            await create_account(session, name="李", birth_on=date(1990, 1, 1), mobile=MOBILE, now=NOW)


async def test_afterwards_one_stays_on_this_site(visitor: Visitor) -> None:
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "javascript:1"):
        page = await visitor.get("/sign-up", params={"next": evil})
        assert 'name="next" value="/start"' in page.text
    assert (await sign_up(visitor, next="//evil.example")).headers["location"] == "/start"


async def test_who_is_signed_in_goes_straight_on(visitor: Visitor) -> None:
    await sign_up(visitor)
    for path in ("/sign-up", "/sign-in"):
        assert (await visitor.get(f"{path}?next=/needs")).headers["location"] == "/needs"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_text_on_personal_data_says_its_version_in_both_languages(
    visitor: Visitor, language: str
) -> None:
    page = await visitor.get("/privacy", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert PRIVACY_VERSION in page.text
    assert ("个人信息保护法" if language == "zh" else "Personal Information Protection Law") in page.text
