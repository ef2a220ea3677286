"""`linli match`."""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.commands.terminal import console, language, plain, ready_database, runs, say, settings_of_process
from linli.core import clock, seed
from linli.core.errors import NotFound
from linli.core.i18n import Message, in_words, local, say_range
from linli.core.spreadsheets import neutralised
from linli.needs.imports.mappings import mapping_named
from linli.needs.imports.rules import LACK_NAMES, Lack
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.suggestions import wording
from linli.suggestions.actions import read_for
from linli.suggestions.pools import county_of
from linli.suggestions.ranking import RankedPerson, RankedShift
from linli.volunteers.models import VolunteerSkill

AT_ONCE: Final = 100
NEEDS_IN_A_TABLE: Final = 10


@dataclass(frozen=True)
class Chosen:
    """A need to be matched. `key` is its number in the file it came from, `lacks` what that did not say."""

    id: UUID
    title: str
    division: str | None
    key: str
    lacks: tuple[Lack, ...]


@click.command()
@click.option("--need", "need_id", type=click.UUID, help="Only this need.")
@click.option("--source", help="Needs imported by this mapping; without it, open needs.")
@click.option(
    "--top", type=click.IntRange(1, 100), default=10, show_default=True, help="People for each shift."
)
@click.option("--limit", type=click.IntRange(1), help=f"Needs; a table shows {NEEDS_IN_A_TABLE} by default.")
@click.option(
    "--format", "shape", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
@runs
async def match(need_id: UUID | None, source: str | None, top: int, limit: int | None, shape: str) -> None:
    """Find the people who fit needs best, and say why, and who does not and why not.

    Each shift is matched; a need without one, or without a place, is matched all the same, and the
    gates that could not be applied are named. Needs without a division meet all sample people who may be
    proposed. Nothing is stored, nobody is asked. JSON and CSV go to standard output.
    """
    async with ready_database(settings_of_process()) as database, database.session(writes=False) as session:
        chosen = await choose(session, need_id=need_id, source=source)
        shown = chosen[: limit or (NEEDS_IN_A_TABLE if shape == "table" else None)]
        ranked = await rank(session, shown, top=top)
        skills = await skills_of(session, {person.account_id for each in ranked for person in each.people})
    by_id = {each.id: each for each in shown}
    found = [(by_id[each.need.id], each) for each in ranked]
    if shape == "json":
        click.echo(json.dumps([as_json(*each, skills) for each in found], ensure_ascii=False, indent=1))
    elif shape == "csv":
        write_csv([as_json(*each, skills) for each in found])
    else:
        for each in found:
            show(*each, skills)
        if len(shown) < len(chosen):
            say(f"{len(shown)} of {len(chosen)} needs are shown: --limit {len(chosen)} shows all.")


async def choose(session: AsyncSession, *, need_id: UUID | None, source: str | None) -> list[Chosen]:
    """One need, those of a mapping in the order of the file, or open ones, the next answer due first."""
    query = select(Need.id, Need.title, Need.division, Need.source_key, Need.source)
    if need_id:
        query = query.where(Need.id == need_id)
    elif source:
        prefix = f"{mapping_named(source).id}:"
        query = query.where(Need.source_key.startswith(prefix, autoescape=True)).order_by(Need.id)
    else:
        query = query.where(Need.state == NeedState.open).order_by(Need.answer_due_at, Need.id)
    rows = await session.execute(query)
    found = [_chosen(*row) for row in rows]
    if not found:
        raise NotFound(Message("There is no need to match."))
    return found


async def open_samples(session: AsyncSession) -> list[Chosen]:
    """Open needs of the demo town."""
    query = select(Need.id, Need.title, Need.division, Need.source_key, Need.source)
    query = query.where(Need.state == NeedState.open, Need.is_sample).order_by(Need.posted_at.desc(), Need.id)
    return [_chosen(*row) for row in await session.execute(query.limit(AT_ONCE))]


def _chosen(
    id: UUID, title: str, division: str | None, source_key: str | None, source: Mapping[str, Any] | None
) -> Chosen:
    key, lacks = (source_key or "").partition(":")[2], (source or {}).get("lacks", ())
    return Chosen(id, title, division, key, tuple(Lack(each) for each in lacks))


async def rank(session: AsyncSession, chosen: Sequence[Chosen], *, top: int) -> list[RankedShift]:
    """In the order chosen; needs of one county are matched together."""
    found: dict[UUID, list[RankedShift]] = defaultdict(list)
    columns = TextColumn("Matching"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(chosen))
        for ids in batches(chosen):
            read = await read_for(session, Need.id.in_(ids), now=clock.now())
            for each in read.rank(top=top) if read else ():
                found[each.need.id].append(each)
            bar.advance(task, len(ids))
    return [each for need in chosen for each in found[need.id]]


def batches(chosen: Sequence[Chosen]) -> Iterator[list[UUID]]:
    by_county: dict[str | None, list[UUID]] = defaultdict(list)
    for need in chosen:
        by_county[county_of(need.division)].append(need.id)
    for ids in by_county.values():
        for start in range(0, len(ids), AT_ONCE):
            yield ids[start : start + AT_ONCE]


async def skills_of(session: AsyncSession, account_ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    """What these people can do, by name: so that who reads the list can judge it."""
    mine = select(VolunteerSkill.account_id, VolunteerSkill.skill_id).order_by(VolunteerSkill.skill_id)
    known, found = seed.skills(), defaultdict[UUID, list[str]](list)
    for account_id, skill_id in await session.execute(mine.where(VolunteerSkill.account_id.in_(account_ids))):
        if skill_id in known:
            found[account_id].append(known[skill_id].name(language()))
    return found


def show(need: Chosen, ranked: RankedShift, skills: Mapping[UUID, list[str]]) -> None:
    """One shift for people: title, time, who fits and why, who does not."""
    console().rule(style="dim")
    key = f"[dim]{plain(need.key)}[/dim] " if need.key else ""
    say(f"{key}[bold]{plain(need.title)}[/bold] {when(ranked)}")
    table = Table("", "person", "fit", "reasons", "can", "ask", box=None, pad_edge=False)
    for place, person in enumerate(ranked.people, 1):
        words = worded(person)
        fit, reasons = f"{person.score:.0%}", plain(" · ".join(words["reasons"]))
        can = plain(in_words(skills.get(person.account_id, []), language()))
        table.add_row(str(place), short(person.account_id), fit, reasons, can, plain(words["ask"]))
    if ranked.people:
        console().print(table)
    say(plain(summary(need, ranked)))


def when(ranked: RankedShift) -> str:
    shift = ranked.shift
    return say_range(shift.starts_at, shift.ends_at, language()) if shift else ""


def short(account_id: UUID) -> str:
    """Enough of an id to find it by: the first half only tells the time."""
    return f"…{str(account_id)[-12:]}"


def summary(need: Chosen, ranked: RankedShift) -> str:
    """How many fit, why the others do not, which gates were not applied, and what the need's file lacked."""
    parts = [f"{ranked.fitting} of {ranked.pool} fit"]
    counts = wording.counts(ranked.excluded)
    parts += [f"{in_words(count, language())} {reason.in_language(language())}" for reason, count in counts]
    if gates := wording.gates_not_applied(ranked.not_applied):
        parts.append(f"not checked: {in_words(gates, language())}")
    if need.lacks:
        parts.append(f"the file lacks: {in_words([LACK_NAMES[lack] for lack in need.lacks], language())}")
    return "; ".join(parts) + "."


def worded(person: RankedPerson) -> Mapping[str, Any]:
    ask, near = wording.please_ask(person.unknown), wording.nearness(person.nearness)
    return {
        "reasons": [each.in_language(language()) for each in wording.reasons_about_person(person.reasons)],
        "ask": ask.in_language(language()) if ask else "",
        "nearness": near.in_language(language()) if near else "",
    }


def as_json(need: Chosen, ranked: RankedShift, skills: Mapping[UUID, list[str]]) -> Mapping[str, Any]:
    shift = ranked.shift
    return {
        "need": str(need.id),
        "key": need.key,
        "title": need.title,
        "field": ranked.need.field_id,
        "starts_at": local(shift.starts_at).isoformat() if shift else None,
        "ends_at": local(shift.ends_at).isoformat() if shift else None,
        "pool": ranked.pool,
        "fitting": ranked.fitting,
        "excluded": dict(ranked.excluded),
        "not_applied": list(ranked.not_applied),
        "lacks": list(need.lacks),
        "people": [
            {"rank": place, **_person_as_json(each), "skills": skills.get(each.account_id, [])}
            for place, each in enumerate(ranked.people, 1)
        ],
    }


def _person_as_json(person: RankedPerson) -> Mapping[str, Any]:
    return {
        "person": str(person.account_id),
        "score": round(person.score, 4),
        "contributions": {name: round(value, 4) for name, value in person.contributions.items()},
        "codes": [dict(each) for each in person.reasons],
        **worded(person),
    }


CSV_HEADER: Final = (
    *("need", "key", "title", "field", "starts_at", "pool", "fitting", "excluded", "not_applied", "lacks"),
    *("rank", "person", "score", "reasons", "skills", "ask", "nearness"),
)


def write_csv(shifts: Sequence[Mapping[str, Any]]) -> None:
    """A line for each person, or one without a person where nobody fits."""
    writer = csv.writer(sys.stdout)
    writer.writerow(CSV_HEADER)
    for shift in shifts:
        for person in shift["people"] or [{}]:
            cells = {**shift, **person}
            writer.writerow([neutralised(_cell(cells.get(name))) for name in CSV_HEADER])


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {count}" for name, count in value.items())
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)
