from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry, record
from linli.core.db import Database, new_id


async def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(50)]
    assert ids == sorted(ids)


async def test_an_audit_entry_holds_ids_and_nothing_else(session: AsyncSession, now: datetime) -> None:
    actor, thing = new_id(), new_id()
    record(
        session, action="post_need", object_id=thing, now=now, actor_id=actor, shift_id=thing, nothing=None
    )
    await session.flush()
    entry = (await session.scalars(select(AuditEntry))).one()
    assert (entry.actor_id, entry.object_id, entry.ids) == (actor, thing, {"shift_id": str(thing)})
    assert entry.at == now


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_statement_is_one_errand_to_the_connection_of_sqlite(
    migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with migrated.session(writes=False) as session:
        raw = await (await session.connection()).get_raw_connection()
        driver: Any = raw.driver_connection
        go, sent = driver._execute, []

        async def noted(errand: Any) -> Any:
            sent.append(errand)
            return await go(errand)

        monkeypatch.setattr(driver, "_execute", noted)
        rows = await session.execute(text("SELECT 1 AS one UNION SELECT :two"), {"two": 2})
        assert [row.one for row in rows] == [1, 2]
        assert len(sent) == 1


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_sqlite_keeps_what_it_acknowledged(migrated: Database) -> None:
    async with migrated.session(writes=False) as session:
        for pragma, value in (
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("secure_delete", 1),
            ("journal_mode", "wal"),
        ):
            assert await session.scalar(text(f"PRAGMA {pragma}")) == value
