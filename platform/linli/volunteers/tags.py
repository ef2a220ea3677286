"""What a profile says, one thing at a time, and the same profile without one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from linli.core import seed
from linli.core.i18n import Message, Named, counted
from linli.volunteers.forms import Part, ProfileDraft
from linli.volunteers.rules import LEVEL_NAMES, MEANS_NAMES, SLOTS, UNKNOWN, free_slots

DAY_NAMES: Final = (
    Message("Mon"),
    Message("Tue"),
    Message("Wed"),
    Message("Thu"),
    Message("Fri"),
    Message("Sat"),
    Message("Sun"),
)
DAYPART_NAMES: Final = {
    "morning": Message("Morning"),
    "afternoon": Message("Afternoon"),
    "evening": Message("Evening"),
}
WEEK, CAP, MEANS, REACH, POINT, ABOUT = "week", "weekly_cap", "means", "reach_km", "point", "about"
_FORGOTTEN: Final[dict[Part, dict[str, dict[str, Any]]]] = {
    Part.week: {WEEK: {"availability": UNKNOWN * SLOTS}, CAP: {"weekly_cap": None}},
    Part.place: {
        MEANS: {"means": None},
        REACH: {"reach_km": None},
        POINT: {"longitude": None, "latitude": None},
    },
    Part.about: {ABOUT: {"about": ""}},
}


@dataclass(frozen=True)
class Tag:
    """One thing that is kept about a person because they said it; `key` names it within its part."""

    key: str
    said: tuple[Message | Named | str, ...]


def tags(draft: ProfileDraft, part: Part) -> list[Tag]:
    """Everything a part says; empty where nothing was said."""
    match part:
        case Part.fields:
            return [Tag(id, (field,)) for id, field in seed.fields().items() if id in draft.fields]
        case Part.skills:
            return _skills(draft)
        case Part.week:
            return _week(draft)
        case Part.place:
            return _place(draft)
        case Part.languages:
            known = seed.languages().items()
            return [Tag(id, (language,)) for id, language in known if id in draft.languages]
        case Part.about:
            return [Tag(ABOUT, (draft.about,))] if draft.about else []


def without(draft: ProfileDraft, part: Part, key: str) -> ProfileDraft:
    """The profile as if this had never been said; KeyError for what no profile can say."""
    match part:
        case Part.fields if key in seed.fields():
            return replace(draft, fields=_left(draft.fields, key))
        case Part.languages if key in seed.languages():
            return replace(draft, languages=_left(draft.languages, key))
        case Part.skills if key in seed.skills():
            return replace(draft, skills={id: level for id, level in draft.skills.items() if id != key})
    return replace(draft, **_FORGOTTEN.get(part, {})[key])


def _left(ids: Sequence[str], key: str) -> tuple[str, ...]:
    return tuple(id for id in ids if id != key)


def _skills(draft: ProfileDraft) -> list[Tag]:
    known = seed.skills()
    return [
        Tag(id, (Message("{skill} ({level})", skill=known[id], level=LEVEL_NAMES[draft.skills[id]]),))
        for id in known
        if id in draft.skills
    ]


def _week(draft: ProfileDraft) -> list[Tag]:
    by_day: dict[int, list[Message]] = {}
    for slot in free_slots(draft.availability):
        day, part = slot.split("-")
        by_day.setdefault(int(day), []).append(DAYPART_NAMES[part])
    said = [
        Message("{day}: {dayparts}", day=DAY_NAMES[day - 1], dayparts=parts) for day, parts in by_day.items()
    ]
    found = [Tag(WEEK, tuple(said))] if said else []
    if draft.weekly_cap:
        cap = counted(draft.weekly_cap, "At most {n} time a week", "At most {n} times a week")
        found.append(Tag(CAP, (cap,)))
    return found


def _place(draft: ProfileDraft) -> list[Tag]:
    found: list[Tag] = []
    if draft.means:
        found.append(Tag(MEANS, (MEANS_NAMES[draft.means],)))
    if draft.reach_km:
        found.append(Tag(REACH, (Message("Up to {km} km", km=draft.reach_km),)))
    if draft.point:
        found.append(Tag(POINT, (Message("With a point on the map"),)))
    return found
