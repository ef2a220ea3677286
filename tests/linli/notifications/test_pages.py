"""The notices inbox of a person, and in development the mailbox of everybody."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.app import create_app
from linli.core.config import Environment, Settings, read_settings
from linli.core.db import Database
from linli.core.i18n import Message
from linli.notifications.actions import send, tell
from linli.notifications.models import Notice, OutboxMessage
from linli.notifications.rules import Channel
from tests.conftest import Visitor
from tests.factories import make_account

INBOX, MAILBOX = "/me/notices", "/dev/mailbox"


def tell_them(session: AsyncSession, account: Account, sentence: str, now: datetime, **values: Any) -> None:
    tell(
        session,
        person=account,
        event="test",
        subject=Message("Your code for Linli"),
        sentence=Message("{what}", what=sentence),
        path=values.get("path", "/needs/1"),
        now=now,
    )


async def test_a_notice_is_new_once_and_leads_to_its_thing(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    account = await make_account(session, language="en")
    tell_them(session, account, "Ann said yes", now)
    await session.commit()
    await visitor.sign_in(account)
    first = (await visitor.get(INBOX)).text
    assert re.search(r'<a href="/needs/1">Ann said yes</a>', first)
    assert ">New<" in first
    again = (await visitor.get(INBOX)).text
    assert "Ann said yes" in again
    assert ">New<" not in again
    notice = (await session.scalars(select(Notice).execution_options(populate_existing=True))).one()
    assert notice.read_at == now or notice.read_at is not None


async def test_notices_stand_under_their_day_the_newest_first(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    account = await make_account(session, language="en")
    for days, sentence in ((2, "oldest"), (0, "noon"), (1, "yesterday")):
        tell_them(session, account, sentence, now - timedelta(days=days))
    tell_them(session, account, "evening", now + timedelta(hours=9))
    await session.commit()
    page = (await (await visitor.sign_in(account)).get(INBOX)).text
    places = [
        page.index(words)
        for words in ("Mon 23 Nov", "evening", "noon", "Sun 22 Nov", "yesterday", "Sat 21 Nov")
    ]
    assert places == sorted(places)


async def test_the_inbox_is_a_page_in_both_languages(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    account = await make_account(session)
    await session.commit()
    await visitor.sign_in(account)
    empty = (await visitor.get(INBOX)).text
    assert "还没有通知" in empty
    english = (await visitor.get(INBOX, headers={"Cookie": f"{cookie(visitor)}; linli-language=en"})).text
    assert "Nothing yet." in english


def cookie(visitor: Visitor) -> str:
    return f"linli-session={visitor.cookies['linli-session']}"


async def test_a_long_inbox_is_shown_page_by_page_and_marks_only_what_it_shows(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    account = await make_account(session, language="en")
    for n in range(25):
        tell_them(session, account, f"notice {n:02d}.", now - timedelta(minutes=n))
    await session.commit()
    await visitor.sign_in(account)
    first = (await visitor.get(INBOX)).text
    assert (first.count(">New<"), "notice 19." in first, "notice 20." in first) == (20, True, False)
    assert 'number">5<' in first  # still unread, in the header
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = (await visitor.get(following[1])).text
    assert (second.count(">New<"), "notice 20." in second, "notice 19." in second) == (5, True, False)


async def test_nobody_sees_or_reads_anothers_notices(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    account, other = await make_account(session), await make_account(session)
    tell_them(session, other, "only for the other", now)
    await session.commit()
    await visitor.sign_in(account)
    assert "only for the other" not in (await visitor.get(INBOX)).text
    assert (await session.scalars(select(Notice.read_at))).all() == [None]


async def test_a_stranger_is_asked_to_sign_in(visitor: Visitor) -> None:
    answer = await visitor.get(INBOX)
    assert answer.status_code == 401
    assert f'value="{INBOX}"' in answer.text  # to come back to it afterwards


async def test_what_stands_in_a_notice_is_text(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    account = await make_account(session)
    tell_them(session, account, "<script>alert(1)</script>{0.__class__}", now)
    await session.commit()
    page = (await (await visitor.sign_in(account)).get(INBOX)).text
    assert "<script>alert" not in page
    assert "{0.__class__}" in page


async def test_who_has_a_mail_address_is_told_there_and_who_has_none_by_text_message(
    session: AsyncSession, now: datetime
) -> None:
    mail = await make_account(session, email="ann@example.org")
    mobile = await make_account(session)
    for account in (mail, mobile):
        tell_them(session, account, "hello", now)
    await session.flush()
    messages = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
    told = {(each.channel, each.address, each.recipient_id) for each in messages}
    assert told == {(Channel.mail, "ann@example.org", mail.id), (Channel.sms, mobile.mobile, mobile.id)}
    assert len((await session.scalars(select(Notice))).all()) == 2


async def put_in_mailbox(session: AsyncSession, now: datetime) -> None:
    for n, (channel, address) in enumerate([(Channel.mail, "ann@example.org"), (Channel.sms, "13900000001")]):
        send(
            session,
            channel=channel,
            address=address,
            recipient_id=None,
            language="en",
            event="accounts.code",
            subject=Message("Your code for Linli"),
            sentence=Message(
                "{code} is your code to sign in at Linli. It works for 10 minutes.", code=f"01234{n}"
            ),
            path="/needs/7",
            now=now,
        )
        await session.flush()
    await session.commit()


async def test_the_development_mailbox_shows_codes_and_links_the_newest_first(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    await put_in_mailbox(session, now)
    page = (await visitor.get(MAILBOX)).text
    assert page.index("012341 is your code") < page.index("012340 is your code")
    assert "ann@example.org" in page
    assert 'href="/needs/7"' in page
    assert 'lang="en">012341' in page  # in the recipient's language, whatever the reader's


async def test_an_empty_mailbox_says_how_to_fill_it(visitor: Visitor) -> None:
    assert "Nothing was sent yet." in (await visitor.get(MAILBOX, headers={"Accept-Language": "en"})).text
    assert "还没有发送过任何内容" in (await visitor.get(MAILBOX)).text


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_the_mailbox_shows_only_channels_that_lead_nowhere(
    settings: Settings, database: Database, session: AsyncSession, now: datetime
) -> None:
    await put_in_mailbox(session, now)
    kept = {"database_url": settings.database_url}
    half = read_settings({}, smtp_url="smtp://127.0.0.1:9", **kept)
    async with Visitor(create_app(half, database), database, half) as visitor:
        page = (await visitor.get(MAILBOX)).text
        assert "012341 is your code" in page
        assert "012340 is your code" not in page
    whole = read_settings({}, smtp_url="smtp://127.0.0.1:9", sms_webhook_url="http://127.0.0.1:9", **kept)
    async with Visitor(create_app(whole, database), database, whole) as visitor:
        assert (await visitor.get(MAILBOX)).status_code == 404
    production = read_settings(
        {},
        environment=Environment.production,
        secret_key="k" * 32,
        base_url="https://linli.example.org",
        smtp_url="smtp://127.0.0.1:9",
        **kept,
    )
    async with Visitor(create_app(production, database), database, production) as visitor:
        assert (await visitor.get(MAILBOX)).status_code == 404
        assert MAILBOX not in (await visitor.get("/no/such/page")).text
