"""Reads the cells of a roster: every column in either language, and names as the organization knows them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar
from uuid import UUID

from linli.core.errors import Invalid
from linli.core.forms import clean
from linli.core.i18n import LANGUAGES, Message
from linli.core.spreadsheets import Sheet, SheetRow
from linli.divisions.names import label, path
from linli.divisions.queries import inside, with_code
from linli.divisions.rules import Division, Level
from linli.rosters.rules import (
    COLUMN_NAMES,
    LONGEST_NAME,
    MOST_ROWS,
    Column,
    Row,
    read_birth_date,
    read_mobile,
    refuse_cells,
)
from linli.teams.models import Team
from linli.teams.rules import ROLE_NAMES, TeamRole

T = TypeVar("T")
COUNTY_DIGITS: Final = 6
MOST_PLACES: Final = 2000


@dataclass(frozen=True)
class Words:
    """What the words of an organization's file may mean; None where one means several things."""

    teams: Mapping[str, UUID | None]
    roles: Mapping[str, TeamRole]
    places: Mapping[str, str | None]

    @classmethod
    def of(cls, *, division: str, teams: Sequence[Team], divisions: Collection[str]) -> "Words":
        roles = {
            each.in_language(language): role for role, each in ROLE_NAMES.items() for language in LANGUAGES
        }
        return cls(_once([(team.name, team.id) for team in teams]), roles, _places(division, divisions))


def read_rows(sheet: Sheet, merged: frozenset[int], words: Words) -> list[Row]:
    """Every row, with the sentence that refuses it where a cell cannot be read."""
    if len(sheet.rows) > MOST_ROWS:
        sentence = Message(
            "A file can have at most {n} rows; this has more. Please send it in parts.", n=MOST_ROWS
        )
        raise Invalid({"file": sentence})
    columns = _columns(sheet.header)
    return [_read(row, columns, merged, words) for row in sheet.rows]


def place_named(code: str) -> str:
    """A division as the file says it: in Chinese with all it lies in, so that it is read back as the same."""
    place = with_code(code) if code else None
    return path(place, "zh") if place else ""


def _columns(header: Sequence[str]) -> Mapping[Column, int]:
    meant = {
        said.in_language(language).casefold(): column
        for column, said in COLUMN_NAMES.items()
        for language in LANGUAGES
    } | {column.value: column for column in Column}
    found = {meant[name.casefold()]: n for n, name in enumerate(header) if name.casefold() in meant}
    lacking = [COLUMN_NAMES[each] for each in (Column.name, Column.birth_on) if each not in found]
    if lacking and Column.id not in found:
        sentence = Message(
            "These columns are missing: {columns}. Download the roster and use it as a pattern.",
            columns=lacking,
        )
        raise Invalid({"file": sentence})
    return found


def _read(row: SheetRow, columns: Mapping[Column, int], merged: frozenset[int], words: Words) -> Row:
    cells = {column: clean(row.cells[n]) for column, n in columns.items() if n < len(row.cells)}
    said = {column: cells.get(column, "") for column in Column}
    if row.number in merged:
        return _refused(row, said, Message("Cells of this row are merged. Please separate them."))
    if refusal := refuse_cells(list(said.values())):
        return _refused(row, said, refusal)
    if len(said[Column.name]) > LONGEST_NAME:
        sentence = Message("Please use at most {longest} characters.", longest=LONGEST_NAME)
        return _refused(row, said | {Column.name: said[Column.name][:LONGEST_NAME]}, sentence)
    try:
        return _meant(row.number, said, words)
    except Invalid as refusal_of_cell:
        return _refused(row, said, refusal_of_cell.sentence)


def _meant(number: int, said: Mapping[Column, str], words: Words) -> Row:
    mobile = read_mobile(said[Column.mobile])
    if mobile is None:
        raise _unread(Message("This is no mobile number: {typed}", typed=said[Column.mobile][:40]))
    birth_on = read_birth_date(said[Column.birth_on]) if said[Column.birth_on] else None
    if said[Column.birth_on] and birth_on is None:
        raise _unread(
            Message(
                "This is no birth date: {typed}. Write it like 1990-05-01.", typed=said[Column.birth_on][:40]
            )
        )
    role = words.roles.get(said[Column.role])
    if said[Column.role] and role is None:
        raise _unread(Message("This is no role in a team: {typed}", typed=said[Column.role][:40]))
    return Row(
        number=number,
        id=_id(said[Column.id]),
        name=said[Column.name],
        mobile=mobile,
        birth_on=birth_on,
        division=_meaning(
            words.places,
            said[Column.community],
            Message("We do not know this place in your county: {typed}", typed=said[Column.community][:80]),
        )
        or "",
        team_id=_meaning(
            words.teams,
            said[Column.team],
            Message(
                "Your organization has no team of this name, or several: {typed}",
                typed=said[Column.team][:80],
            ),
        ),
        role=role,
    )


def _meaning(known: Mapping[str, T | None], typed: str, refusal: Message) -> T | None:
    if not typed:
        return None
    found = known.get(typed)
    if found is None:
        raise _unread(refusal)
    return found


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise _unread(Message("Nobody in your roster has this number.")) from None


def _refused(row: SheetRow, said: Mapping[Column, str], sentence: Message) -> Row:
    try:
        person_id = _id(said[Column.id])
    except Invalid:
        person_id = None
    return Row(row.number, id=person_id, name=said[Column.name][:LONGEST_NAME], refusal=sentence)


def _places(division: str, divisions: Collection[str]) -> Mapping[str, str | None]:
    """Communities and townships of the organization's county, and where its people live already."""
    county = with_code(division[:COUNTY_DIGITS]) if len(division) >= COUNTY_DIGITS else None
    near: list[Division] = []
    if county is not None:
        for level in (Level.TOWNSHIP, Level.COMMUNITY):
            near += inside(county, level, limit=MOST_PLACES)
    near += [place for code in divisions if (place := with_code(code))]
    words = [(name, place.code) for place in near for name in _names(place)]
    return _once(words)


def _names(place: Division) -> set[str]:
    return {place.code, place.name, label(place), *(path(place, language) for language in LANGUAGES)}


def _once(pairs: Sequence[tuple[str, T]]) -> Mapping[str, T | None]:
    """Names that mean one thing; None where several have the same."""
    found: dict[str, T | None] = {}
    for name, meant in pairs:
        found[name] = meant if found.get(name, meant) == meant else None
    return found


def _unread(sentence: Message) -> Invalid:
    return Invalid({"row": sentence})
