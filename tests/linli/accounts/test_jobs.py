from datetime import timedelta

from sqlalchemy import select

from linli.accounts.actions import start_session
from linli.accounts.idempotency import answer_once
from linli.accounts.jobs import forget_expired
from linli.accounts.models import IdempotencyKey, OneTimeCode, SignInSession, WrongTry
from linli.core.db import Database
from tests.conftest import NOW, Visitor
from tests.factories import make_account
from tests.linli.accounts.entering import MOBILE, another_than, code_sent_to, count, sign_up_form

SOON = timedelta(seconds=5)


async def test_a_sign_up_that_nobody_confirmed_is_forgotten_with_its_code(visitor: Visitor) -> None:
    database = visitor.database
    await visitor.submit("/sign-up", sign_up_form())
    assert await forget_expired(database, NOW + timedelta(minutes=9)) == 0
    async with database.session(writes=False) as session:
        assert (await session.scalars(select(OneTimeCode.pending))).one() is not None

    assert await forget_expired(database, NOW + timedelta(minutes=10) + SOON) == 1
    async with database.session(writes=False) as session:
        assert (await session.scalars(select(OneTimeCode.pending))).one() is None
    assert await forget_expired(database, NOW + timedelta(minutes=10) + SOON) == 0, (
        "and then there is nothing to do"
    )


async def test_a_code_is_counted_for_a_day_and_then_forgotten(visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    await forget_expired(visitor.database, NOW + timedelta(hours=23))
    assert await count(visitor.database, OneTimeCode) == 1
    await forget_expired(visitor.database, NOW + timedelta(days=1) + SOON)
    assert await count(visitor.database, OneTimeCode) == 0


async def test_wrong_tries_are_forgotten_after_a_quarter_of_an_hour(visitor: Visitor) -> None:
    await visitor.submit("/sign-up", sign_up_form())
    wrong = another_than(await code_sent_to(visitor.database, MOBILE))
    await visitor.submit("/confirm", {"code": wrong})
    await forget_expired(visitor.database, NOW + timedelta(minutes=14))
    assert await count(visitor.database, WrongTry) == 1
    await forget_expired(visitor.database, NOW + timedelta(minutes=15) + SOON)
    assert await count(visitor.database, WrongTry) == 0


async def test_sessions_and_idempotency_keys_are_forgotten_when_they_have_run_out(database: Database) -> None:
    async def nothing() -> dict[str, str]:
        return {}

    async with database.transaction() as session:
        account = await make_account(session)
        await start_session(session, account_id=account.id, device="", now=NOW)
        await answer_once(session, account_id=account.id, key="a", fingerprint="b", now=NOW, do=nothing)

    await forget_expired(database, NOW + timedelta(hours=11))
    assert await count(database, SignInSession) == 1
    await forget_expired(database, NOW + timedelta(hours=25))
    assert await count(database, SignInSession) == 0
    assert await count(database, IdempotencyKey) == 1, "kept for a day at least"
    await forget_expired(database, NOW + timedelta(hours=48))
    assert await count(database, IdempotencyKey) == 0
