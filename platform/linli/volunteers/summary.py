"""What a profile says, in sentences: for its overview, and beside a newer text."""

from typing import Final

from linli.core import seed
from linli.core.i18n import Message, Named, counted
from linli.volunteers.forms import Part, ProfileDraft
from linli.volunteers.rules import LEVEL_NAMES, MEANS_NAMES, free_slots

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


PART_NAMES: Final = {
    Part.fields: Message("Where I want to help"),
    Part.skills: Message("What I can do"),
    Part.week: Message("When I have time"),
    Part.place: Message("How far I come"),
    Part.languages: Message("What I speak"),
    Part.about: Message("In my own words"),
}
PART_OPENS: Final = {
    Part.fields: Message("Needs in these fields come first for you."),
    Part.skills: Message("Some needs can only be met by people with a certain skill; these then find you."),
    Part.week: Message(
        "You are asked for times when you are free. Without an answer you are asked for any time."
    ),
    Part.place: Message("What is near comes first. Without an answer we only know your community."),
    Part.languages: Message(
        "Many older people speak only their dialect, and hope for somebody who does too."
    ),
    Part.about: Message("We compare it with the words of the needs. Nobody else reads it."),
}


def summary(draft: ProfileDraft, part: Part) -> list[Message | Named | str]:
    """Each thing said in a part, as a sentence or name; empty where nothing was said."""
    match part:
        case Part.fields:
            return [field for id, field in seed.fields().items() if id in draft.fields]
        case Part.skills:
            return _skills(draft)
        case Part.week:
            return _week(draft)
        case Part.place:
            return _place(draft)
        case Part.languages:
            return [language for id, language in seed.languages().items() if id in draft.languages]
        case Part.about:
            return [draft.about] if draft.about else []


def _skills(draft: ProfileDraft) -> list[Message | Named | str]:
    known = seed.skills()
    return [
        Message("{skill} ({level})", skill=known[id], level=LEVEL_NAMES[draft.skills[id]])
        for id in known
        if id in draft.skills
    ]


def _week(draft: ProfileDraft) -> list[Message | Named | str]:
    by_day: dict[int, list[Message]] = {}
    for slot in free_slots(draft.availability):
        day, part = slot.split("-")
        by_day.setdefault(int(day), []).append(DAYPART_NAMES[part])
    said: list[Message | Named | str] = [
        Message("{day}: {dayparts}", day=DAY_NAMES[day - 1], dayparts=parts) for day, parts in by_day.items()
    ]
    if draft.weekly_cap:
        said.append(counted(draft.weekly_cap, "At most {n} time a week", "At most {n} times a week"))
    return said


def _place(draft: ProfileDraft) -> list[Message | Named | str]:
    said: list[Message | Named | str] = []
    if draft.means:
        said.append(MEANS_NAMES[draft.means])
    if draft.reach_km:
        said.append(Message("Up to {km} km", km=draft.reach_km))
    if draft.point:
        said.append(Message("With a point on the map"))
    return said
