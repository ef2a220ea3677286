"""The matcher's codes as sentences: for the officer about a person, for a volunteer about a need."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from linli.core import seed
from linli.core.i18n import Message, Named, counted
from linli.volunteers.asking.rules import Load
from linli.volunteers.rules import SkillLevel
from linli.volunteers.tags import DAY_NAMES

A_FEW: Final = Message("a few")
# Below this a count could point at somebody (security 4).
FEWEST_COUNTED: Final = 5
LEVEL_OF_NUMBER: Final = {1: SkillLevel.some, 2: SkillLevel.good, 3: SkillLevel.professional}

FEATURE_NAMES: Final[Mapping[str, Message]] = {
    "skills": Message("Skills"),
    "nearness": Message("How near"),
    "time": Message("Free time"),
    "field": Message("Field of service"),
    "text": Message("In their own words"),
    "language": Message("Language"),
}
# Only where the matcher has learnt; the parts then add up to the log-odds of a yes.
LEARNT_NAMES: Final[Mapping[str, Message]] = {
    **FEATURE_NAMES,
    "earlier_answers": Message("What they answered before"),
    "usual": Message("The same for everybody"),
}
GATE_SENTENCES: Final[Mapping[str, Message]] = {
    "opted_in": Message("not asked to be proposed"),
    "not_barred": Message("blocked"),
    "not_taking_part": Message("already coming, or waiting for your decision"),
    "not_asked": Message("already asked, or have said no"),
    "old_enough": Message("too young"),
    "guardian_consent": Message("under 18, without a guardian's consent"),
    "credentials": Message("without a paper that is required"),
    "skills": Message("without a skill that is required"),
    "language": Message("do not speak the language"),
    "within_reach": Message("too far"),
    "free_then": Message("not free then"),
    "not_booked": Message("have promised something else then"),
    "under_weekly_cap": Message("have done enough that week"),
}
GATE_NAMES: Final[Mapping[str, Message]] = {
    "within_reach": Message("within reach"),
    "free_then": Message("free then"),
    "not_booked": Message("not promised elsewhere"),
    "under_weekly_cap": Message("not too much in one week"),
}
QUESTIONS: Final[Mapping[str, Message]] = {
    "free_then": Message("when they are free"),
    "within_reach": Message("whether they can come this far"),
    "language": Message("whether they speak the language"),
}
DAYPARTS: Final = (Message("{day} mornings"), Message("{day} afternoons"), Message("{day} evenings"))
TIERS: Final[Mapping[str, Message]] = {
    "community": Message("Same community"),
    "township": Message("Same township"),
    "county": Message("Same county"),
    "prefecture": Message("Same prefecture"),
    "province": Message("Same province"),
}

Params = Mapping[str, Any]
Wording = Callable[[Params], Message]


def reasons_about_person(reasons: Iterable[Params]) -> tuple[Message, ...]:
    """For the officer; a reason that speaks of something seed/ has forgotten is left out."""
    return tuple(sentence for _, sentence in coded_reasons(reasons))


def coded_reasons(reasons: Iterable[Params]) -> tuple[tuple[str, Message], ...]:
    """The same with the matcher's code of each."""
    return tuple(_worded(reasons, _ABOUT_PERSON))


def reasons_for_person(reasons: Iterable[Params]) -> tuple[Message, ...]:
    """The same, said to the volunteer."""
    return tuple(sentence for _, sentence in coded_for_person(reasons))


def coded_for_person(reasons: Iterable[Params]) -> tuple[tuple[str, Message], ...]:
    """The same with the matcher's code of each."""
    return tuple(_worded(reasons, _FOR_PERSON))


def nearness(where: Params) -> Message | None:
    """Whole kilometres, or the lowest division that is shared; None where neither is known."""
    if "km" in where:
        return _distance(where)
    return TIERS.get(where.get("tier", ""))


def contributions(parts: Mapping[str, float]) -> tuple[tuple[Message, float], ...]:
    """What an order is made of, in words."""
    names = LEARNT_NAMES if "usual" in parts else FEATURE_NAMES
    return tuple((sentence, parts.get(name, 0.0)) for name, sentence in names.items())


def please_ask(unknown: Collection[str]) -> Message | None:
    """What nobody knows about a person who would otherwise fit."""
    questions = [sentence for gate, sentence in QUESTIONS.items() if gate in unknown]
    return Message("Please ask: {questions}", questions=questions) if questions else None


def counts(excluded: Mapping[str, int]) -> list[tuple[Message, Message | str]]:
    """Who does not fit, by reason in the order of the gates; small numbers are not told."""
    known = [(gate, excluded[gate]) for gate in GATE_SENTENCES if excluded.get(gate)]
    return [(GATE_SENTENCES[gate], _told(count)) for gate, count in known]


def total_excluded(excluded: Mapping[str, int]) -> Message | str:
    """All of them together, so that no small number can be worked out from the sum."""
    small = [count for count in excluded.values() if 0 < count < FEWEST_COUNTED]
    told = sum(excluded.values()) - sum(small)
    if not small:
        return str(told)
    return Message("more than {n}", n=told) if told else A_FEW


def load(load: Load, *, is_left_alone: bool) -> Message:
    """How often somebody was asked lately, and whether waves leave them alone for now."""
    often = _how_often(load)
    return Message("{often}; left alone for now", often=often) if is_left_alone else often


def _how_often(load: Load) -> Message:
    if load.today:
        return Message("Asked today")
    if load.this_week:
        return counted(load.this_week, "Asked once this week", "Asked {n} times this week")
    if load.this_month:
        return counted(load.this_month, "Asked once in 30 days", "Asked {n} times in 30 days")
    return Message("Not asked lately")


def gates_not_applied(gates: Iterable[str]) -> list[Message]:
    return [GATE_NAMES[gate] for gate in gates if gate in GATE_NAMES]


def _told(count: int) -> Message | str:
    return str(count) if count >= FEWEST_COUNTED else A_FEW


def _worded(reasons: Iterable[Params], wordings: Mapping[str, Wording]) -> list[tuple[str, Message]]:
    sentences = []
    for reason in reasons:
        try:
            sentences.append((reason["code"], wordings[reason["code"]](reason)))
        except KeyError:
            continue
    return sentences


def _skill(reason: Params) -> Message:
    skill = seed.skills()[reason["skill_id"]]
    if reason["covered"] > 1:
        return _several(reason, skill)
    level = LEVEL_OF_NUMBER[reason["level"]]
    return _SKILL_SENTENCES[level].given(skill=skill)


def _several(reason: Params, skill: Named) -> Message:
    return Message(
        "{covered} of {asked} skills, among them {skill}",
        covered=reason["covered"],
        asked=reason["asked"],
        skill=skill,
    )


def _own_skill(reason: Params) -> Message:
    skill = seed.skills()[reason["skill_id"]]
    return _several(reason, skill) if reason["covered"] > 1 else Message("You can: {skill}", skill=skill)


def _related_skill(reason: Params) -> Message:
    skills = seed.skills()
    return Message(
        "{skill}, close to {asked}", skill=skills[reason["skill_id"]], asked=skills[reason["asked_skill_id"]]
    )


def _distance(where: Params) -> Message:
    km = where["km"]
    return Message("About {km} km away", km=km) if km else Message("Less than 1 km away")


def _free(reason: Params) -> Message:
    return Message("Free {times}", times=times_of(reason))


def _you_are_free(reason: Params) -> Message:
    return Message("You are free {times}", times=times_of(reason))


def times_of(reason: Params) -> list[Message]:
    """The parts of the week that a reason or a change names."""
    cells = (divmod(cell, len(DAYPARTS)) for cell in reason["cells"])
    return [DAYPARTS[part].given(day=DAY_NAMES[day]) for day, part in cells]


def _topics(reason: Params) -> Message:
    """What both texts speak of, in the words of seed/; without one only that they are alike."""
    topics = [topic for topic in reason.get("topics", ()) if isinstance(topic, Named)]
    return Message("You write about {topics}", topics=topics) if topics else Message("Fits what you wrote")


_SKILL_SENTENCES: Final = {
    SkillLevel.some: Message("{skill}: has tried it"),
    SkillLevel.good: Message("{skill}: good at it"),
    SkillLevel.professional: Message("{skill}: by profession"),
}
_ABOUT_PERSON: Final[Mapping[str, Wording]] = {
    "skill": _skill,
    "related_skill": _related_skill,
    "near": _distance,
    "same_community": lambda _: TIERS["community"],
    "same_township": lambda _: TIERS["township"],
    "free_then": _free,
    "field": lambda reason: Message("Likes to help: {field}", field=seed.fields()[reason["field_id"]]),
    "language": lambda reason: Message("Speaks {language}", language=seed.languages()[reason["language_id"]]),
    "text": lambda _: Message("What they say of themselves fits"),
    "earlier_answers": lambda _: Message("Has gladly said yes before"),
}
_FOR_PERSON: Final[Mapping[str, Wording]] = {
    **_ABOUT_PERSON,
    "skill": _own_skill,
    "same_community": lambda _: Message("In your community"),
    "same_township": lambda _: Message("In your township"),
    "free_then": _you_are_free,
    "field": lambda reason: Message("Your field: {field}", field=seed.fields()[reason["field_id"]]),
    "language": lambda reason: Message(
        "You speak {language}", language=seed.languages()[reason["language_id"]]
    ),
    "text": _topics,
    "earlier_answers": lambda _: Message("Like what you said yes to"),
}
