import asyncio
from datetime import datetime
from typing import Any

import pytest

from linli.accounts.idempotency import answer_once
from linli.accounts.models import Account, IdempotencyKey
from linli.core.db import Database
from linli.core.errors import Conflict
from linli.core.i18n import Message
from tests.factories import make_account
from tests.linli.accounts.entering import count


@pytest.fixture
async def account(database: Database) -> Account:
    async with database.transaction() as session:
        return await make_account(session)


class Work:
    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> dict[str, Any]:
        self.times += 1
        await asyncio.sleep(0.05)
        return {"place": self.times}


async def ask(
    database: Database,
    account: Account,
    now: datetime,
    work: Any,
    *,
    key: str = "a",
    fingerprint: str = "shift 1",
) -> dict[str, Any]:
    async with database.transaction() as session:
        return await answer_once(
            session, account_id=account.id, key=key, fingerprint=fingerprint, now=now, do=work
        )


async def test_the_same_key_gives_the_same_answer_and_does_the_work_once(
    database: Database, account: Account, now: datetime
) -> None:
    work = Work()
    answers = [await ask(database, account, now, work) for _ in range(3)]
    assert answers == [{"place": 1}] * 3
    assert work.times == 1


async def test_the_same_key_with_other_content_is_a_conflict(
    database: Database, account: Account, now: datetime
) -> None:
    work = Work()
    await ask(database, account, now, work)
    with pytest.raises(Conflict):
        await ask(database, account, now, work, fingerprint="shift 2")
    assert work.times == 1


async def test_keys_of_different_people_and_different_keys_have_nothing_to_do_with_each_other(
    database: Database, account: Account, now: datetime
) -> None:
    async with database.transaction() as session:
        another = await make_account(session)
    work = Work()
    assert await ask(database, account, now, work) == {"place": 1}
    assert await ask(database, another, now, work) == {"place": 2}
    assert await ask(database, account, now, work, key="b") == {"place": 3}


async def test_what_was_refused_may_be_tried_again(
    database: Database, account: Account, now: datetime
) -> None:
    async def refuse() -> dict[str, Any]:
        raise Conflict(Message("All places are taken."))

    with pytest.raises(Conflict):
        await ask(database, account, now, refuse)
    assert await count(database, IdempotencyKey) == 0
    assert await ask(database, account, now, Work()) == {"place": 1}


@pytest.mark.parametrize("key", ["\x00", "\ud800", "x" * 100_000, "", "钥匙"])
async def test_any_text_can_be_a_key(database: Database, account: Account, now: datetime, key: str) -> None:
    assert await ask(database, account, now, Work(), key=key) == {"place": 1}


async def test_of_two_at_once_one_works_and_both_get_its_answer(
    own_database: Database, now: datetime
) -> None:
    async with own_database.transaction() as session:
        account = await make_account(session)
    work = Work()
    answers = await asyncio.gather(*(ask(own_database, account, now, work) for _ in range(4)))
    assert answers == [{"place": 1}] * 4
    assert work.times == 1
