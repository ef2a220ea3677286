"""`linli import needs`."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy import select

from linli.commands.terminal import console, language, plain, ready_database, runs, say, settings_of_process
from linli.core import clock, seed
from linli.core.db import Database
from linli.core.errors import Invalid
from linli.core.forms import clean
from linli.core.i18n import Message, say_range
from linli.core.spreadsheets import MOST_BYTES, Sheet, read_sheet, write_sheet
from linli.needs.imports.actions import Imported, import_needs, keys_there
from linli.needs.imports.mappings import ColumnMapping, mapping_named
from linli.needs.imports.rows import ImportedNeed, Reading, RefusedRow, read_needs
from linli.needs.imports.rules import LACK_NAMES, Lack
from linli.needs.policies import POSTING_ROLES
from linli.organizations.models import Organization
from linli.organizations.rules import ROLES

FIRST_ROWS = 5
MOST_REFUSALS_SHOWN = 20


@click.group(name="import")
def import_() -> None:
    """Take over what others wrote, from spreadsheets."""


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping", required=True, help="What the columns mean: a file in seed/mappings, without .toml."
)
@click.option("--organization", help="Whose drafts they become: the name of an organization in the register.")
@click.option("--preview", is_flag=True, help="Only show what would be imported.")
@click.option(
    "--skip-bad", is_flag=True, help="Leave out rows that cannot be used, and write them to a file."
)
@click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    help="That file; by default FILE's name with .refused.csv, in this folder.",
)
@click.option("--shift-dates", is_flag=True, help="Move old days into the coming four weeks, weekdays kept.")
@click.option("--limit", type=click.IntRange(1), help="Only the first rows.")
@runs
async def needs(
    file: Path,
    mapping: str,
    organization: str | None,
    preview: bool,
    skip_bad: bool,
    refused: Path | None,
    shift_dates: bool,
    limit: int | None,
) -> None:
    """Import needs from a CSV file (UTF-8 or GB18030) as drafts.

    Either every row is imported, or none and each bad row is named; --skip-bad takes the good ones.
    Importing again adds only what is new. Drafts say what they lack and can be matched: linli match.
    With --organization its officers find them on their board, complete them and post them.
    """
    began = perf_counter()
    settings = settings_of_process()
    columns = mapping_named(mapping)
    sheet = read_file(file)
    sheet = sheet.cut(limit) if limit else sheet
    reading = read_needs(sheet, columns, zone=settings.zone, now=clock.now(), move_old_days=shift_dates)
    async with ready_database(settings) as database:
        whose = await _organization_called(database, organization) if organization else None
        await show(database, columns, reading, detailed=preview)
        if preview:
            say("This was only a preview: nothing was imported.")
            return
        if reading.refused and not skip_bad:
            raise click.ClickException(
                f"Nothing was imported: {len(reading.refused)} of {len(sheet.rows)} rows cannot be used. "
                "Please mend them, or leave them out with --skip-bad."
            )
        if reading.refused:
            write_refused(refused or Path(f"{file.stem}.refused.csv"), sheet, reading.refused)
        imported = await _import(database, columns, reading.needs, whose)
    say(
        f"Imported {imported.added} needs, {imported.there_already} were there already "
        f"({perf_counter() - began:.1f} s)."
    )


def read_file(file: Path) -> Sheet:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise Invalid(
                {"file": Message("This file is too large: at most {n} MB.", n=MOST_BYTES // 1_000_000)}
            )
        return read_sheet(file.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None


async def show(database: Database, mapping: ColumnMapping, reading: Reading, *, detailed: bool) -> None:
    """What the file holds: counts, what is lacking, the first rows, and every refusal up to a screenful."""
    async with database.session(writes=False) as session:
        there = await keys_there(session, mapping=mapping, needs=reading.needs)
    rows = len(reading.needs) + len(reading.refused)
    say(f"{plain(mapping.name(language()))}: {rows} rows, {len(reading.needs)} can be used, "
        f"{len(reading.refused)} cannot, {len(there)} are there already.")  # fmt: skip
    if reading.needs:
        console().print(counts_table(reading.needs))
    if detailed:
        console().print(first_rows_table(reading.needs[:FIRST_ROWS]))
    for refused in reading.refused[:MOST_REFUSALS_SHOWN]:
        say(f"Row {refused.row.number}, {plain(reason(refused))}")
    if len(reading.refused) > MOST_REFUSALS_SHOWN:
        say(f"… and {len(reading.refused) - MOST_REFUSALS_SHOWN} more rows that cannot be used.")


def counts_table(needs: Sequence[ImportedNeed]) -> Table:
    """What is known of how many, and what is lacking."""
    table = Table("what", "rows", box=None, pad_edge=False)
    points = Counter(need.where.point_from for need in needs if need.where.point_from)
    fields = Counter(need.field_id for need in needs if need.field_id)
    lacks = Counter(lack for need in needs for lack in need.lacks)
    for column, count in points.most_common():
        table.add_row(f"point from column {plain(column)}", str(count))
    table.add_row("with a shift", str(sum(need.times is not None for need in needs)))
    for field_id, count in fields.most_common():
        table.add_row(f"field {plain(seed.fields()[field_id].name(language()))}", str(count))
    for lack in Lack:
        if lacks[lack]:
            table.add_row(f"lacking: {plain(LACK_NAMES[lack].in_language(language()))}", str(lacks[lack]))
    return table


def first_rows_table(needs: Sequence[ImportedNeed]) -> Table:
    table = Table("row", "key", "title", "field", "when", "point", "lacks", title="The first rows")
    for need in needs:
        times, where = need.times, need.where
        table.add_row(
            str(need.row),
            plain(need.key),
            plain(need.title),
            need.field_id or "",
            say_range(times.starts_at, times.ends_at, language()) if times else "",
            f"{where.latitude:.3f}, {where.longitude:.3f}" if where.point_from else "",
            plain(", ".join(LACK_NAMES[lack].in_language(language()) for lack in need.lacks)),
        )
    return table


def reason(refused: RefusedRow) -> str:
    """Column and sentence, for each column that cannot be used."""
    said = {column: sentence.in_language(language()) for column, sentence in refused.errors.items()}
    return "; ".join(f"{column}: {sentence}" if column else sentence for column, sentence in said.items())


def write_refused(path: Path, sheet: Sheet, refused: Sequence[RefusedRow]) -> None:
    """The rows as they were, with their number and the reason in front, to be mended and imported again."""
    rows = [(str(each.row.number), reason(each), *each.row.cells) for each in refused]
    try:
        path.write_bytes(write_sheet(("row", "reason", *sheet.header), rows))
    except OSError as error:
        raise click.ClickException(
            f"{path} cannot be written: {error.strerror}. Nothing was imported."
        ) from None
    say(f"{len(refused)} rows are left out; they stand in {plain(path)} with the reasons.")


async def _organization_called(database: Database, name: str) -> Organization:
    """The one of this name that posts needs."""
    async with database.session(writes=False) as session:
        found = (
            await session.scalars(select(Organization).where(Organization.name == clean(name)).limit(2))
        ).all()
    if len(found) != 1:
        how_many = "Several organizations have" if found else "No organization has"
        raise click.ClickException(f"{how_many} the name {plain(name)}. Nothing was imported.")
    if not POSTING_ROLES & ROLES[found[0].kind]:
        raise click.ClickException(f"{plain(name)} posts no needs. Nothing was imported.")
    return found[0]


async def _import(
    database: Database,
    mapping: ColumnMapping,
    needs: Sequence[ImportedNeed],
    organization: Organization | None,
) -> Imported:
    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task("", total=len(needs))
        async with database.transaction() as session:
            return await import_needs(
                session,
                mapping=mapping,
                needs=needs,
                organization=organization,
                account_id=None,
                now=clock.now(),
                told=lambda done: bar.advance(task, done),
            )
