"""What is said to a volunteer about the parts of a score, and about the gate that keeps them out."""

from collections.abc import Mapping
from typing import Final

from linli.core.i18n import Message
from matching import Feature, ReasonCode
from matching.informed import USUAL

NO_PLACE: Final = Message("All places at this time are taken.")
FEATURE_NAMES: Final[Mapping[str, Message]] = {
    Feature.SKILLS: Message("What you can do"),
    Feature.NEARNESS: Message("How near it is"),
    Feature.TIME: Message("When you have time"),
    Feature.FIELD: Message("Where you want to help"),
    Feature.TEXT: Message("What you wrote"),
    Feature.LANGUAGE: Message("What you speak"),
}
# The last two only where the matcher has learnt.
PART_NAMES: Final[Mapping[str, Message]] = {
    **FEATURE_NAMES,
    ReasonCode.EARLIER_ANSWERS: Message("How you answered before"),
    USUAL: Message("The same for everybody"),
}
FEATURE_OF_REASON: Final[Mapping[str, str]] = {
    ReasonCode.SKILL: Feature.SKILLS,
    ReasonCode.RELATED_SKILL: Feature.SKILLS,
    ReasonCode.NEAR: Feature.NEARNESS,
    ReasonCode.SAME_COMMUNITY: Feature.NEARNESS,
    ReasonCode.SAME_TOWNSHIP: Feature.NEARNESS,
    ReasonCode.FREE_THEN: Feature.TIME,
    ReasonCode.FIELD: Feature.FIELD,
    ReasonCode.LANGUAGE: Feature.LANGUAGE,
    ReasonCode.TEXT: Feature.TEXT,
    ReasonCode.EARLIER_ANSWERS: ReasonCode.EARLIER_ANSWERS,
}
# A block of either side is told where one asks to come, and counts here as a no (`reads.blocked_pairs`).
_REFUSALS: Final[Mapping[str, Message]] = {
    "not_taking_part": Message("You are coming already, or have offered to."),
    "not_asked": Message("You were asked already, have said no, or you and the organization are kept apart."),
    "old_enough": Message("It asks for people who are older."),
    "guardian_consent": Message("Under 18, a guardian has to agree first."),
    "credentials": Message("It asks for a paper that you have not shown, or that has expired by then."),
    "skills": Message("It cannot be done without a skill that you have not named."),
    "language": Message("It asks for a language that you have not named."),
    "within_reach": Message("It is farther away than you come."),
    "free_then": Message("You said that you have no time then."),
    "not_booked": Message("You have promised something else at this time."),
    "under_weekly_cap": Message("It would be more in that week than you want to do."),
}


def refusal(gate: str) -> Message:
    """The first gate that keeps a person out, said to them; the name is the matcher's."""
    return _REFUSALS[gate]
