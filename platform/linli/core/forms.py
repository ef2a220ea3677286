"""Reads what a person typed: one bounded, clean value per field, a sentence for each that cannot be used."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from linli.core.errors import Invalid
from linli.core.i18n import Message, counted

REQUIRED = Message("Please fill this in.")
MAX_VALUES = 200
FIRST_YEAR = 1900
# Never visible, or able to turn a line around: they would let one text pass for another.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]"
)
# Letters and pictures are joined and chosen by these; alone they are nothing to see.
_ONLY_BETWEEN_OTHERS = re.compile("[\\s\u200c\u200d\ufe00-\ufe0f]*")
_WIDE = str.maketrans("０１２３４５６７８９：．－＋／", "0123456789:.-+/")
_SURROGATES = re.compile("[\ud800-\udfff]")

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent. Its name is a stranger's text, and says nothing about what it is."""

    name: str
    content: bytes
    # Larger than what is taken in at all: nothing of it was kept.
    is_cut_off: bool = False


class Form:
    """What arrived, as text. Unknown fields are never looked at; `typed` gives back what to show again."""

    def __init__(self, values: Mapping[str, Iterable[str]] | Iterable[tuple[str, Any]] = ()) -> None:
        pairs = (
            ((name, value) for name, many in values.items() for value in many)
            if isinstance(values, Mapping)
            else values
        )
        self._values: dict[str, list[str]] = {}
        self._files: dict[str, Upload] = {}
        for name, value in pairs:
            if isinstance(value, Upload):
                self._files.setdefault(name, value)
            elif isinstance(value, str):
                self._values.setdefault(name, []).append(_SURROGATES.sub("\ufffd", value))
        self.errors: dict[str, Message] = {}

    def refuse(self, name: str, sentence: Message) -> None:
        self.errors.setdefault(name, sentence)

    def check(self) -> None:
        """Raises Invalid with every sentence, if there is any."""
        if self.errors:
            raise Invalid(self.errors)

    @property
    def typed(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._values.items() if name != "_csrf_token"}

    def typed_many(self, name: str) -> list[str]:
        return self._values.get(name, [])[:MAX_VALUES]

    def with_values(self, name: str, values: Iterable[str]) -> "Form":
        """The same form with other values of one field, nothing refused yet."""
        return Form(self._values | {name: list(values)})

    def has(self, name: str) -> bool:
        return bool(self._values.get(name))

    def text(self, name: str, *, longest: int, required: bool = False, many_lines: bool = False) -> str:
        """Cleaned text: normalised, without invisible or direction-changing characters."""
        typed = clean(self._values.get(name, [""])[0], many_lines=many_lines)
        if required and not typed:
            self.refuse(name, REQUIRED)
        if len(typed) > longest:
            self.refuse(
                name,
                Message(
                    "Please use at most {longest} characters; this has {n}.", longest=longest, n=len(typed)
                ),
            )
            return ""
        return typed

    def file(self, name: str, *, largest: int, required: bool = False) -> Upload | None:
        """What was chosen to be sent; None where nothing was, which browsers send as an empty file."""
        sent = self._files.get(name)
        if sent is None or not (sent.content or sent.is_cut_off):
            if required:
                self.refuse(name, Message("Please choose a file."))
            return None
        if sent.is_cut_off or len(sent.content) > largest:
            self.refuse(name, too_large(largest))
            return None
        return sent

    def secret(self, name: str) -> str:
        """A password: taken exactly as typed."""
        return self._values.get(name, [""])[0]

    def flag(self, name: str) -> bool:
        return self._values.get(name, [""])[0] in {"1", "on", "yes", "true"}

    def whole(self, name: str, *, least: int, most: int, required: bool = False) -> int | None:
        typed = self._figures(name, required=required)
        if not typed:
            return None
        sentence = Message("Please give a whole number from {least} to {most}.", least=least, most=most)
        # int() would also take "1_000" and other scripts' digits that nobody meant.
        if not re.fullmatch(r"[+-]?[0-9]{1,12}", typed) or not least <= int(typed) <= most:
            self.refuse(name, sentence)
            return None
        return int(typed)

    def decimal(self, name: str, *, least: float, most: float) -> float | None:
        typed = self._figures(name)
        if not typed:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,6}(\.[0-9]{1,15})?", typed) or not least <= float(typed) <= most:
            self.refuse(name, Message("Please give a number from {least} to {most}.", least=least, most=most))
            return None
        return float(typed)

    def day(self, name: str, *, required: bool = False) -> date | None:
        typed = self._figures(name, required=required)
        if not typed:
            return None
        try:
            return _read_day(typed)
        except ValueError:
            self.refuse(name, Message("Please give a day like 2026-11-24."))
            return None

    def clock(self, name: str, *, required: bool = False) -> time | None:
        typed = self._figures(name, required=required)
        if not typed:
            return None
        try:
            return _read_clock(typed)
        except ValueError:
            self.refuse(name, Message("Please give a time like 14:30."))
            return None

    def choice(self, name: str, choices: type[E], *, required: bool = False) -> E | None:
        typed = self.text(name, longest=80, required=required)
        if not typed:
            return None
        if typed not in {each.value for each in choices}:
            self.refuse(name, Message("Please choose one of the list."))
            return None
        return choices(typed)

    def one_of(self, name: str, known: Collection[str], *, required: bool = False) -> str | None:
        typed = self.text(name, longest=200, required=required)
        if typed and typed not in known:
            self.refuse(name, Message("Please choose one of the list."))
            return None
        return typed or None

    def some_of(self, name: str, known: Collection[str], *, most: int = 50) -> tuple[str, ...]:
        """Several of a known list, each once, in the order sent."""
        chosen = tuple(dict.fromkeys(each for each in self.typed_many(name) if each))
        if any(each not in known for each in chosen):
            self.refuse(name, Message("Please choose from the list."))
            return ()
        if len(chosen) > most:
            self.refuse(name, counted(most, "Please choose at most {n}.", "Please choose at most {n}."))
            return ()
        return chosen

    def _figures(self, name: str, *, required: bool = False) -> str:
        """Digits and their signs, also as Chinese keyboards write them."""
        return self.text(name, longest=40, required=required).translate(_WIDE)

    def id(self, name: str, *, required: bool = False) -> UUID | None:
        typed = self.text(name, longest=80, required=required)
        try:
            return UUID(typed) if typed else None
        except ValueError:
            self.refuse(name, Message("Please choose one of the list."))
            return None


def too_large(largest: int) -> Message:
    return Message("This file is larger than {n} MB. Please choose a smaller one.", n=largest // 10**6)


def clean(text: str, *, many_lines: bool = False) -> str:
    """
    >>> clean("  a\\u200b b\\x00 "), clean("\\u200d")
    ('a b', '')
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _HIDDEN.sub("", _SURROGATES.sub("\ufffd", text))
    if _ONLY_BETWEEN_OTHERS.fullmatch(text):
        return ""
    return text.strip() if many_lines else " ".join(text.split())


def day_named(typed: str) -> date | None:
    """A day as an address of ours names it; none of the ends of the calendar, where no day follows.

    >>> day_named("2026-11-24"), day_named("9999-12-31"), day_named("tomorrow")
    (datetime.date(2026, 11, 24), None, None)
    """
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < date.max.year else None


def id_named(typed: str) -> UUID | None:
    """An id as an address of ours names it.

    >>> id_named("01936b2e-4c00-7000-8000-000000000001"), id_named("one")
    (UUID('01936b2e-4c00-7000-8000-000000000001'), None)
    """
    try:
        return UUID(typed)
    except ValueError:
        return None


def _read_clock(typed: str) -> time:
    """A browser may add seconds; nobody means them."""
    pattern = "%H:%M:%S" if typed.count(":") == 2 else "%H:%M"
    return datetime.strptime(typed, pattern).time().replace(second=0)  # noqa: DTZ007 - no zone


def _read_day(typed: str) -> date:
    """Nothing here happened before 1900, and the first days of the calendar fit into no time zone."""
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
        try:
            day = datetime.strptime(typed, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if day.year >= FIRST_YEAR:
            return day
    raise ValueError(typed)
