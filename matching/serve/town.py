"""Messages become tables: the people once, the needs of each message anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from matching.columns import Floats, Whole
from matching.commitments import Bookings
from matching.tables import Answer, Needs, Volunteers
from matching.text_model import TextModel
from matching.vocabulary import Taxonomy, Vocabulary
from matching.week import CELLS, cell_table

Message = Mapping[str, Any]

FIRST_DAY = date(2001, 1, 1)
"""Day 0, a Monday."""

KM_PER_DEGREE = 111.195
"""On the equator, where the towns of messages lie: x and y are distances in km there."""

START_HOURS = (8, 13, 18)
"""When the parts of a day begin, as far as messages tell."""

HOURS = 3

REACH = 0.75
"""Nobody says how far they go: three quarters of the city's width."""

ADULT = date(1970, 1, 1)
"""Messages speak of adults only."""


class Town:
    """The people and the vocabulary of one start message.

    Parameters
    ----------
    volunteers : sequence of mapping
        As in the protocol.
    meta : mapping
        Lists of ids: categories, skills, credentials, languages; and city_km.

    Raises
    ------
    ValueError
        Naming the key or the id.
    """

    def __init__(self, volunteers: Sequence[Message], meta: Message) -> None:
        skills, fields, credentials, languages = (
            Taxonomy(_ids(meta, name)) for name in ("skills", "categories", "credentials", "languages")
        )
        self.vocabulary = Vocabulary(
            skills=skills, fields=fields, credentials=credentials, languages=languages
        )
        self.city_km = number(meta, "city_km")
        texts = [str(person.get("text") or "") for person in volunteers]
        self.text_model = TextModel().fit(texts) if any(text.strip() for text in texts) else None
        self.people = self._people(volunteers, texts)
        # A category that nobody likes, such as "other", says nothing about what a need is.
        liked = np.flatnonzero(self.people.fields.any(axis=0)).tolist()
        self._telling = {fields.ids[column] for column in liked}

    def _people(self, volunteers: Sequence[Message], texts: list[str]) -> Volunteers:
        words, count = self.vocabulary, len(volunteers)
        free = np.array([_availability(person) for person in volunteers], dtype=np.int8).reshape(count, CELLS)
        return Volunteers(
            ids=[text_of(person, "id") for person in volunteers],
            vocabulary=words,
            texts=texts,
            text_vectors=None if self.text_model is None else self.text_model.transform(texts),
            longitude=_degrees(volunteers, "x"),
            latitude=_degrees(volunteers, "y"),
            skill_level=words.skills.levels(
                [dict.fromkeys(each.get("skills", ()), 2) for each in volunteers]
            ),
            fields=_flags(words.fields, volunteers, "interests"),
            languages=_flags(words.languages, volunteers, "languages"),
            credential=np.where(_flags(words.credentials, volunteers, "credentials"), Answer.YES, Answer.NO),
            availability=free,
            reach_km=np.full(count, max(1.0, REACH * self.city_km)),
            weekly_cap=np.array([float(each.get("weekly_cap") or np.nan) for each in volunteers]),
            born_on=np.full(count, ADULT, dtype="datetime64[D]"),
            opted_in=np.ones(count, dtype=np.bool_),
        )

    def needs(self, messages: Sequence[Message], *, with_text: bool = True) -> Needs:
        """The table of some needs, one row each; gates do without the text."""
        words, texts = self.vocabulary, [str(need.get("text") or "") for need in messages]
        model = self.text_model if with_text else None
        days = np.array([whole(need, "due_day") for need in messages], dtype=np.int64)
        starts = np.array([start_minute(need) for need in messages], dtype=np.int64)
        return Needs(
            ids=[text_of(need, "id") for need in messages],
            vocabulary=words,
            texts=texts,
            text_vectors=None if model is None else model.transform(texts),
            longitude=_degrees(messages, "x"),
            latitude=_degrees(messages, "y"),
            skills_wanted=words.skills.levels(
                [dict.fromkeys(each.get("skills", ()), 1) for each in messages]
            ),
            fields=_flags(words.fields, [self._telling_category(need) for need in messages], "category"),
            credentials_required=_flags(words.credentials, messages, "credentials"),
            languages=_flags(words.languages, messages, "language"),
            local_day=_dates(days),
            start_minute=starts,
            end_minute=starts + 60 * HOURS,
            cells=cell_table([[cell_of(need)] for need in messages]),
        )

    def bookings(self, people: Iterable[Message]) -> Bookings:
        """What people have promised, from the messages that tell of their changes."""
        rows = []
        for person in people:
            for due_day, part in person.get("booked", ()):
                slot = {"due_day": due_day, "daypart": part}
                start = start_minute(slot)
                day = day_as_date(whole(slot, "due_day"))
                rows.append((text_of(person, "id"), start, start + 60 * HOURS, day, 1.0))
        return Bookings.of(self.people, rows)

    def row_of(self, id: object) -> int:
        """The row of a person, or a ValueError that names the id."""
        row = self.people.row_by_id.get(str(id))
        if row is None:
            raise ValueError(f"unknown volunteer {id!r}; wanted one of the {len(self.people)} of the start")
        return row

    def field_column(self, need: Message) -> int:
        """The column of a need's category, -1 where it says nothing."""
        category = need.get("category")
        return self.vocabulary.fields.position(str(category)) if category in self._telling else -1

    def _telling_category(self, need: Message) -> Message:
        return {"category": need["category"] if self.field_column(need) >= 0 else None}


def day_as_date(day: int) -> date:
    """The date of a day of the town."""
    return FIRST_DAY + timedelta(days=day)


def daypart(need: Message) -> int:
    """Morning, afternoon or evening."""
    part = whole(need, "daypart")
    if part not in (0, 1, 2):
        raise ValueError(f"daypart must be 0, 1 or 2, but is {part}")
    return part


def start_minute(need: Message) -> int:
    """When it begins, in minutes since day 0 began."""
    return whole(need, "due_day") * 1440 + 60 * START_HOURS[daypart(need)]


def cell_of(need: Message) -> int:
    """Of the week."""
    return whole(need, "due_day") % 7 * 3 + daypart(need)


def text_of(message: Message, name: str) -> str:
    """A text that must be there."""
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text that is not empty, but is {value!r}")
    return value


def whole(message: Message, name: str) -> int:
    """A whole number that must be there."""
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**6:
        raise ValueError(f"{name} must be a whole number from 0 to 1000000, but is {value!r}")
    return value


def number(message: Message, name: str) -> float:
    """A finite number that must be there."""
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError(f"{name} must be a number, but is {value!r}")
    return float(value)


def _ids(meta: Message, name: str) -> list[str]:
    ids = meta.get(name)
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise ValueError(f"meta.{name} must be a list of ids, but is {ids!r}")
    return ids


def _flags(taxonomy: Taxonomy, messages: Sequence[Message], name: str) -> Any:
    """True where an id is named; ids that the vocabulary does not know say nothing."""
    flags = np.zeros((len(messages), len(taxonomy)), dtype=np.bool_)
    known = {id: column for column, id in enumerate(taxonomy.ids)}
    for row, message in enumerate(messages):
        given = message.get(name) or ()
        for id in [given] if isinstance(given, str) else given:
            if id in known:
                flags[row, known[id]] = True
            elif name == "credentials":
                raise ValueError(f"unknown credential {id!r}; wanted one of {', '.join(known)}")
    return flags


def _degrees(messages: Sequence[Message], name: str) -> Floats:
    return np.array([number(message, name) for message in messages]) / KM_PER_DEGREE


def _dates(days: Whole) -> Any:
    return np.datetime64(FIRST_DAY, "D") + days.astype("timedelta64[D]")


def _availability(person: Message) -> list[int]:
    """Stated hours; who stated none has not said when they are free."""
    stated = person.get("availability")
    if not stated or not any(stated):
        return [int(Answer.UNKNOWN)] * CELLS
    if len(stated) != CELLS:
        raise ValueError(f"availability must have {CELLS} entries, but has {len(stated)}")
    return [int(Answer.YES if free else Answer.NO) for free in stated]
