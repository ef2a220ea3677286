"""What a roster says row by row, and what differs between a file and the organization's people."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from linli.accounts.rules import AddressKind, read_address, refuse_birth_date
from linli.core.i18n import Message
from linli.teams.rules import HAND_OVER_FIRST, ROLE_NAMES, TeamRole, refuse_one_more

MOST_ROWS: Final = 5000
LONGEST_NAME: Final = 60
# Which sentence the person agreed to when the organization registered them (templates/rosters/_consent.html).
REGISTRATION_VERSION: Final = "2026-11"
PREVIEW_KEPT: Final = timedelta(days=1)
APPLIED_KEPT: Final = timedelta(days=30)
# Day 1 of spreadsheets is 1 January 1900, and they believe that 1900 was a leap year.
FIRST_DAY: Final = date(1899, 12, 30)
INVITED_FIRST: Final = Message("They are invited first, and can have a role once they have said yes.")


class Column(StrEnum):
    id = "id"
    name = "name"
    mobile = "mobile"
    birth_on = "birth_on"
    community = "community"
    team = "team"
    role = "role"


class Kind(StrEnum):
    new = "new"
    changed = "changed"
    leaves = "leaves"
    unchanged = "unchanged"
    refused = "refused"


class ImportState(StrEnum):
    previewed = "previewed"
    applied = "applied"
    undone = "undone"


COLUMN_NAMES: Final[Mapping[Column, Message]] = {
    Column.id: Message("Number in the roster"),
    Column.name: Message("Name"),
    Column.mobile: Message("Mobile number"),
    Column.birth_on: Message("Birth date"),
    Column.community: Message("Community"),
    Column.team: Message("Team"),
    Column.role: Message("Role in the team"),
}
KIND_NAMES: Final[Mapping[Kind, Message]] = {
    Kind.new: Message("New"),
    Kind.changed: Message("Changed"),
    Kind.leaves: Message("Missing in the file"),
    Kind.unchanged: Message("Unchanged"),
    Kind.refused: Message("Refused"),
}


@dataclass(frozen=True)
class Person:
    """Somebody of the roster, as the organization may see them. `teams`: role, or None where only invited."""

    id: UUID
    name: str
    mobile: str
    birth_on: date
    division: str
    is_managed: bool
    teams: Mapping[UUID, TeamRole | None] = field(default_factory=dict)
    # Also those of other organizations: they count for the five, and nothing else is known of them.
    all_teams: int = 0


@dataclass(frozen=True)
class Row:
    """A row as it was typed, each cell already read; `refusal` where one of them cannot be."""

    number: int
    id: UUID | None = None
    name: str = ""
    mobile: str = ""
    birth_on: date | None = None
    division: str = ""
    team_id: UUID | None = None
    role: TeamRole | None = None
    refusal: Message | None = None


@dataclass(frozen=True)
class Difference:
    """What a row does. `first_row` names the row that registers a new person who has several."""

    number: int
    kind: Kind
    name: str
    sentence: Message | None = None
    person_id: UUID | None = None
    first_row: int | None = None
    team_id: UUID | None = None
    role: TeamRole | None = None
    says: Mapping[str, str] = field(default_factory=dict)


def read_birth_date(typed: str) -> date | None:
    """A birth date as spreadsheets give it: a day, eight digits, or the number of a day since 1900.

    Examples
    --------
    >>> [read_birth_date(each) for each in ("1990/5/1", "19900501", "32994")]
    [datetime.date(1990, 5, 1), datetime.date(1990, 5, 1), datetime.date(1990, 5, 1)]
    >>> read_birth_date("May") is None, read_birth_date("19901301") is None
    (True, True)
    """
    text = typed.strip().split(" ")[0].split("T")[0]
    if re.fullmatch(r"[0-9]{4,5}", text):
        return FIRST_DAY + timedelta(days=int(text))
    found = re.fullmatch(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?", text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def read_mobile(typed: str) -> str | None:
    """A mobile number, "" where none was typed, None where it is not one.

    Examples
    --------
    >>> read_mobile("139 1234 5678"), read_mobile(""), read_mobile("12")
    ('13912345678', '', None)
    """
    if not typed.strip():
        return ""
    address = read_address(typed)
    return address.value if address is not None and address.kind is AddressKind.mobile else None


def refuse_cells(cells: Sequence[str]) -> Message | None:
    """Whether a row holds something that is not plain text.

    Examples
    --------
    >>> refuse_cells(["李明", "=1+1"]).text[:14]
    'This row holds'
    >>> refuse_cells(["李明", ""]) is None
    True
    """
    if any(cell.startswith("=") for cell in cells):
        return Message("This row holds a formula. Please type what it should say.")
    return None


def differences(
    rows: Sequence[Row], people: Mapping[UUID, Person], team_ids: Collection[UUID], *, today: date
) -> list[Difference]:
    """What a file would do to a roster, row by row; then who of the roster is missing in it.

    Parameters
    ----------
    rows : sequence of Row
        In the order of the file.
    people : mapping of UUID to Person
        The whole roster; an id that is not in it belongs to nobody here.
    team_ids : collection of UUID
        The teams that the organization may change.
    today : date
        For the least age.

    Examples
    --------
    >>> [each.kind.value for each in differences([Row(2, name="李明", birth_on=date(1990, 5, 1),
    ...     division="520302002001")], {}, (), today=date(2026, 11, 23))]
    ['new']
    """
    found = _Comparison(people, today)
    result = [found.row(row) for row in rows]
    return result + found.missing(team_ids)


class _Comparison:
    def __init__(self, people: Mapping[UUID, Person], today: date) -> None:
        self.people, self.today = people, today
        self.by_who = {(each.name, each.birth_on): each for each in people.values()}
        self.by_mobile = {each.mobile: each for each in people.values() if each.mobile}
        self.new: dict[tuple[str, date, str], int] = {}
        self.teams_of_new: dict[int, int] = {}
        self.joins: dict[UUID, int] = {}
        self.seen: set[tuple[UUID | int, UUID | None]] = set()
        self.leaders: set[UUID] = set()

    def row(self, row: Row) -> Difference:
        refusal = row.refusal
        if refusal is None and row.id is None:
            return self._new(row)
        person = self.people.get(row.id) if row.id else None
        if refusal is None and person is None:
            refusal = Message("Nobody in your roster has this number.")
        if person is None or refusal is not None:
            return self._refused(row, refusal or Message("Please check this row."))
        return self._known(row, person)

    def missing(self, team_ids: Collection[UUID]) -> list[Difference]:
        """People of a team who stand in no row of it; the leader stays until somebody else leads."""
        return [
            Difference(0, Kind.leaves, person.name, person_id=person.id, team_id=team_id, role=role)
            for person in self.people.values()
            for team_id, role in person.teams.items()
            if team_id in team_ids and (person.id, team_id) not in self.seen
            if role is not TeamRole.leader
        ]

    def _new(self, row: Row) -> Difference:
        if refusal := self._refuse_new(row):
            return self._refused(row, refusal)
        assert row.birth_on is not None
        who = (row.name, row.birth_on, row.mobile)
        first = self.new.setdefault(who, row.number)
        refusal = self._refuse_twice(first, row)
        if refusal is None and row.team_id:
            refusal = refuse_one_more(self.teams_of_new.get(first, 0))
        if refusal:
            return self._refused(row, refusal)
        self.seen.add((first, row.team_id))
        self.teams_of_new[first] = self.teams_of_new.get(first, 0) + bool(row.team_id)
        says = {
            "name": row.name,
            "mobile": row.mobile,
            "birth_on": row.birth_on.isoformat(),
            "division": row.division,
        }
        return Difference(
            row.number,
            Kind.new,
            row.name,
            first_row=first,
            team_id=row.team_id,
            role=row.role if row.team_id else None,
            says=says,
        )

    def _refuse_new(self, row: Row) -> Message | None:
        if not row.name:
            return Message("Please give the name.")
        if row.birth_on is None:
            return Message("Please give the birth date.")
        if refusal := refuse_birth_date(row.birth_on, self.today):
            return refusal
        if not row.division:
            return Message("Please give the community.")
        if known := self.by_who.get((row.name, row.birth_on)) or self.by_mobile.get(row.mobile):
            return Message(
                "{name} looks like somebody in your roster already. Use the number that stands there.",
                name=known.name,
            )
        return self._refuse_leader(row)

    def _known(self, row: Row, person: Person) -> Difference:
        says = self._says(row, person)
        if says and not person.is_managed:
            return self._refused(row, Message("Only the person can change this: they have an account."))
        refusal = self._refuse_says(row, says) or self._refuse_twice(person.id, row)
        joins = row.team_id is not None and row.team_id not in person.teams
        if refusal is None and joins:
            refusal = self._refuse_join(row, person)
        has_role = row.team_id is not None and person.teams.get(row.team_id) is not None
        old = person.teams.get(row.team_id) if row.team_id else None
        role = row.role if row.team_id and row.role is not None and row.role is not old else None
        if refusal is None and role is not None and not joins:
            refusal = self._refuse_role(row, old, is_member=has_role)
        if refusal:
            return self._refused(row, refusal)
        self.seen.add((person.id, row.team_id))
        if joins:
            self.joins[person.id] = self.joins.get(person.id, 0) + 1
        if not joins and role is None and not says:
            return Difference(row.number, Kind.unchanged, person.name, person_id=person.id)
        return Difference(
            row.number,
            Kind.changed,
            person.name,
            sentence=self._in_words(person, says, joins=joins, role=role),
            person_id=person.id,
            team_id=row.team_id if joins or role else None,
            role=role,
            says=says,
        )

    def _refuse_join(self, row: Row, person: Person) -> Message | None:
        if refusal := refuse_one_more(person.all_teams + self.joins.get(person.id, 0)):
            return refusal
        if not person.is_managed and row.role not in {None, TeamRole.member}:
            return INVITED_FIRST
        return self._refuse_leader(row)

    def _refuse_role(self, row: Row, old: TeamRole | None, *, is_member: bool) -> Message | None:
        if not is_member:
            return INVITED_FIRST
        if old is TeamRole.leader:
            return HAND_OVER_FIRST
        return self._refuse_leader(row)

    def _refuse_leader(self, row: Row) -> Message | None:
        if row.role is not TeamRole.leader or row.team_id is None:
            return None
        if row.team_id in self.leaders:
            return Message("A team has one leader; another row names one already.")
        self.leaders.add(row.team_id)
        return None

    def _refuse_twice(self, who: UUID | int, row: Row) -> Message | None:
        if (who, row.team_id) in self.seen:
            return Message("This person stands in the file twice.")
        return None

    def _refuse_says(self, row: Row, says: Mapping[str, str]) -> Message | None:
        if "birth_on" in says and row.birth_on is not None:
            return refuse_birth_date(row.birth_on, self.today)
        return None

    def _says(self, row: Row, person: Person) -> dict[str, str]:
        """What the row says differently; an empty cell says nothing."""
        typed = {
            "name": (row.name, person.name),
            "mobile": (row.mobile, person.mobile),
            "birth_on": (row.birth_on.isoformat() if row.birth_on else "", person.birth_on.isoformat()),
            "division": (row.division, person.division),
        }
        return {name: new for name, (new, old) in typed.items() if new and new != old}

    def _in_words(
        self, person: Person, says: Mapping[str, str], *, joins: bool, role: TeamRole | None
    ) -> Message:
        columns = {"division": Column.community}
        said: list[Message] = [COLUMN_NAMES[columns.get(name) or Column(name)] for name in says]
        if joins:
            said.append(Message("joins the team") if person.is_managed else Message("is invited to the team"))
        elif role:
            said.append(ROLE_NAMES[role])
        return Message("Changes: {changes}", changes=said)

    def _refused(self, row: Row, sentence: Message) -> Difference:
        person = self.people.get(row.id) if row.id else None
        if person is not None:
            # Whoever stands in a row that cannot be read is not missing.
            self.seen.update((person.id, team) for team in person.teams)
        return Difference(row.number, Kind.refused, row.name, sentence=sentence, person_id=row.id)
