"""What tests of accounts do again and again: fill in the sign-up, read the code that was sent."""

import re
from typing import Any

from sqlalchemy import func, select

from linli.core.db import Base, Database
from linli.core.i18n import Message
from linli.notifications.models import OutboxMessage
from tests.conftest import Visitor

MOBILE = "13912345678"
EMAIL = "wang@example.org"
PASSWORD = "four quiet words apart"
WENFENG = "522725001002"  # a community of Weng'an County
HONGHUAGANG = "红花岗区"


def sign_up_form(**changed: str) -> dict[str, Any]:
    """Everything that the one screen asks."""
    return {
        "birth_on": "1990-05-01",
        "consent": "yes",
        "name": "王小燕",
        "address": MOBILE,
        "community": HONGHUAGANG,
    } | changed


async def sent_to(database: Database, address: str) -> list[OutboxMessage]:
    async with database.session(writes=False) as session:
        query = select(OutboxMessage).where(OutboxMessage.address == address).order_by(OutboxMessage.id)
        return list(await session.scalars(query))


async def code_sent_to(database: Database, address: str) -> str:
    """The digits of the last code that left for this address."""
    sentence = Message.from_json((await sent_to(database, address))[-1].sentence).in_language("en")
    found = re.search(r"\b[0-9]{6}\b", sentence)
    assert found, sentence
    return found[0]


async def count(database: Database, table: type[Base]) -> int:
    async with database.session(writes=False) as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def sign_up(visitor: Visitor, **changed: str) -> Any:
    """The whole story: form, code, confirmed."""
    await visitor.submit("/sign-up", sign_up_form(**changed))
    code = await code_sent_to(visitor.database, changed.get("address", MOBILE))
    return await visitor.submit("/confirm", {"code": code, "next": changed.get("next", "/start")})


def another_than(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def body(answer: Any) -> str:
    """The page without its form token, which differs for every browser."""
    return re.sub(r'(_csrf_token" value="|x-csrftoken"*: *"|csrftoken&#34;: &#34;)[^"&]+', r"\1", answer.text)
