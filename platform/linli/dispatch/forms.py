"""Reads what an officer asks for and what a leader answers."""

from dataclasses import dataclass
from uuid import UUID

from linli.core.errors import Invalid
from linli.core.forms import Form, id_named
from linli.core.i18n import Message
from linli.dispatch.rules import LONGEST_NOTE, MOST_PLACES

MOST_NAMED_AT_ONCE = 50


@dataclass(frozen=True)
class AskDraft:
    shift_id: UUID
    places: int
    note: str


def read_ask(form: Form) -> AskDraft:
    """For which time, how many places, and a few words to them."""
    shift_id = form.id("shift", required=True)
    places = form.whole("places", least=1, most=MOST_PLACES, required=True)
    note = form.text("note", longest=LONGEST_NOTE, many_lines=True)
    if form.errors or shift_id is None or places is None:
        raise Invalid(form.errors)
    return AskDraft(shift_id, places, note)


def read_places(form: Form) -> int:
    """To how many places they say yes."""
    places = form.whole("places", least=1, most=MOST_PLACES, required=True)
    if form.errors or places is None:
        raise Invalid(form.errors)
    return places


def read_people(form: Form) -> list[UUID]:
    """Who is named; ids that are none are left out."""
    typed = form.typed_many("person")[:MOST_NAMED_AT_ONCE]
    chosen = [id for each in typed if (id := id_named(each))]
    if not chosen:
        raise Invalid({"person": Message("Please choose at least one person.")})
    return chosen
