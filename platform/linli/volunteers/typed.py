"""One part of a profile as its form shows it: from what is kept, or from what was typed and refused."""

from dataclasses import dataclass, field

from linli.core.forms import Form
from linli.volunteers.forms import ProfileDraft
from linli.volunteers.rules import SkillLevel, free_slots

PLAIN = ("weekly_cap", "means", "reach_km", "longitude", "latitude", "about", "agrees")
LISTS = ("fields", "languages", "week", "skills")


@dataclass(frozen=True)
class TypedPart:
    """Texts of the fields, what is chosen in each list, and the level of each chosen skill."""

    text: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)


def typed_draft(draft: ProfileDraft) -> TypedPart:
    text = {
        "weekly_cap": _said(draft.weekly_cap),
        "means": draft.means or "",
        "reach_km": _said(draft.reach_km),
        "longitude": _said(draft.longitude),
        "latitude": _said(draft.latitude),
        "about": draft.about,
        "agrees": "yes" if draft.point else "",
    }
    chosen = {
        "fields": draft.fields,
        "languages": draft.languages,
        "week": free_slots(draft.availability),
        "skills": tuple(draft.skills),
    }
    return TypedPart(text, chosen, {skill: level.value for skill, level in draft.skills.items()})


def typed_form(form: Form) -> TypedPart:
    chosen = {name: tuple(form.typed_many(name)) for name in LISTS}
    levels = {skill: form.typed.get(f"level-{skill}", SkillLevel.good.value) for skill in chosen["skills"]}
    return TypedPart({name: form.typed.get(name, "") for name in PLAIN}, chosen, levels)


def _said(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}"
