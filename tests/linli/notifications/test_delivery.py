"""What is written into the outbox arrives once, whatever happens to mail servers and workers."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from linli.core.config import Environment, Settings
from linli.core.db import Database
from linli.core.i18n import Message
from linli.notifications import jobs as delivery
from linli.notifications import sms
from linli.notifications.jobs import carriers, jobs
from linli.notifications.models import Notice, OutboxMessage
from linli.notifications.rules import GIVE_UP_AFTER, WAITS, Channel
from tests.factories import make_account
from tests.linli.notifications.conftest import (
    MailServer,
    OnAnyPort,
    TextProvider,
    controller,
    deliver,
    now_of,
    settings_with,
    write,
)

MINUTE = timedelta(minutes=1)


async def test_a_mail_arrives_in_the_recipients_language_with_a_link_that_works(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    message = await write(own_database, now, language="zh")
    settings = settings_with(
        own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}", mail_from="邻里 <post@linli.org>"
    )
    await deliver(own_database, settings, now)
    [(recipients, mail)] = mail_server.taken
    assert recipients == ["ann@example.org"]
    assert (mail["to"], mail["from"]) == ("ann@example.org", "邻里 <post@linli.org>")
    assert mail["message-id"] == f"<{message.id}@linli.org>"
    assert mail["date"].datetime == now
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["content-language"] == "zh-Hans"
    assert mail["subject"] == Message("Your code for Linli").in_language("zh")
    text, page = (part.get_content() for part in mail.iter_parts())
    for part in (text, page):
        assert "012345" in part
        assert "您" in part or "验证码" in part
    assert "https://linli.example.org/needs/1?a=b" in text
    assert 'href="https://linli.example.org/needs/1?a=b"' in page
    assert 'lang="zh-Hans"' in page
    assert (await now_of(own_database, message)).sent_at == now


async def test_what_a_person_wrote_is_text_in_a_mail_and_one_line_in_its_subject(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    title = 'Tom & Ann\r\nBcc: all@example.org <script>"'
    said = Message("{title}", title=title)
    await write(own_database, now, subject=said, sentence=said)
    await deliver(own_database, settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}"), now)
    [(recipients, mail)] = mail_server.taken
    assert recipients == ["ann@example.org"]
    assert mail["bcc"] is None
    assert mail["subject"] == 'Tom & Ann Bcc: all@example.org <script>"'
    text, page = (part.get_content() for part in mail.iter_parts())
    assert "Tom & Ann" in text
    assert "<script>" not in page


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_password_in_the_address_signs_in_to_the_mail_server(
    own_database: Database,
    own_settings: Settings,
    smtp_with_password: OnAnyPort,
    mail_server: MailServer,
    now: datetime,
) -> None:
    message = await write(own_database, now)
    at = f"127.0.0.1:{smtp_with_password.port}"
    await deliver(own_database, settings_with(own_settings, smtp_url=f"smtp://linli:wrong@{at}"), now)
    kept = await now_of(own_database, message)
    assert (kept.sent_at, kept.gave_up_at) == (None, None)
    right = settings_with(own_settings, smtp_url=f"smtp://linli:p%40ss%3Aword%2F@{at}")
    await deliver(own_database, right, now + MINUTE)
    assert len(mail_server.taken) == 1


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
async def test_a_server_that_cannot_encrypt_gets_nothing_when_that_was_asked_for(
    own_database: Database,
    own_settings: Settings,
    smtp: OnAnyPort,
    mail_server: MailServer,
    now: datetime,
    scheme: str,
) -> None:
    message = await write(own_database, now)
    await deliver(
        own_database, settings_with(own_settings, smtp_url=f"{scheme}://127.0.0.1:{smtp.port}"), now
    )
    assert mail_server.taken == []
    assert (await now_of(own_database, message)).not_before == now + MINUTE


async def test_nothing_is_lost_while_the_mail_server_is_down(
    own_database: Database, own_settings: Settings, mail_server: MailServer, now: datetime
) -> None:
    listening = controller(mail_server)
    listening.start()
    settings = settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{listening.port}")
    listening.stop()
    messages = [await write(own_database, now, address=f"p{n}@example.org") for n in range(3)]
    await deliver(own_database, settings, now)
    assert [(await now_of(own_database, each)).sent_at for each in messages] == [None] * 3
    again = OnAnyPort(mail_server, hostname="127.0.0.1", port=listening.port)
    again.start()
    await deliver(own_database, settings, now + MINUTE)
    again.stop()
    assert sorted(recipients[0] for recipients, _ in mail_server.taken) == [
        f"p{n}@example.org" for n in range(3)
    ]
    await deliver(own_database, settings, now + timedelta(days=3))
    assert len(mail_server.taken) == 3


async def test_a_server_that_is_down_is_asked_for_one_message_and_not_for_all(
    own_database: Database, own_settings: Settings, now: datetime
) -> None:
    messages = [await write(own_database, now) for _ in range(3)]
    [mail, *_] = jobs(settings_with(own_settings, smtp_url="smtp://127.0.0.1:9"))
    await mail.run(own_database, now)
    assert [(await now_of(own_database, each)).attempts for each in messages] == [1, 0, 0]


async def test_the_waits_grow_and_after_two_days_it_gives_up(
    own_database: Database, own_settings: Settings, now: datetime
) -> None:
    message = await write(own_database, now)
    settings = settings_with(own_settings, smtp_url="smtp://127.0.0.1:9")
    waits, moment = [], now
    with capture_logs() as lines:
        while (kept := await now_of(own_database, message)).gave_up_at is None:
            await deliver(own_database, settings, moment)
            kept = await now_of(own_database, message)
            waits.append(kept.not_before - moment)
            moment = kept.not_before
    assert tuple(waits[: len(WAITS)]) == WAITS
    assert set(waits[len(WAITS) : -1]) == {WAITS[-1]}
    assert now + GIVE_UP_AFTER - WAITS[-1] < kept.gave_up_at <= now + GIVE_UP_AFTER
    assert kept.last_error
    assert lines[-1]["gave_up"]
    assert "ann@example.org" not in str(lines)


@pytest.mark.parametrize("answer", ["550 no such person", "553 never"])
async def test_an_address_that_does_not_exist_is_given_up_at_once_and_holds_up_no_other(
    own_database: Database,
    own_settings: Settings,
    smtp: OnAnyPort,
    mail_server: MailServer,
    now: datetime,
    answer: str,
) -> None:
    gone, there = await write(own_database, now), await write(own_database, now)
    mail_server.answers = [answer]
    await deliver(own_database, settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}"), now)
    kept = await now_of(own_database, gone)
    assert kept.gave_up_at == now
    assert answer[:3] in (kept.last_error or "")
    assert (await now_of(own_database, there)).sent_at == now


async def test_a_recipient_who_is_busy_is_tried_again_and_holds_up_no_other(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    busy, there = await write(own_database, now), await write(own_database, now)
    mail_server.answers = ["450 later"]
    mail_server.data_answers = []
    settings = settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}")
    await deliver(own_database, settings, now)
    assert (await now_of(own_database, busy)).not_before == now + MINUTE
    assert (await now_of(own_database, there)).sent_at == now
    mail_server.data_answers = ["451 disk full for now"]
    await deliver(own_database, settings, now + MINUTE)
    assert (await now_of(own_database, busy)).sent_at is None
    await deliver(own_database, settings, now + 3 * MINUTE)
    assert (await now_of(own_database, busy)).sent_at == now + 3 * MINUTE


@pytest.mark.parametrize(
    "address", ["no at all", "a@b\r\nBcc: c@d", "é@example.org", "", "@", "x" * 5000 + "@y.org"]
)
async def test_an_address_that_is_none_holds_up_nobody(
    own_database: Database,
    own_settings: Settings,
    smtp: OnAnyPort,
    mail_server: MailServer,
    now: datetime,
    address: str,
) -> None:
    odd, there = await write(own_database, now, address=address), await write(own_database, now)
    await deliver(own_database, settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}"), now)
    assert (await now_of(own_database, there)).sent_at == now
    assert (await now_of(own_database, odd)).attempts == 1
    assert [recipients for recipients, _ in mail_server.taken if recipients == ["c@d"]] == []


async def test_what_would_come_too_late_is_not_sent(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    code = await write(own_database, now, useful_for=timedelta(minutes=10))
    await deliver(
        own_database,
        settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}"),
        now + timedelta(minutes=11),
    )
    assert (await now_of(own_database, code)).gave_up_at == now + timedelta(minutes=11)
    assert mail_server.taken == []


async def test_many_workers_send_each_message_once(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    for n in range(12):
        await write(own_database, now, address=f"p{n}@example.org")
    # Without the lease that normally keeps them apart: the claims alone must do.
    [mail, *_] = jobs(settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}"))
    await asyncio.gather(*(mail.run(own_database, now) for _ in range(4)))
    recipients = [recipients[0] for recipients, _ in mail_server.taken]
    assert sorted(recipients) == sorted(f"p{n}@example.org" for n in range(12))


async def test_what_a_dead_worker_had_taken_is_sent_later_with_the_same_message_id(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    message = await write(own_database, now)
    await delivery._claim(own_database, channel=Channel.mail, now=now)  # and then it was killed
    settings = settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}")
    await deliver(own_database, settings, now)
    assert mail_server.taken == []
    await deliver(own_database, settings, now + delivery.CLAIM)
    [(_, mail)] = mail_server.taken
    assert str(message.id) in mail["message-id"]


async def test_a_transaction_that_is_rolled_back_sends_nothing(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    with pytest.raises(ValueError, match="changed my mind"):
        await write_and_fail(own_database, now)
    await deliver(own_database, settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}"), now)
    assert mail_server.taken == []


async def write_and_fail(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        delivery_row = OutboxMessage(
            channel=Channel.mail,
            address="ann@example.org",
            language="en",
            event="test",
            subject=Message("x").to_json(),
            sentence=Message("x").to_json(),
            created_at=now,
            give_up_at=now + MINUTE,
            not_before=now,
        )
        session.add(delivery_row)
        await session.flush()
        raise ValueError("changed my mind")


async def test_a_message_that_cannot_be_put_into_words_holds_up_no_other(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    broken = await write(own_database, now, sentence=Message("{missing}", other=1))
    there = await write(own_database, now)
    await deliver(own_database, settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}"), now)
    assert (await now_of(own_database, there)).sent_at == now
    assert (await now_of(own_database, broken)).sent_at is None


async def test_a_text_message_goes_to_the_provider_as_one_json_document(
    own_database: Database, own_settings: Settings, text_provider: TextProvider, now: datetime
) -> None:
    message = await write(own_database, now, channel=Channel.sms, address="13912345678", language="zh")
    url = f"http://127.0.0.1:{text_provider.port}/send?account=7"
    await deliver(
        own_database, settings_with(own_settings, sms_webhook_url=url, sms_webhook_token="hush"), now
    )
    [told] = text_provider.taken
    assert (told["to"], told["id"]) == ("13912345678", str(message.id))
    assert told["text"].startswith("【邻里】")
    assert "012345" in told["text"]
    assert told["text"].endswith("https://linli.example.org/needs/1?a=b")
    assert "\n" not in told["text"]
    [head] = text_provider.heads
    assert head.startswith("POST /send?account=7 HTTP/1.1\r\n")
    assert "Authorization: Bearer hush\r\n" in head
    assert (await now_of(own_database, message)).sent_at == now


@pytest.mark.parametrize(
    ("status", "gives_up", "asks_for_the_next"),
    [
        (400, True, True),
        (404, True, True),
        (429, False, True),
        (500, False, False),
        (401, False, False),
        (302, False, False),
    ],
)
async def test_what_a_provider_refuses_is_tried_again_unless_that_is_useless(
    own_database: Database,
    own_settings: Settings,
    text_provider: TextProvider,
    now: datetime,
    status: int,
    gives_up: bool,
    asks_for_the_next: bool,
) -> None:
    first = await write(own_database, now, channel=Channel.sms, address="1")
    second = await write(own_database, now, channel=Channel.sms, address="2")
    text_provider.statuses = [status]
    url = f"http://127.0.0.1:{text_provider.port}"
    [_, text, *_] = jobs(settings_with(own_settings, sms_webhook_url=url))
    await text.run(own_database, now)
    kept = await now_of(own_database, first)
    assert (kept.gave_up_at is not None, kept.sent_at) == (gives_up, None)
    assert ((await now_of(own_database, second)).sent_at is not None) is asks_for_the_next
    assert len(text_provider.heads) == (2 if asks_for_the_next else 1)  # and no redirect was followed


async def test_a_silent_provider_is_left_after_five_seconds(
    own_database: Database,
    own_settings: Settings,
    text_provider: TextProvider,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert sms.SECONDS == 5
    monkeypatch.setattr(sms, "SECONDS", 0.2)
    message = await write(own_database, now, channel=Channel.sms)
    text_provider.statuses = [0]
    url = f"http://127.0.0.1:{text_provider.port}"
    async with asyncio.timeout(30):
        await deliver(own_database, settings_with(own_settings, sms_webhook_url=url), now)
    assert (await now_of(own_database, message)).not_before == now + MINUTE


def test_without_settings_both_channels_lead_to_the_mailbox_and_in_production_nowhere(
    settings: Settings,
) -> None:
    assert set(carriers(settings_with(settings))) == {Channel.mail, Channel.sms}
    production = settings_with(
        settings, environment=Environment.production, secret_key="k" * 32, smtp_url="smtps://mail.example.org"
    )
    assert set(carriers(production)) == {Channel.mail}


async def test_delivered_messages_and_old_notices_are_forgotten(
    own_database: Database, own_settings: Settings, now: datetime
) -> None:
    settings = settings_with(own_settings)
    await write(own_database, now)
    async with own_database.transaction() as session:
        account = await make_account(session)
        notice = {"account_id": account.id, "event": "test", "sentence": Message("x").to_json(), "path": "/"}
        session.add_all(Notice(**notice, created_at=now - timedelta(days=days)) for days in (1, 364, 366))
    await deliver(own_database, settings, now)
    assert await count(own_database) == (1, 2)
    await deliver(own_database, settings, now + timedelta(days=8))
    assert await count(own_database) == (0, 1)


async def count(database: Database) -> tuple[int, int]:
    async with database.session(writes=False) as session:
        messages = await session.scalar(select(func.count()).select_from(OutboxMessage))
        notices = await session.scalar(select(func.count()).select_from(Notice))
    return messages or 0, notices or 0
