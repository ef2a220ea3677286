import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.suggestions import open_needs
from linli.suggestions.open_needs import open_needs_in
from linli.suggestions.tables import needs_table
from tests.factories import COMMUNITY
from tests.linli.suggestions.factories import make_asking_need

COUNTY = COMMUNITY[:6]


def _kept_table() -> Any:
    kept = open_needs._kept.get((COUNTY,))
    return kept and kept.table


async def test_a_table_is_kept_though_who_asked_was_sent_away_meanwhile(
    session: AsyncSession, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or on a busy machine everybody is, each after the same work."""
    need, later = await make_asking_need(session), now + timedelta(minutes=1)
    begun, may_go_on = Event(), Event()
    made = []

    def slowly(*given: Any) -> Any:
        begun.set()
        assert may_go_on.wait(10)
        made.append(needs_table(*given))
        return made[-1]

    monkeypatch.setattr("linli.suggestions.open_needs.needs_table", slowly)
    asked = asyncio.create_task(open_needs_in(session, [COUNTY], now=later))
    assert await asyncio.to_thread(begun.wait, 10)
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked
    may_go_on.set()
    async with asyncio.timeout(10):
        while not (made and _kept_table() is made[0]):
            await asyncio.sleep(0.01)
    table, _ = await open_needs_in(session, [COUNTY], now=later)
    assert [row.id for row, _ in table.of_row] == [need.id]
    assert len(made) == 1
