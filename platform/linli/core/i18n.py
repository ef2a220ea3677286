"""Sentences in two languages. The English text is the key; the Chinese stands in `locale/zh/*.po`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, Protocol, TypeGuard, runtime_checkable
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES: Final = {"zh": "中文", "en": "English"}
DEFAULT_LANGUAGE: Final = "zh"
BABEL_LOCALES: Final = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en_GB")}
HTML_LANGUAGES: Final = {"zh": "zh-Hans", "en": "en"}

_zone = ZoneInfo("Asia/Shanghai")


def use_time_zone(zone: ZoneInfo) -> None:
    """Set once at start: the zone in which every moment is shown."""
    global _zone
    _zone = zone


def zone() -> ZoneInfo:
    return _zone


@runtime_checkable
class Named(Protocol):
    """Anything with a name in both languages: a skill, a credential, a division."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Name:
    zh: str
    en: str


class Message:
    """A sentence that is put into words only when it is known who reads it.

    >>> Message("{n} of {all} free", n=2, all=5).in_language("en")
    '2 of 5 free'
    """

    __slots__ = ("count", "params", "plural", "text")

    def __init__(self, text: str, /, **params: object) -> None:
        self.text = text
        self.params: Mapping[str, object] = params
        self.plural: str | None = None
        self.count: int | None = None

    def given(self, **params: object) -> "Message":
        """The same sentence with more of its places filled.

        >>> Message("{code} is your code.").given(code="123456").in_language("en")
        '123456 is your code.'
        """
        message = Message(self.text, **(dict(self.params) | params))
        message.plural, message.count = self.plural, self.count
        return message

    def in_language(self, language: str) -> str:
        text = self.text
        if self.count is not None and self.plural is not None:
            text = translate_count(language, self.text, self.plural, self.count)
        else:
            text = translate(language, self.text)
        if not self.params:
            return text
        return text.format_map({name: in_words(value, language) for name, value in self.params.items()})

    def to_json(self) -> dict[str, Any]:
        known = {"text": self.text, "plural": self.plural, "count": self.count}
        return {name: value for name, value in known.items() if value is not None} | {
            "params": {name: _to_json(value) for name, value in self.params.items()}
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Message":
        message = cls(kept["text"], **{name: _from_json(value) for name, value in kept["params"].items()})
        message.plural, message.count = kept.get("plural"), kept.get("count")
        return message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.text, self.count))

    def __repr__(self) -> str:
        return f"Message({self.text!r}, {dict(self.params)!r})"


def counted(n: int, one: str, many: str, /, **params: object) -> Message:
    """A sentence about a number: `counted(n, "{n} place", "{n} places")`."""
    message = Message(one, n=n, **params)
    message.plural, message.count = many, n
    return message


@lru_cache(maxsize=8192)
def say_number(value: float, language: str) -> str:
    """With the marks of the language; kept, as a page of people says a hundred small ones."""
    return format_decimal(value, locale=BABEL_LOCALES[language])


def in_words(value: object, language: str) -> str:
    """A message parameter as a person reads it."""
    match value:
        case Message():
            return value.in_language(language)
        case str() | int():
            return str(value)
        case _ if _is_named(value):
            return value.zh if language == "zh" else value.en
        case datetime():
            return say_moment(value, language)
        case date():
            return say_day(value, language)
        case time():
            return value.strftime("%H:%M")
        case float():
            return say_number(round(value, 1), language)
        case list() | tuple():
            joint = "、" if language == "zh" else ", "
            return joint.join(in_words(each, language) for each in value)
    return str(value)


def _is_named(value: object) -> TypeGuard[Named]:
    """As isinstance(value, Named), which takes fifty times as long."""
    return hasattr(value, "zh") and hasattr(value, "en")


def _to_json(value: object) -> Any:
    match value:
        case Message():
            return {"message": value.to_json()}
        case Named():
            return {"zh": value.zh, "en": value.en}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case list() | tuple():
            return [_to_json(each) for each in value]
        case str() | int() | float() | bool() | None:
            return value
    return str(value)


def _from_json(kept: Any) -> object:
    match kept:
        case {"message": message}:
            return Message.from_json(message)
        case {"zh": str(zh), "en": str(en)}:
            return Name(zh, en)
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case {"day": day}:
            return date.fromisoformat(day)
        case list():
            return [_from_json(each) for each in kept]
    return kept


@cache
def catalogue(language: str) -> Mapping[str, str | tuple[str, ...]]:
    """Every sentence of a language: the domains' files merged."""
    sentences: dict[str, str | tuple[str, ...]] = {}
    folder = files("linli") / "locale" / language
    if not folder.is_dir():
        return sentences
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".po"):
            with file.open("rb") as stream:
                for entry in read_po(stream, locale=BABEL_LOCALES[language]):
                    if entry.id and entry.string:
                        key = entry.id[0] if isinstance(entry.id, (list, tuple)) else entry.id
                        sentences[key] = (
                            entry.string if isinstance(entry.string, str) else tuple(entry.string)
                        )
    return sentences


def translate(language: str, text: str) -> str:
    found = catalogue(language).get(text)
    if isinstance(found, tuple):
        found = found[0]
    return found or text


def translate_count(language: str, one: str, many: str, n: int) -> str:
    found = catalogue(language).get(one)
    if isinstance(found, str):
        found = (found,)
    # Chinese has one form, English two; English stands in the source.
    return found[0] if found and found[0] else (one if n == 1 else many)


def language_of(cookie: str | None, accept_language: str, account_language: str | None = None) -> str:
    """The language of a page: the person's choice, then the account's, then the browser's."""
    for chosen in (cookie, account_language):
        if chosen in LANGUAGES:
            return str(chosen)
    wanted: list[tuple[float, int, str]] = []
    for part in accept_language[:200].replace(" ", "").split(","):
        tag, _, quality = part.partition(";q=")
        if tag[:2].lower() in LANGUAGES and 0 < _quality(quality) <= 1:
            wanted.append((-_quality(quality), len(wanted), tag[:2].lower()))
    return min(wanted)[2] if wanted else DEFAULT_LANGUAGE


def _quality(typed: str) -> float:
    try:
        return float(typed or 1)
    except ValueError:
        return 0.0


def local(moment: datetime) -> datetime:
    return moment.astimezone(_zone)


def say_day(day: date, language: str) -> str:
    """11月24日 周二 / Tue 24 Nov; the year only when it is not this one."""
    this_year = datetime.now(_zone).year == day.year
    if language == "zh":
        pattern = "M月d日 EEE" if this_year else "y年M月d日 EEE"
    else:
        pattern = "EEE d MMM" if this_year else "EEE d MMM y"
    return _format_day(day, pattern, language)


@lru_cache(maxsize=4096)
def _format_day(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=BABEL_LOCALES[language])


def say_moment(moment: datetime, language: str) -> str:
    there = local(moment)
    return (
        f"{say_day(there.date(), language)} {there:%H:%M}"
        if language == "zh"
        else (f"{say_day(there.date(), language)}, {there:%H:%M}")
    )


def say_range(start: datetime, end: datetime, language: str) -> str:
    """Tue 24 Nov, 14:00 to 16:00 / 11月24日 周二 14:00–16:00."""
    first, last = local(start), local(end)
    if first.date() != last.date():
        joint = " 至 " if language == "zh" else " to "
        return say_moment(start, language) + joint + say_moment(end, language)
    if language == "zh":
        return f"{say_day(first.date(), language)} {first:%H:%M}–{last:%H:%M}"
    return f"{say_day(first.date(), language)}, {first:%H:%M} to {last:%H:%M}"


def say_short_month(day: date, language: str) -> str:
    return _format_day(day, "M月" if language == "zh" else "MMM", language)


def say_month(day: date, language: str) -> str:
    return format_datetime(day, "y年M月" if language == "zh" else "MMMM y", locale=BABEL_LOCALES[language])
