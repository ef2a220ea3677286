"""In production without a provider of text messages a mobile number gets no code, and the pages say so."""

from collections.abc import AsyncIterator

import pytest

from linli.accounts.models import OneTimeCode
from linli.app import create_app
from linli.core.config import Environment, Settings, read_settings
from linli.core.db import Database
from tests.conftest import Visitor
from tests.linli.accounts.entering import EMAIL, MOBILE, code_sent_to, count, sign_up_form

ENGLISH = {"Accept-Language": "en"}
SAID = "本站目前不能发送短信"


def production(settings: Settings, **more: str) -> Settings:
    return read_settings(
        {},
        environment=Environment.production,
        database_url=settings.database_url,
        base_url="https://linli.example.org",
        smtp_url="smtps://mail.example.org",
        secret_key="k" * 32,
        **more,
    )


@pytest.fixture
async def only_mail(database: Database, settings: Settings) -> AsyncIterator[Visitor]:
    without = production(settings)
    async with Visitor(create_app(without, database), database, without) as visitor:
        yield visitor


async def test_the_sign_up_page_asks_for_an_email_address_only(only_mail: Visitor) -> None:
    page = (await only_mail.get("/sign-up", headers=ENGLISH)).text
    assert "Mobile number" not in page
    assert "E-mail" in page


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/sign-up", sign_up_form()),
        ("/sign-in", {"address": MOBILE, "way": "code"}),
        ("/reset-password", {"address": MOBILE}),
    ],
)
async def test_a_mobile_number_is_refused_where_a_code_would_be_sent_and_kept_in_the_field(
    only_mail: Visitor, path: str, form: dict[str, str]
) -> None:
    answer = await only_mail.submit(path, form)
    assert answer.status_code == 422
    assert SAID in answer.text
    assert f'value="{MOBILE}"' in answer.text
    assert await count(only_mail.database, OneTimeCode) == 0


async def test_an_email_address_gets_its_code(only_mail: Visitor) -> None:
    assert (await only_mail.submit("/sign-up", sign_up_form(address=EMAIL))).status_code == 303
    assert await code_sent_to(only_mail.database, EMAIL)


async def test_a_password_still_goes_with_a_mobile_number(only_mail: Visitor) -> None:
    page = await only_mail.get("/sign-in", headers=ENGLISH)
    assert "We cannot send a code to a mobile number at present." in page.text
    tried = await only_mail.submit("/sign-in", {"address": MOBILE, "way": "password", "password": "wrong"})
    assert tried.status_code == 422
    assert SAID not in tried.text


async def test_where_text_messages_go_out_nothing_is_said(visitor: Visitor, settings: Settings) -> None:
    assert production(settings, sms_webhook_url="https://sms.example.org").can_text
    page = (await visitor.get("/sign-in", headers=ENGLISH)).text
    assert "Mobile number or e-mail" in page
    assert "cannot send a code" not in page
