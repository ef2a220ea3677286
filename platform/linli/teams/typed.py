"""A team as its form shows it: from what is kept, or from what was typed and refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from linli.core.forms import Form
from linli.divisions.names import path as path_of
from linli.divisions.queries import with_code
from linli.teams.models import Team
from linli.volunteers.rules import free_slots

PLAIN = ("name", "about", "parent", "community", "division", "division_of", "version")


@dataclass(frozen=True)
class TypedTeam:
    text: dict[str, str] = field(default_factory=dict)
    fields: Sequence[str] = ()
    week: Sequence[str] = ()


def typed_new(division: str, language: str) -> TypedTeam:
    return TypedTeam(typed_place(division, language))


def typed_team(team: Team, fields: Sequence[str], language: str) -> TypedTeam:
    text = {
        "name": team.name,
        "about": team.about,
        "parent": str(team.parent_id or ""),
        "version": str(team.version),
    }
    return TypedTeam(text | typed_place(team.division, language), fields, free_slots(team.availability))


def typed_form(form: Form) -> TypedTeam:
    text = {name: form.typed.get(name, "") for name in PLAIN}
    return TypedTeam(text, form.typed_many("fields"), form.typed_many("week"))


def typed_place(code: str, language: str) -> dict[str, str]:
    place = with_code(code)
    shown = path_of(place, language) if place else ""
    return {"community": shown, "division_of": shown, "division": code if place else ""}
