"""Reads the rows of a sheet into needs, or into refusals that name row and column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from linli.core import seed
from linli.core.errors import Invalid
from linli.core.forms import Form, clean
from linli.core.i18n import LANGUAGES, Message, counted
from linli.core.spreadsheets import Sheet, SheetRow
from linli.needs import rules
from linli.needs.forms import LONGEST_TEXT, LONGEST_TITLE
from linli.needs.imports.columns import Columns
from linli.needs.imports.mappings import Category, ColumnMapping
from linli.needs.imports.rules import Lack, first_clause, shortened
from linli.needs.imports.when import Calendar, When
from linli.needs.imports.where import Where
from linli.needs.rules import Priority, Setting, Times

MOST_ROWS: Final = 5000
DEFAULT_AGE_YEARS: Final = 18


@dataclass(frozen=True)
class ImportedNeed:
    """A row that can be taken over. `source` keeps what the need itself has no column for."""

    row: int
    key: str
    title: str
    description: str
    language: str
    risks: str
    field_id: str | None
    setting: Setting
    priority: Priority
    minimum_age_years: int
    skills: tuple[str, ...]
    credentials: tuple[str, ...]
    place: str
    address: str
    contact_name: str
    contact_phone: str
    where: Where
    times: Times | None
    lacks: tuple[Lack, ...]
    source: Mapping[str, Any]


@dataclass(frozen=True)
class RefusedRow:
    """`errors` by the heading of the column; "" is the row as a whole."""

    row: SheetRow
    errors: Mapping[str, Message]


@dataclass(frozen=True)
class Reading:
    needs: tuple[ImportedNeed, ...]
    refused: tuple[RefusedRow, ...]


def read_needs(
    sheet: Sheet, mapping: ColumnMapping, *, zone: ZoneInfo, now: datetime, move_old_days: bool = False
) -> Reading:
    """Every row, taken or refused; Invalid when the file as a whole does not fit the mapping."""
    columns = Columns.find(sheet, mapping)
    if not sheet.rows:
        raise Invalid({"file": Message("There are no rows below the headings.")})
    if len(sheet.rows) > MOST_ROWS:
        sentence = counted(
            len(sheet.rows),
            "The file has {n} row; at most {most} are taken at once. Please divide it.",
            "The file has {n} rows; at most {most} are taken at once. Please divide it.",
            most=MOST_ROWS,
        )
        raise Invalid({"file": sentence})
    reader = RowReader(mapping, columns, Calendar(mapping, zone, now, move_old_days))
    needs: dict[str, ImportedNeed] = {}
    refused = []
    for row in sheet.rows:
        form = columns.form(row)
        reader.check_row(form, row, width=len(sheet.header), seen=needs)
        need = reader.read(form, row)
        if form.errors:
            refused.append(
                RefusedRow(row, {columns.heading(part): each for part, each in form.errors.items()})
            )
        else:
            needs[need.key] = need
    return Reading(tuple(needs.values()), tuple(refused))


@dataclass(frozen=True)
class RowReader:
    """What cannot be used is noted in the form, as when a person types it."""

    mapping: ColumnMapping
    columns: Columns
    calendar: Calendar

    def check_row(self, form: Form, row: SheetRow, *, width: int, seen: Mapping[str, ImportedNeed]) -> None:
        if any(cell.strip() for cell in row.cells[width:]):
            form.refuse(
                "",
                Message("This row has {n} cells, the headings are {width}.", n=len(row.cells), width=width),
            )
        key = form.text("key", longest=80, required=True)
        if key in seen:
            form.refuse("key", Message("“{key}” stands in row {row} already.", key=key, row=seen[key].row))

    def read(self, form: Form, row: SheetRow) -> ImportedNeed:
        language = form.one_of("language", LANGUAGES) or self.mapping.language
        title, description = self._texts(form, language)
        category = self._category(form)
        field = seed.fields().get(category.field) if category else None
        setting = Setting(category.setting) if category else Setting.indoors
        places = form.whole("places", least=1, most=rules.MOST_PLACES)
        when = self.calendar.read(form, places=places or 1)
        where = Where.read(form, row, self.columns, self.mapping)
        lacks = _lacks(field, places, when, where)
        return ImportedNeed(
            row=row.number,
            key=form.text("key", longest=80),
            title=title,
            description=description,
            language=language,
            risks=form.text("risks", longest=LONGEST_TEXT, many_lines=True),
            field_id=field.id if field else None,
            setting=setting,
            priority=self._priority(form, field),
            minimum_age_years=max(DEFAULT_AGE_YEARS, field.minimum_age_years if field else 0),
            skills=tuple(dict.fromkeys((*(category.skills if category else ()), *_read_skills(form)))),
            credentials=field.credentials_for(setting.value) if field else (),
            place=form.text("place", longest=100),
            address=form.text("address", longest=200),
            contact_name=form.text("contact_name", longest=60),
            contact_phone=form.text("contact_phone", longest=40),
            where=where,
            times=when.times,
            lacks=lacks,
            source=self._source(form, row, places, when, where, lacks),
        )

    def _source(
        self, form: Form, row: SheetRow, places: int | None, when: When, where: Where, lacks: tuple[Lack, ...]
    ) -> Mapping[str, Any]:
        known = {
            "mapping": self.mapping.id,
            "row": row.number,
            "places": places,
            "category": form.text("category", longest=200) or None,
            "point": where.point_from,
            "lacks": [each.value for each in lacks],
        }
        return {name: value for name, value in (known | when.source).items() if value is not None}

    def _texts(self, form: Form, language: str) -> tuple[str, str]:
        """Title and description; of a title that is too long nothing is lost."""
        description = form.text("description", longest=LONGEST_TEXT, required=True, many_lines=True)
        if "title" not in self.columns.heading_of:
            return shortened(clean(first_clause(description, language)), LONGEST_TITLE), description
        title = form.text("title", longest=LONGEST_TEXT, required=True)
        if len(title) > LONGEST_TITLE:
            description = f"{title}\n{description}"
        return shortened(title, LONGEST_TITLE), description

    def _category(self, form: Form) -> Category | None:
        word = form.text("category", longest=200)
        if word in self.mapping.categories:
            return self.mapping.categories[word]
        field_id = _fields_by_name().get(word.casefold())
        return Category(field=field_id) if field_id else None

    def _priority(self, form: Form, field: seed.Field | None) -> Priority:
        word = form.text("priority", longest=40).casefold()
        if word and word not in self.mapping.priorities:
            form.refuse(
                "priority", Message("Please use one of: {words}.", words=list(self.mapping.priorities))
            )
        return Priority(self.mapping.priorities.get(word) or (field.priority if field else "normal"))


def _lacks(field: seed.Field | None, places: int | None, when: When, where: Where) -> tuple[Lack, ...]:
    missing = {
        Lack.location: not where.is_known,
        Lack.category: field is None,
        Lack.places: places is None,
    }
    return (*when.lacks, *(lack for lack, is_missing in missing.items() if is_missing))


def _read_skills(form: Form) -> tuple[str, ...]:
    """Ids or names of skills in either language, separated by commas or 、."""
    words = [
        word.strip() for word in re.split("[,;，；、]", form.text("skills", longest=1000)) if word.strip()
    ]
    known = _skills_by_name()
    for word in words:
        if word.casefold() not in known:
            form.refuse("skills", Message("No skill is called “{name}”.", name=word))
    return tuple(known[word.casefold()] for word in words if word.casefold() in known)


@lru_cache
def _fields_by_name() -> Mapping[str, str]:
    return {
        name.casefold(): each.id for each in seed.fields().values() for name in (each.id, each.zh, each.en)
    }


@lru_cache
def _skills_by_name() -> Mapping[str, str]:
    return {
        name.casefold(): each.id
        for each in seed.skills().values()
        if not each.is_group
        for name in (each.id, each.zh, each.en)
    }
