"""The roster as a file: one row for each person and team, with drop-down lists for team and role."""

from collections.abc import Iterator, Sequence
from typing import Final

from linli.core.spreadsheets import write_sheet
from linli.core.workbooks import write_workbook
from linli.rosters.queries import Roster
from linli.rosters.reading import place_named
from linli.rosters.rules import COLUMN_NAMES, MOST_ROWS, Column
from linli.teams.rules import ROLE_NAMES

TITLE: Final = "roster"


def as_csv(roster: Roster, language: str) -> bytes:
    return write_sheet(_header(language), _rows(roster, language))


def as_workbook(roster: Roster, language: str) -> bytes:
    columns = list(Column)
    choices = {
        columns.index(Column.team): [team.name for team in roster.teams],
        columns.index(Column.role): [name.in_language(language) for name in ROLE_NAMES.values()],
    }
    return write_workbook(
        _header(language), _rows(roster, language), title=TITLE, choices=choices, last_row=MOST_ROWS + 1
    )


def _header(language: str) -> list[str]:
    return [COLUMN_NAMES[column].in_language(language) for column in Column]


def _rows(roster: Roster, language: str) -> Iterator[Sequence[str]]:
    names = {team.id: team.name for team in roster.teams}
    for person in sorted(roster.people.values(), key=lambda each: (each.name, each.id)):
        known = [
            str(person.id),
            person.name,
            person.mobile,
            person.birth_on.isoformat(),
            place_named(person.division),
        ]
        for team_id, role in person.teams.items() or [(None, None)]:
            team = names.get(team_id, "") if team_id else ""
            yield [*known, team, ROLE_NAMES[role].in_language(language) if role else ""]
