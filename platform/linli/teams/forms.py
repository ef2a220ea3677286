"""Reads what somebody says about a team."""

from dataclasses import dataclass
from uuid import UUID

from linli.accounts.forms import read_place
from linli.core import seed
from linli.core.forms import Form
from linli.teams.rules import LONGEST_ABOUT, LONGEST_REASON, NAME_LENGTH, TeamRole
from linli.volunteers.rules import SLOT_NAMES, SLOTS, UNKNOWN, availability_of


@dataclass(frozen=True, kw_only=True)
class TeamDraft:
    name: str
    division: str
    fields: tuple[str, ...] = ()
    availability: str = UNKNOWN * SLOTS
    about: str = ""
    parent_id: UUID | None = None


def read_team(form: Form) -> TeamDraft:
    name = form.text("name", longest=NAME_LENGTH, required=True)
    division = read_place(form)
    fields = form.some_of("fields", seed.fields())
    availability = availability_of(form.some_of("week", SLOT_NAMES))
    about = form.text("about", longest=LONGEST_ABOUT, many_lines=True)
    parent_id = form.id("parent")
    form.check()
    return TeamDraft(
        name=name,
        division=division or "",
        fields=fields,
        availability=availability,
        about=about,
        parent_id=parent_id,
    )


def read_reason(form: Form) -> str:
    reason = form.text("reason", longest=LONGEST_REASON, required=True, many_lines=True)
    form.check()
    return reason


def read_role(form: Form) -> TeamRole:
    role = form.choice("role", TeamRole, required=True)
    form.check()
    assert role is not None
    return role


def read_version(form: Form) -> int:
    """Which version the page showed; 0, which nothing ever has, where it is missing."""
    return form.whole("version", least=0, most=10**9) or 0
