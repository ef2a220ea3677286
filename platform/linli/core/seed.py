"""The bilingual vocabulary of seed/: fields, skills, credentials, languages and need templates.

Read once, checked whole, handed out frozen. What the demo town is made of is in seed_samples.
"""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from msgspec import Meta

from linli.core.seed_files import (
    Named,
    Row,
    SeedError,
    Text,
    Words,
    check_known,
    read_by_id,
    read_folder,
    seed_dir,
)

Priority = Literal["urgent", "soon", "normal"]
Setting = Literal["home", "indoors", "outdoors", "online"]
Joining = Literal["at_once", "asked"]
LanguageKind = Literal["common", "dialect", "minority", "sign", "foreign"]
Checker = Literal["officer", "social_worker", "bureau_staff"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Part = Literal["title", "description", "risks"]
Positive = Annotated[int, Meta(gt=0)]

WEEKDAYS: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# The field of a need that belongs to none of the eleven; nobody offers help in it, and no template is of it.
OTHER = "other"

_OPEN_SLOT = re.compile("〔([^〔〕]*)〕")


class FieldCredentials(Row, frozen=True):
    """Ids of credentials: always required, required in somebody's home, often useful."""

    required: tuple[str, ...] = ()
    home_visit: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()


class Field(Named, frozen=True):
    """A field of service, with what every need of it must keep to."""

    icon: str
    about: Text
    care: Text
    words: Words
    priority: Priority
    minimum_age_years: Positive
    credentials: FieldCredentials
    two_adults: bool = False
    guardian_consent: bool = False
    risk_kinds: tuple[str, ...] = ()
    shown_publicly: bool = True

    def terms(self, language: str) -> tuple[str, ...]:
        return (self.name(language), *self.words.in_language(language))

    def credentials_for(self, setting: Setting) -> tuple[str, ...]:
        """Ids of the credentials without which nobody takes a place in this setting."""
        at_home = self.credentials.home_visit if setting == "home" else ()
        return tuple(dict.fromkeys((*self.credentials.required, *at_home)))


class Skill(Named, frozen=True):
    """A skill, or, without a parent, a group of skills."""

    also: Words
    fields: tuple[str, ...]
    parent: str | None = None
    credentials: tuple[str, ...] = ()

    @property
    def is_group(self) -> bool:
        return self.parent is None

    def terms(self, language: str) -> tuple[str, ...]:
        return (self.name(language), *self.also.in_language(language))


class Credential(Named, frozen=True):
    """A paper that opens a need, once somebody has checked it."""

    about: Text
    how: Text
    checked_by: tuple[Checker, ...]
    valid_months: Positive | None = None
    licence: bool = False


class RiskKind(Named, frozen=True):
    """Work in which somebody may be hurt: it takes an accident insurance first (志愿服务条例, art. 17)."""

    about: Text


class Language(Named, frozen=True):
    """A language or dialect that people speak; `code` is ISO 639-3."""

    also: Words
    code: str
    kind: LanguageKind

    def terms(self, language: str) -> tuple[str, ...]:
        return (self.name(language), *self.also.in_language(language))


class AskedSkills(Row, frozen=True):
    """Ids of skills: those that make somebody fit better, those without which nobody is asked."""

    wanted: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


class Ask(Row, frozen=True, kw_only=True):
    """Who should come, when and how: what a template and a sample need have in common."""

    field: str
    setting: Setting
    joining: Joining
    priority: Priority
    minimum_age_years: Positive
    places: Positive
    starts: time
    minutes: Positive
    days: tuple[Weekday, ...]
    shifts: Positive = 1
    skills: AskedSkills
    credentials: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    risk_kinds: tuple[str, ...] = ()

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The days as numbers, Monday is 0."""
        return tuple(WEEKDAYS.index(day) for day in self.days)


class Slot(Row, frozen=True):
    """A gap in a template's text that the officer fills."""

    label: Text
    example: Text


class Hints(Row, frozen=True):
    """What to write here, for each part of the form."""

    title: Text
    description: Text
    risks: Text
    place: Text
    shifts: Text
    places: Text
    requirements: Text
    contact: Text


class NeedTemplate(Ask, frozen=True, kw_only=True):
    """A ready-made need: texts with slots, sensible defaults, hints for the officer."""

    id: str
    zh: str
    en: str
    title: Text
    description: Text
    risks: Text
    slots: dict[str, Slot]
    hints: Hints
    same_person: bool = False

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def text(self, part: Part, language: str, **filled: str) -> str:
        """The part with its slots filled; a slot left out shows as 〔its label〕."""
        labels = {name: f"〔{slot.label.in_language(language)}〕" for name, slot in self.slots.items()}
        return _capitalized(self._part(part).in_language(language).strip().format_map(labels | filled))

    def example(self, part: Part, language: str) -> str:
        """The part as it reads with the example of every slot."""
        examples = {name: slot.example.in_language(language) for name, slot in self.slots.items()}
        return self.text(part, language, **examples)

    def _part(self, part: Part) -> Text:
        return {"title": self.title, "description": self.description, "risks": self.risks}[part]


@dataclass(frozen=True)
class Vocabulary:
    """The taxonomies and templates, each by id and in the order of its file."""

    fields: Mapping[str, Field]
    other: Field
    skills: Mapping[str, Skill]
    credentials: Mapping[str, Credential]
    languages: Mapping[str, Language]
    risk_kinds: Mapping[str, RiskKind]
    templates: Mapping[str, NeedTemplate]


def fields() -> Mapping[str, Field]:
    return vocabulary().fields


def need_fields() -> Mapping[str, Field]:
    """What a need may name: the fields of service, and last the one for what belongs to none."""
    known = vocabulary()
    return {**known.fields, known.other.id: known.other}


def skills() -> Mapping[str, Skill]:
    """Skills and their groups by id; a group stands before its skills."""
    return vocabulary().skills


def skill_groups() -> Mapping[str, tuple[Skill, ...]]:
    """The skills of each group, by the group's id."""
    every = skills().values()
    return {group.id: tuple(s for s in every if s.parent == group.id) for group in every if group.is_group}


def credentials() -> Mapping[str, Credential]:
    return vocabulary().credentials


def languages() -> Mapping[str, Language]:
    return vocabulary().languages


def risk_kinds() -> Mapping[str, RiskKind]:
    return vocabulary().risk_kinds


def templates() -> Mapping[str, NeedTemplate]:
    return vocabulary().templates


def templates_by_field() -> Mapping[Field, tuple[NeedTemplate, ...]]:
    """The templates of each field, in the order of the fields."""
    every = templates().values()
    return {field: tuple(t for t in every if t.field == field.id) for field in fields().values()}


def vocabulary() -> Vocabulary:
    return load_vocabulary(seed_dir())


def open_slots(text: str) -> tuple[str, ...]:
    """The labels of the slots that nobody has filled yet in a text made from a template."""
    return tuple(_OPEN_SLOT.findall(text))


@lru_cache
def load_vocabulary(folder: Path) -> Vocabulary:
    fields = dict(read_by_id(folder / "fields.toml", Field))
    if OTHER not in fields:
        raise SeedError(f"fields.toml: {OTHER} is missing")
    other = fields.pop(OTHER)
    loaded = Vocabulary(
        fields=MappingProxyType(fields),
        other=other,
        skills=read_by_id(folder / "skills.toml", Skill),
        credentials=read_by_id(folder / "credentials.toml", Credential),
        languages=read_by_id(folder / "languages.toml", Language),
        risk_kinds=read_by_id(folder / "risk_kinds.toml", RiskKind),
        templates=read_folder(folder / "templates", NeedTemplate),
    )
    for field in (*loaded.fields.values(), loaded.other):
        _check_field(field, loaded)
    for skill in loaded.skills.values():
        _check_skill(skill, loaded)
    for template in loaded.templates.values():
        _check_template(template, loaded)
    return loaded


def check_ask(ask: Ask, known: Vocabulary, *, where: str) -> None:
    """Raise SeedError when the ask names something unknown or is laxer than its field allows."""
    check_known([ask.field], known.fields, what="field", where=where)
    check_known((*ask.skills.wanted, *ask.skills.required), known.skills, what="skill", where=where)
    check_known(ask.credentials, known.credentials, what="credential", where=where)
    check_known(ask.languages, known.languages, what="language", where=where)
    check_known(ask.risk_kinds, known.risk_kinds, what="risk kind", where=where)
    field = known.fields[ask.field]
    if ask.minimum_age_years < field.minimum_age_years:
        ages = f"{ask.minimum_age_years}, wanted {field.minimum_age_years} or more"
        raise SeedError(f"{where}: minimum_age_years is {ages}")
    if missing := set(field.credentials_for(ask.setting)) - set(ask.credentials):
        raise SeedError(f"{where}: credentials lack {', '.join(sorted(missing))}, as {field.id} requires")
    if missing := set(field.risk_kinds) - set(ask.risk_kinds):
        raise SeedError(f"{where}: risk_kinds lack {', '.join(sorted(missing))}, as {field.id} requires")
    if field.two_adults and ask.places < 2:
        raise SeedError(f"{where}: places is {ask.places}, wanted 2 or more for two adults")


def _check_field(field: Field, known: Vocabulary) -> None:
    wanted = field.credentials
    ids = (*wanted.required, *wanted.home_visit, *wanted.usual)
    check_known(ids, known.credentials, what="credential", where=f"fields.toml: {field.id}")
    check_known(field.risk_kinds, known.risk_kinds, what="risk kind", where=f"fields.toml: {field.id}")


def _check_skill(skill: Skill, known: Vocabulary) -> None:
    where = f"skills.toml: {skill.id}"
    check_known(skill.fields, known.fields, what="field", where=where)
    check_known(skill.credentials, known.credentials, what="credential", where=where)
    if skill.parent is not None:
        check_known([skill.parent], known.skills, what="parent", where=where)
        if not known.skills[skill.parent].is_group:
            raise SeedError(f"{where}: parent {skill.parent!r} is itself in a group")


def _check_template(template: NeedTemplate, known: Vocabulary) -> None:
    where = f"templates/{template.id}.toml"
    check_ask(template, known, where=where)
    for text in (template.title, template.description, template.risks):
        for language in ("zh", "en"):
            check_known(_slot_names(text.in_language(language)), template.slots, what="slot", where=where)


def _slot_names(text: str) -> Iterator[str]:
    return (name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _capitalized(text: str) -> str:
    """A slot may open a line, and in English its words begin small."""
    return "\n".join(line[:1].upper() + line[1:] for line in text.split("\n"))
