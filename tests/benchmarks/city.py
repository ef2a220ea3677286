"""A large city on PostgreSQL: twenty counties side by side, copied from the first by the database itself."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, String, Table, cast, func, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import clock
from linli.core.config import Environment, Settings, read_settings
from linli.core.db import Base, Database
from linli.migrations import migrate
from linli.needs.models import Need, NeedCredential, NeedLanguage, NeedSkill, Shift
from linli.needs.queries import is_publicly_shown
from linli.needs.rules import NeedState
from linli.organizations.models import Membership, Organization
from linli.participation.models import Participation
from linli.volunteers.models import (
    VolunteerCredential,
    VolunteerField,
    VolunteerLanguage,
    VolunteerProfile,
    VolunteerSkill,
)
from tests.benchmarks.measuring import show
from tests.benchmarks.pages import (
    Cost,
    Meter,
    Page,
    Reader,
    analyze,
    postmaster_of,
    served,
    sign_in,
    suggest,
)
from tests.benchmarks.town import fill
from tests.journeys.server import LINLI, free_port

VOLUNTEERS, NEEDS, COUNTIES = 15_000, 1_000, 20
A_COUNTY_DEGREES: Final = 0.3
COLUMNS: Final = ("page", "median ms", "p99 ms", "first ms", "CPU ms", "PostgreSQL CPU ms", "kB")
COPIED: Final[Sequence[type[Base]]] = (
    Account,
    VolunteerProfile,
    VolunteerSkill,
    VolunteerField,
    VolunteerLanguage,
    VolunteerCredential,
    Organization,
    Membership,
    Need,
    NeedSkill,
    NeedCredential,
    NeedLanguage,
    Shift,
    Participation,
)


def measure(url: str, folder: Path) -> None:
    settings, need_id, volunteer, suggested_s = asyncio.run(prepare(url))
    postmaster = asyncio.run(postmaster_of(settings))
    port = free_port()
    with served((*LINLI, "serve", "--port", str(port)), settings, port, folder) as server:
        meter = Meter(f"http://127.0.0.1:{port}", server, postmaster)
        rows = [row(page, meter.read(page)) for page in pages(need_id, volunteer)]
    show(f"A large city: {VOLUNTEERS * COUNTIES} volunteers, {NEEDS * COUNTIES} needs", COLUMNS, rows)
    names = ("its county read for the first time", "again")
    show(
        f"Suggestions for one need, {VOLUNTEERS} volunteers in its county",
        ("", "seconds", "CPU seconds"),
        [[name, *(f"{each:.2f}" for each in took)] for name, took in zip(names, suggested_s, strict=True)],
    )


def pages(need_id: UUID, volunteer: Reader) -> Iterator[Page]:
    yield Page("needs, a visitor", "/needs", Reader())
    yield Page("needs, the soonest first", "/needs?order=soonest", Reader())
    yield Page("a need, a volunteer", f"/needs/{need_id}", volunteer)
    yield Page("home, a volunteer", "/home", volunteer)
    yield Page("figures, kept for ten minutes", "/figures", Reader())


def row(page: Page, cost: Cost) -> list[object]:
    took = cost.took
    return [
        page.name,
        took.median_ms,
        took.p99_ms,
        cost.first_ms,
        cost.cpu_ms,
        cost.database_cpu_ms,
        cost.size_kb,
    ]


async def prepare(url: str) -> tuple[Settings, UUID, Reader, list[tuple[float, float]]]:
    settings = read_settings(
        {}, environment=Environment.test, database_url=url, requests_per_minute=10**9, work_in_server=False
    )
    database = Database(settings)
    await migrate(database)
    async with database.transaction() as session:
        town = await fill(session, now=clock.now(), zone=settings.zone, volunteers=VOLUNTEERS, needs=NEEDS)
        await multiply(session)
    await analyze(database)
    async with database.session(writes=False) as session:
        public = select(Need.id).where(Need.state == NeedState.open, is_publicly_shown())
        need_id = (await session.scalars(public.order_by(Need.division, Need.id).limit(1))).one()
    suggested_s = [await suggest(database, need_id) for _ in range(2)]
    volunteer = await sign_in(database, settings, town.volunteer_id)
    await database.close()
    return settings, need_id, volunteer, suggested_s


async def multiply(session: AsyncSession) -> None:
    """Everything once more in each further county; that may take longer than a page may."""
    await session.execute(text("SET LOCAL statement_timeout = 0"))
    for model in COPIED:
        table = model.__table__
        assert isinstance(table, Table)
        n = func.generate_series(1, COUNTIES - 1).column_valued("n", joins_implicitly=True)
        rows = select(*(copied(column, n) for column in table.columns))
        await session.execute(insert(table).from_select([column.name for column in table.columns], rows))


def copied(column: ColumnElement[Any], n: ColumnElement[Any]) -> ColumnElement[Any]:
    """Ids are made from those of the first and the number of the copy, so that they still fit each other."""
    if isinstance(column.type, type(Account.__table__.c.id.type)):
        return cast(func.md5(cast(column, String).op("||")(cast(n, String))), postgresql.UUID)
    if column.name == "division":
        county = cast(cast(part(column, 5, 2), Integer) + n, String)
        return part(column, 1, 4).concat(county).concat(part(column, 7, 6))
    if column.name == "longitude":
        return column + n * A_COUNTY_DEGREES
    if column.name == "mobile":
        return column.concat("-").concat(cast(n, String))
    return column


def part(code: ColumnElement[Any], start: int, length: int) -> ColumnElement[Any]:
    return func.substr(code, start, length, type_=String)
