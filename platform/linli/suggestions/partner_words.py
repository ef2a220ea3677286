"""Why a team or an organization could come, and why others could not, as sentences."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from linli.core import seed
from linli.core.i18n import Message, counted
from linli.suggestions import wording
from linli.suggestions.wording import A_FEW, FEWEST_COUNTED, TIERS
from matching import PartnerFeature, PartnerGate

# Of people it is "a few"; Chinese counts teams and organizations with another word.
ONLY_A_FEW: Final = Message("only a few")
GATE_SENTENCES: Final[Mapping[PartnerGate, Message]] = {
    PartnerGate.VERIFIED: Message("not verified"),
    PartnerGate.AREA: Message("work somewhere else"),
    PartnerGate.FIELD: Message("work in other fields"),
    PartnerGate.CREDENTIALS: Message("nobody free with a paper that is required"),
    PartnerGate.ENOUGH_FREE: Message("nobody free then"),
    PartnerGate.NOT_BANNED: Message("have said no, or cannot be asked"),
}
QUESTIONS: Final[Mapping[PartnerGate, Message]] = {
    PartnerGate.ENOUGH_FREE: Message("who is free then"),
    PartnerGate.FIELD: Message("whether they do this kind of work"),
    PartnerGate.AREA: Message("whether they come this far"),
}
# The same said of needs, to a team or an organization.
NEED_SENTENCES: Final[Mapping[PartnerGate, Message]] = {
    PartnerGate.AREA: Message("outside the area where you work"),
    PartnerGate.FIELD: Message("in other fields"),
    PartnerGate.CREDENTIALS: Message("nobody of you who is free holds a paper that is required"),
    PartnerGate.ENOUGH_FREE: Message("nobody of you is free then"),
    PartnerGate.NOT_BANNED: Message("you have said no"),
}
OWN_QUESTIONS: Final[Mapping[PartnerGate, Message]] = {
    PartnerGate.ENOUGH_FREE: Message("which of you is free then"),
    PartnerGate.FIELD: Message("whether you do this kind of work"),
    PartnerGate.AREA: Message("whether you come this far"),
}
FEATURE_NAMES: Final[Mapping[PartnerFeature, Message]] = {
    PartnerFeature.NEARNESS: Message("How near"),
    PartnerFeature.CAPACITY: Message("Members who are free"),
    PartnerFeature.FIELD: Message("Field of service"),
    PartnerFeature.HISTORY: Message("How often they say yes"),
    PartnerFeature.REST: Message("Not asked lately"),
    PartnerFeature.TEXT: Message("What they stand ready for"),
}
TIER_OF_DIGITS: Final = {12: TIERS["community"], 9: TIERS["township"], 6: TIERS["county"]}


def reasons(*, free: int, field_id: str | None, shared_digits: int, has_papers: bool) -> tuple[Message, ...]:
    """What speaks for them; who is free is counted, and said as "a few" where it could point at somebody."""
    found = []
    if free:
        found.append(_free(free))
    if tier := TIER_OF_DIGITS.get(shared_digits):
        found.append(tier)
    if field_id and (field := seed.fields().get(field_id)):
        found.append(Message("Works in: {field}", field=field))
    if has_papers:
        found.append(Message("Has the papers required"))
    return tuple(found)


def past(*, asked: int, accepted: int, open_requests: int) -> tuple[Message, ...]:
    """What became of asking them in the last year, and what they still have in hand."""
    found = []
    if asked:
        found.append(Message("Took on {accepted} of {asked} asked", accepted=accepted, asked=asked))
    if open_requests:
        found.append(counted(open_requests, "One open request", "{n} open requests"))
    return tuple(found)


def please_ask(unknown: Collection[PartnerGate]) -> Message | None:
    questions = [sentence for gate, sentence in QUESTIONS.items() if gate in unknown]
    return Message("Please ask: {questions}", questions=questions) if questions else None


def to_settle(unknown: Collection[PartnerGate]) -> Message | None:
    """What a team or an organization asks itself first."""
    questions = [sentence for gate, sentence in OWN_QUESTIONS.items() if gate in unknown]
    return Message("Ask first: {questions}", questions=questions) if questions else None


def counts(excluded: Mapping[str, int]) -> list[tuple[Message, Message | str]]:
    """How many cannot come, by reason in the order of the gates; small numbers are not told."""
    return _counted(excluded, GATE_SENTENCES)


def need_counts(excluded: Mapping[str, int]) -> list[tuple[Message, Message | str]]:
    """The same for needs that do not fit: a small number could point at the one member who is free."""
    return _counted(excluded, NEED_SENTENCES)


def total_excluded(excluded: Mapping[str, int]) -> Message | str:
    """All of them together, so that no small number can be worked out from the sum."""
    total = wording.total_excluded(excluded)
    return ONLY_A_FEW if total is A_FEW else total


def contributions(values: Sequence[float]) -> tuple[tuple[Message, float], ...]:
    return tuple((FEATURE_NAMES[name], value) for name, value in zip(PartnerFeature, values, strict=True))


def _counted(
    excluded: Mapping[str, int], sentences: Mapping[PartnerGate, Message]
) -> list[tuple[Message, Message | str]]:
    known = [(sentence, excluded[gate]) for gate, sentence in sentences.items() if excluded.get(gate)]
    return [(sentence, str(n) if n >= FEWEST_COUNTED else ONLY_A_FEW) for sentence, n in known]


def _free(n: int) -> Message:
    if n < FEWEST_COUNTED:
        return Message("A few members are free then")
    return Message("{n} members are free then", n=n)
