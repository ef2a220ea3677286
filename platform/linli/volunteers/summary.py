"""What a profile says, in sentences: for its overview, and beside a newer text."""

from typing import Final

from linli.core.i18n import Message, Named
from linli.volunteers.forms import Part, ProfileDraft
from linli.volunteers.tags import tags

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
    return [sentence for tag in tags(draft, part) for sentence in tag.said]
