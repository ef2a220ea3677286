import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import AuditEntry, record
from linli.core.paging import Page, read_page

THING = UUID(int=1)

SOME_ID = UUID("01a20943-82e9-76d6-9489-799669769e95")


async def add_entries(session: AsyncSession, moments: list[datetime]) -> None:
    for moment in moments:
        record(session, action="act", object_id=THING, now=moment, actor_id=None)
        await session.flush()


async def page_after(
    session: AsyncSession, after: str | None, *, descending: bool = False
) -> Page[Row[tuple[AuditEntry]]]:
    return await read_page(
        session,
        select(AuditEntry).where(AuditEntry.object_id == THING),
        keys=[AuditEntry.at, AuditEntry.id],
        key_of=lambda row: (row[0].at, row[0].id),
        after=after,
        size=3,
        descending=descending,
    )


@pytest.mark.parametrize("descending", [False, True])
async def test_the_pages_together_show_every_row_once_and_in_order(
    session: AsyncSession, now: datetime, descending: bool
) -> None:
    moments = [now + timedelta(microseconds=n // 3) for n in range(10)]  # several at the same moment
    await add_entries(session, moments)
    seen, after, sizes = [], None, []
    while True:
        page = await page_after(session, after, descending=descending)
        seen += [row[0] for row in page.rows]
        sizes.append(len(page.rows))
        if not (after := page.next_cursor):
            break
    assert sizes == [3, 3, 3, 1]
    keys = [(entry.at, entry.id) for entry in seen]
    assert keys == sorted(set(keys), reverse=descending)


async def test_a_last_page_that_is_full_has_no_next(session: AsyncSession, now: datetime) -> None:
    await add_entries(session, [now] * 3)
    page = await page_after(session, None)
    assert (len(page.rows), page.next_cursor) == (3, None)


async def test_a_row_that_arrives_in_between_moves_no_other(session: AsyncSession, now: datetime) -> None:
    await add_entries(session, [now] * 4)
    first = await page_after(session, None)
    await add_entries(session, [now - timedelta(days=1)])
    second = await page_after(session, first.next_cursor)
    shown = [row[0].id for row in (*first.rows, *second.rows)]
    assert len(set(shown)) == 4


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode()


@pytest.mark.parametrize(
    "after",
    [
        "",
        "nonsense",
        "é",
        "\ud800",
        "A" * 10_000,
        cursor(),
        cursor("2026-11-23T00:00:00Z"),
        cursor("yesterday", str(SOME_ID)),
        cursor("2026-11-23T00:00:00", str(SOME_ID)),
        cursor("2026-11-23T00:00:00Z", "no id"),
        cursor(2**63, 2**63),
        cursor(None, None),
        cursor(["x"], {}),
        cursor("9999-12-31T23:59:59-23:00", str(SOME_ID)),
        cursor("0001-01-01T00:00:00+23:00", str(SOME_ID)),
        base64.urlsafe_b64encode(b"[" * 200).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
async def test_a_cursor_that_was_not_written_here_starts_at_the_beginning(
    session: AsyncSession, after: str
) -> None:
    await add_entries(session, [datetime(2026, 11, 23, tzinfo=UTC)])
    assert len((await page_after(session, after)).rows) == 1
