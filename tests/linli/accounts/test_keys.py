"""Access for programs: keys are made with a fresh code, shown once, and ended."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from linli.accounts import factor
from linli.accounts.models import Account, ApiToken
from linli.accounts.rules import MOST_KEYS
from linli.accounts.tokens import hash_token
from linli.core import clock
from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.notifications.models import Notice
from tests.conftest import NOW, Visitor
from tests.factories import FACTOR_SECRET, make_account, make_factor, make_key
from tests.linli.accounts.entering import count

HERE = "/me/account/programs"


@pytest.fixture
async def account(database: Database) -> Account:
    async with database.transaction() as session:
        account = await make_account(session, language="en", password_hash="of a password")
        await make_factor(session, account)
        return account


def key_form(**changed: object) -> dict[str, object]:
    return {
        "name": "Spreadsheet of the charity",
        "scopes": ["needs:read", "teams:read"],
        "days": "30",
        "code": factor.code_at(FACTOR_SECRET, factor.step_of(clock.now())),
    } | changed


async def test_a_key_is_shown_once_and_works(visitor: Visitor, account: Account) -> None:
    await visitor.sign_in(account)
    answer = await visitor.submit(HERE, key_form())
    found = re.search(r'value="(linli_[\w-]{43})"', answer.text)
    assert found
    key = found[1]
    assert key not in (await visitor.get(HERE)).text
    assert "Spreadsheet of the charity" in (await visitor.get(HERE)).text
    assert (await visitor.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"})).json()["scopes"] == [
        "needs:read",
        "teams:read",
    ]
    async with visitor.database.session(writes=False) as session:
        kept = (await session.scalars(select(ApiToken))).one()
        assert kept.token_hash == hash_token(key)
        assert timedelta(days=29) < kept.expires_at - NOW < timedelta(days=31)
        assert "accounts.access_key" in set(await session.scalars(select(Notice.event)))
        assert "accounts.make_access_key" in set(await session.scalars(select(AuditEntry.action)))


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"days": "0"},
        {"days": "366"},
        {"days": ""},
        {"code": "000000"},
        {"code": ""},
    ],
    ids=str,
)
async def test_what_does_not_fit_is_said_and_kept_as_typed(
    visitor: Visitor, account: Account, changed: dict[str, object]
) -> None:
    await visitor.sign_in(account)
    form = key_form(name="Our program") | changed
    answer = await visitor.submit(HERE, form)
    assert answer.status_code == 422
    assert form["name"] == "" or str(form["name"]) in answer.text
    assert await count(visitor.database, ApiToken) == 0


async def test_without_a_second_step_there_is_no_key(visitor: Visitor, database: Database) -> None:
    async with database.transaction() as session:
        volunteer = await make_account(session, language="en")
    await visitor.sign_in(volunteer)
    assert "/me/account/second-step" in (await visitor.get(HERE)).text
    assert (await visitor.submit(HERE, key_form())).status_code == 409


async def test_a_key_is_ended_by_its_holder_alone(
    visitor: Visitor, another_visitor: Visitor, account: Account
) -> None:
    async with visitor.database.transaction() as session:
        key = await make_key(session, account)
        kept = (await session.scalars(select(ApiToken))).one()
        await another_visitor.sign_in(await make_account(session))
    await visitor.sign_in(account)
    headers = {"Authorization": f"Bearer {key}"}
    assert (await another_visitor.submit(f"{HERE}/{kept.id}/end")).status_code == 404
    assert (await visitor.get("/api/v1/me", headers=headers)).status_code == 200
    assert (await visitor.submit(f"{HERE}/{kept.id}/end")).status_code == 303
    assert (await visitor.get("/api/v1/me", headers=headers)).status_code == 401
    assert "No program acts for you." in (await visitor.get(HERE)).text


async def test_keys_are_bounded(visitor: Visitor, account: Account) -> None:
    async with visitor.database.transaction() as session:
        for _ in range(MOST_KEYS):
            await make_key(session, account)
    await visitor.sign_in(account)
    assert (await visitor.submit(HERE, key_form())).status_code == 409
    assert await count(visitor.database, ApiToken) == MOST_KEYS
