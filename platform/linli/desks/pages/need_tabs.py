"""The tabs of a need at the desk: whom one could ask, and for which time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from linli.core.i18n import Message
from linli.needs.models import Need, Shift

WHO: Final = {
    "desk": Message("Volunteers"),
    "desk/teams": Message("Teams"),
    "desk/organizations": Message("Organizations"),
}


def times_to_ask_for(need: Need, now: datetime) -> list[Shift]:
    """Each coming time; the first alone where the same person comes to all, for there the question stands."""
    coming = [each for each in need.shifts if each.starts_at > now]
    return coming[:1] if need.same_person else coming


def chosen_shift(coming: Sequence[Shift], typed: str) -> Shift | None:
    """The one in the address, else the first with a free place."""
    named = next((each for each in coming if str(each.id) == typed), None)
    free = next((each for each in coming if each.places_free), None)
    return named or free or (coming[0] if coming else None)


def shift_tabs(need: Need, coming: Sequence[Shift], chosen: Shift | None, page: str) -> list[tuple[Any, ...]]:
    if len(coming) < 2:
        return []
    return [
        (
            Message(
                "{start} ({taken}/{places})",
                start=each.starts_at,
                taken=each.places_taken,
                places=each.places,
            ),
            f"/needs/{need.id}/{page}?shift={each.id}",
            each is chosen,
        )
        for each in coming
    ]


def who_tabs(need: Need, chosen: Shift | None, page: str) -> list[tuple[Any, ...]]:
    """While people are looked for; the same time on each."""
    if not need.is_running or chosen is None:
        return []
    return [(text, f"/needs/{need.id}/{path}?shift={chosen.id}", path == page) for path, text in WHO.items()]
