"""What an imported need may lack, and how old days and long titles are made to fit."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from linli.core.i18n import Message

SPREAD_WEEKS: Final = 4
_CLAUSE_ENDS: Final = {"zh": re.compile(r"[\s，。；！？!?]+"), "en": re.compile(r"[.;!?](?=\s|$)|\n+")}
_SHORTEST_CLAUSE: Final = 4


class Lack(StrEnum):
    """What the file did not say."""

    location = "location"
    shift = "shift"
    hours = "hours"
    category = "category"
    places = "places"


LACK_NAMES: Final = {
    Lack.location: Message("where it is"),
    Lack.shift: Message("a day and hours to come"),
    Lack.hours: Message("the hours (assumed)"),
    Lack.category: Message("the field of service"),
    Lack.places: Message("how many people"),
}


# What was filled in for the file; the rest of what it lacks keeps a draft from being posted anyway.
ASSUMED: Final = (Lack.hours, Lack.places)


def unsaid(source: Mapping[str, Any] | None, *, version: int) -> list[Message]:
    """What was assumed for an imported draft, until somebody has edited it.

    Parameters
    ----------
    source : mapping or None
        Where the need comes from; None where it was not imported.
    version : int
        1 until the first edit.

    Returns
    -------
    list of Message

    Examples
    --------
    >>> [each.text for each in unsaid({"lacks": ["places", "location"]}, version=1)]
    ['how many people']
    >>> unsaid({"lacks": ["places"]}, version=2), unsaid(None, version=1)
    ([], [])
    """
    lacks = (source or {}).get("lacks", ()) if version == 1 else ()
    return [LACK_NAMES[each] for each in ASSUMED if each in lacks]


def moved_ahead(day: date, today: date) -> date:
    """An old day moved by whole weeks into the coming four, the same weekday; a coming day stays.

    Parameters
    ----------
    day, today : date

    Returns
    -------
    date
        From tomorrow to four weeks ahead. The week of the year says which of the four, so that the days of a
        file do not all fall in one week.

    Examples
    --------
    >>> moved_ahead(date(2011, 1, 22), date(2026, 11, 23)), date(2011, 1, 22).strftime("%A")
    (datetime.date(2026, 12, 19), 'Saturday')
    >>> moved_ahead(date(2026, 12, 24), date(2026, 11, 23))
    datetime.date(2026, 12, 24)
    """
    if day > today:
        return day
    tomorrow = today + timedelta(days=1)
    next_same_weekday = tomorrow + timedelta(days=(day.weekday() - tomorrow.weekday()) % 7)
    return next_same_weekday + timedelta(weeks=day.isocalendar().week % SPREAD_WEEKS)


def first_clause(text: str, language: str) -> str:
    """What stands before the first mark that ends a clause; a greeting alone is not enough.

    Examples
    --------
    >>> first_clause("路灯坏了三天，请尽快修。谢谢", "zh"), first_clause("您好！路灯坏了，请修", "zh")
    ('路灯坏了三天', '您好！路灯坏了')
    """
    ends = (
        found.start() for found in _CLAUSE_ENDS[language].finditer(text) if found.start() >= _SHORTEST_CLAUSE
    )
    return text[: next(ends, len(text))].strip()


def shortened(title: str, longest: int) -> str:
    """A title that fits, cut between words where there are any.

    Parameters
    ----------
    title : str
    longest : int
        Characters, the mark of the cut included.

    Examples
    --------
    >>> shortened("Plant trees with us", 12), shortened("Plant trees", 12)
    ('Plant trees…', 'Plant trees')
    """
    if len(title) <= longest:
        return title
    head = title[: longest - 1]
    words, _, _ = head.rpartition(" ")
    is_cut_inside_a_word = not title[longest - 1].isspace()
    return f"{words if is_cut_inside_a_word and len(words) > longest // 2 else head.rstrip()}…"
