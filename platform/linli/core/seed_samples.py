"""What a demo town is made of: names, places, introductions and needs in seed/names/. All invented."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from linli.core.seed import WEEKDAYS, Ask, NeedTemplate, Vocabulary, check_ask, load_vocabulary
from linli.core.seed_files import (
    Row,
    SeedError,
    Text,
    check_known,
    read_list,
    read_numbers,
    read_one,
    read_tables,
    seed_dir,
)

Generation = Literal["older", "younger"]

DAYPARTS = ("morning", "afternoon", "evening")

WHOLE = 100
_SEVERAL_DAYS = {"daily": range(7), "weekdays": range(5), "weekends": range(5, 7)}


class SampleIntro(Row, frozen=True):
    """How a sample volunteer introduces themselves, with the profile that goes with the words."""

    language: Literal["zh", "en"]
    text: str
    age_years: tuple[int, int]
    free: tuple[str, ...]
    fields: tuple[str, ...]
    skills: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def availability(self) -> str:
        """One character per weekday and part of the day, Monday morning first: 1 free, 0 busy."""
        free = {slot for words in self.free for slot in _slots(words)}
        return "".join("1" if slot in free else "0" for slot in range(len(WEEKDAYS) * len(DAYPARTS)))


class SampleNeed(Ask, frozen=True, kw_only=True):
    """A need as a committee might write it without a template."""

    language: Literal["zh", "en"]
    title: str
    description: str
    risks: str


class SampleFillings(Row, frozen=True):
    """Ways to fill the slots of one template, by language: each is a need."""

    zh: tuple[dict[str, str], ...] = ()
    en: tuple[dict[str, str], ...] = ()

    def each(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Every filling with its language."""
        yield from (("zh", slots) for slots in self.zh)
        yield from (("en", slots) for slots in self.en)


class SamplePeople(Row, frozen=True):
    """Names and addresses for sample people; Chinese names map to their pinyin."""

    surnames: dict[str, str]
    given: dict[Generation, dict[str, str]]
    english_given: tuple[str, ...]
    english_surnames: tuple[str, ...]
    mobile_prefix: str
    email_domain: str

    def mobile(self, number: int) -> str:
        """The sample mobile number with this running number, 0 to 9999."""
        if not 0 <= number <= 9999:
            raise ValueError(f"number is {number}, wanted 0 to 9999")
        return f"{self.mobile_prefix}{number:04d}"


class SamplePlaces(Row, frozen=True):
    """Addresses that exist nowhere; {n}, {floor} and {room} are numbers."""

    town_homes: tuple[Text, ...]
    village_homes: tuple[Text, ...]
    meeting_points: dict[Literal["indoors", "outdoors"], tuple[Text, ...]]


@dataclass(frozen=True)
class Samples:
    people: SamplePeople
    places: SamplePlaces
    intros: tuple[SampleIntro, ...]
    needs: tuple[SampleNeed, ...]
    # By template.
    fillings: Mapping[str, SampleFillings]
    # Of a hundred needs, by field.
    demand: Mapping[str, int]

    def needs_per_field(self, count: int) -> dict[str, int]:
        """So many needs, shared out after the demand; what is left goes to the largest remainders."""
        shares = {field: divmod(count * percent, 100) for field, percent in self.demand.items()}
        whole = {field: share for field, (share, _) in shares.items()}
        by_remainder = sorted(shares, key=lambda field: -shares[field][1])
        for field in by_remainder[: count - sum(whole.values())]:
            whole[field] += 1
        return whole


def samples() -> Samples:
    return load_samples(seed_dir())


@lru_cache
def load_samples(folder: Path) -> Samples:
    known = load_vocabulary(folder)
    names = folder / "names"
    loaded = Samples(
        people=read_one(names / "people.toml", SamplePeople),
        places=read_one(names / "places.toml", SamplePlaces),
        intros=read_list(names / "intros.toml", "intro", SampleIntro),
        needs=read_list(names / "needs.toml", "need", SampleNeed),
        fillings=read_tables(names / "fillings.toml", SampleFillings),
        demand=read_numbers(names / "demand.toml"),
    )
    if set(loaded.demand) != set(known.fields) or sum(loaded.demand.values()) != WHOLE:
        raise SeedError("demand.toml: wanted a share for each field, 100 together")
    for n, intro in enumerate(loaded.intros, 1):
        _check_intro(intro, known, where=f"intros.toml: intro {n}")
    for n, need in enumerate(loaded.needs, 1):
        check_ask(need, known, where=f"needs.toml: need {n}")
    check_known(loaded.fillings, known.templates, what="template", where="fillings.toml")
    for id, fillings in loaded.fillings.items():
        _check_fillings(fillings, known.templates[id])
    return loaded


def _check_fillings(fillings: SampleFillings, template: NeedTemplate) -> None:
    for _, slots in fillings.each():
        if slots.keys() != template.slots.keys():
            wanted = ", ".join(template.slots)
            raise SeedError(f"fillings.toml: {template.id} has {', '.join(slots)}, wanted {wanted}")


def _check_intro(intro: SampleIntro, known: Vocabulary, *, where: str) -> None:
    check_known(intro.fields, known.fields, what="field", where=where)
    check_known(intro.skills, known.skills, what="skill", where=where)
    check_known(intro.credentials, known.credentials, what="credential", where=where)
    check_known(intro.languages, known.languages, what="language", where=where)
    for words in intro.free:
        try:
            _slots(words)
        except ValueError:
            raise SeedError(f"{where}: free holds {words!r}, wanted words like 'sat morning'") from None


def _slots(words: str) -> list[int]:
    """'weekends morning' or 'fri all' as weekday * 3 + part of the day."""
    days, part = words.split()
    weekdays = _SEVERAL_DAYS.get(days) or [WEEKDAYS.index(days)]
    parts = range(3) if part == "all" else [DAYPARTS.index(part)]
    return [weekday * len(DAYPARTS) + daypart for weekday in weekdays for daypart in parts]
