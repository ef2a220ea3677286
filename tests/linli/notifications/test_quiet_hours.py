"""What asks something of a person waits until their quiet hours end; nothing else does."""

from datetime import datetime, timedelta

import pytest

from linli.core.config import Settings
from linli.core.db import Database
from linli.core.i18n import Message
from linli.notifications.actions import tell
from linli.notifications.rules import USUAL_QUIET_HOURS
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

HOUR = timedelta(hours=1)


async def test_a_question_of_the_evening_arrives_in_the_morning_and_news_at_once(
    own_database: Database, own_settings: Settings, text_provider: TextProvider, now: datetime
) -> None:
    settings = settings_with(own_settings, sms_webhook_url=f"http://127.0.0.1:{text_provider.port}/")
    at_ten = now + 12 * HOUR  # ten in the evening
    async with own_database.transaction() as session:
        person = await make_account(session, mobile="13900000001", language="en")
        for sentence, is_question in (("You are asked.", True), ("Called off.", False)):
            said = Message("{sentence}", sentence=sentence)
            tell(
                session,
                person=person,
                event="test",
                subject=said,
                sentence=said,
                path="/",
                now=at_ten,
                is_question=is_question,
            )
    await deliver(own_database, settings, at_ten)
    [news] = text_provider.taken
    assert "Called off." in news["text"]
    for hours, arrived in ((9.9, 1), (10, 2)):
        await deliver(own_database, settings, at_ten + timedelta(hours=hours))
        assert len(text_provider.taken) == arrived


@pytest.mark.parametrize(
    ("chosen", "asked_at_hour", "arrives_at_hour"),
    [((21, 8), 12, 12), ((21, 8), 23, 32), ((12, 15), 12, 15), ((0, 0), 3, 3), ((22, 6), 29, 30)],
)
async def test_everybody_has_their_own_quiet_hours(
    own_database: Database,
    now: datetime,
    chosen: tuple[int, int],
    asked_at_hour: int,
    arrives_at_hour: int,
) -> None:
    midnight = now - 10 * HOUR
    message = await write(
        own_database,
        midnight + asked_at_hour * HOUR,
        quiet=type(USUAL_QUIET_HOURS)(*chosen),
    )
    assert message.not_before == midnight + arrives_at_hour * HOUR


async def test_what_could_not_be_delivered_before_the_quiet_hours_is_not_tried_in_them(
    own_database: Database, own_settings: Settings, mail_server: MailServer, now: datetime
) -> None:
    listening = controller(mail_server)
    listening.start()
    settings = settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{listening.port}")
    listening.stop()
    evening = now + timedelta(hours=10, minutes=59)  # one minute before nine
    message = await write(own_database, evening, quiet=USUAL_QUIET_HOURS)
    await deliver(own_database, settings, evening)
    assert (await now_of(own_database, message)).attempts == 1
    for later in (2 * HOUR, 8 * HOUR):
        await deliver(own_database, settings, evening + later)
        assert (await now_of(own_database, message)).attempts == 1
    again = controller(mail_server)
    again.start()
    settings = settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{again.port}")
    await deliver(own_database, settings, now + 22 * HOUR)
    again.stop()
    assert len(mail_server.taken) == 1


async def test_a_code_is_sent_in_the_middle_of_the_night(
    own_database: Database, own_settings: Settings, smtp: OnAnyPort, mail_server: MailServer, now: datetime
) -> None:
    at_night = now + 17 * HOUR
    await write(own_database, at_night)
    await deliver(
        own_database, settings_with(own_settings, smtp_url=f"smtp://127.0.0.1:{smtp.port}"), at_night
    )
    assert len(mail_server.taken) == 1
