"""Reads what a volunteer says, one part of the profile at a time, and what is said about papers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from linli.core import seed
from linli.core.errors import Invalid
from linli.core.forms import Form
from linli.core.i18n import Message, counted
from linli.core.seed import Credential
from linli.volunteers.rules import (
    FARTHEST_KM,
    LONGEST_ABOUT,
    MOST_PER_WEEK,
    MOST_SKILLS,
    POINT_DECIMALS,
    SLOT_NAMES,
    SLOTS,
    UNKNOWN,
    Means,
    SkillLevel,
    availability_of,
    refuse_valid_until,
)


class Part(StrEnum):
    """The parts of a profile, in the order the page shows them."""

    fields = "fields"
    skills = "skills"
    week = "week"
    place = "place"
    languages = "languages"
    about = "about"


@dataclass(frozen=True, kw_only=True)
class ProfileDraft:
    """Everything a profile says; each part may be missing."""

    skills: Mapping[str, SkillLevel] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    availability: str = UNKNOWN * SLOTS
    weekly_cap: int | None = None
    means: Means | None = None
    reach_km: float | None = None
    longitude: float | None = None
    latitude: float | None = None
    about: str = ""

    @property
    def point(self) -> tuple[float, float] | None:
        if self.longitude is None or self.latitude is None:
            return None
        return self.longitude, self.latitude


@dataclass(frozen=True)
class StatedPaper:
    credential: Credential
    expires_on: date | None


def read_part(form: Form, part: Part, kept: ProfileDraft) -> ProfileDraft:
    """The profile with one part as it was typed; Invalid otherwise."""
    draft = replace(kept, **_READERS[part](form))
    form.check()
    return draft


def read_version(form: Form) -> int:
    """Which version the page showed; 0 stands for a profile that does not exist yet."""
    return form.whole("version", least=0, most=10**9) or 0


def _read_fields(form: Form) -> dict[str, Any]:
    return {"fields": form.some_of("fields", seed.fields())}


def _read_languages(form: Form) -> dict[str, Any]:
    return {"languages": form.some_of("languages", seed.languages())}


def _read_skills(form: Form) -> dict[str, Any]:
    known = {skill.id for skill in seed.skills().values() if not skill.is_group}
    chosen = form.some_of("skills", known, most=MOST_SKILLS)
    levels = {skill: form.choice(f"level-{skill}", SkillLevel) or SkillLevel.good for skill in chosen}
    if any(name.startswith("level-") for name in form.errors):
        form.refuse("skills", Message("Please choose one of the levels."))
    return {"skills": levels}


def _read_week(form: Form) -> dict[str, Any]:
    return {
        "availability": availability_of(form.some_of("week", SLOT_NAMES)),
        "weekly_cap": form.whole("weekly_cap", least=1, most=MOST_PER_WEEK),
    }


def _read_place(form: Form) -> dict[str, Any]:
    longitude = form.decimal("longitude", least=-180, most=180)
    latitude = form.decimal("latitude", least=-90, most=90)
    if (longitude is None) != (latitude is None) and not form.errors:
        form.refuse(
            "latitude" if latitude is None else "longitude",
            Message("A point needs both numbers. Leave both empty to give none."),
        )
    if longitude is not None and not form.flag("agrees"):
        form.refuse("agrees", Message("Please tick this box, or leave the point empty."))
    return {
        "means": form.choice("means", Means),
        "reach_km": _read_reach(form),
        "longitude": _coarse(longitude),
        "latitude": _coarse(latitude),
    }


def _read_reach(form: Form) -> float | None:
    reach_km = form.decimal("reach_km", least=0, most=FARTHEST_KM)
    if reach_km == 0:
        form.refuse("reach_km", Message("Please give more than 0 km, or leave this empty."))
    return reach_km


def _coarse(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, POINT_DECIMALS)


def _read_about(form: Form) -> dict[str, Any]:
    return {"about": form.text("about", longest=LONGEST_ABOUT, many_lines=True)}


_READERS: Final[Mapping[Part, Callable[[Form], dict[str, Any]]]] = {
    Part.fields: _read_fields,
    Part.skills: _read_skills,
    Part.week: _read_week,
    Part.place: _read_place,
    Part.languages: _read_languages,
    Part.about: _read_about,
}


def read_stated_paper(form: Form, *, today: date) -> StatedPaper:
    """Which paper somebody says they hold, and until when."""
    credential = seed.credentials().get(form.one_of("credential", seed.credentials(), required=True) or "")
    expires_on = form.day("expires_on")
    if expires_on and expires_on < today:
        form.refuse("expires_on", Message("This paper has expired. State it again once it is renewed."))
    if credential is None or form.errors:
        raise Invalid(form.errors)
    return StatedPaper(credential, expires_on)


def read_valid_until(form: Form, *, credential: Credential, today: date) -> date | None:
    """The last valid day on a paper that somebody has just seen."""
    until = form.day("valid_until")
    refusal = refuse_valid_until(until, today=today, valid_months=credential.valid_months)
    if refusal and not form.errors:
        form.refuse("valid_until", refusal)
    form.check()
    return until


def typical_validity(credential: Credential) -> Message | None:
    """How long a paper is usually valid, for the hint at the date."""
    months = credential.valid_months
    if months is None:
        return None
    if months % 12 == 0:
        return counted(months // 12, "Usually valid for {n} year.", "Usually valid for {n} years.")
    return counted(months, "Usually valid for {n} month.", "Usually valid for {n} months.")
