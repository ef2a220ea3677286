"""What would change it: the matcher's code of one change of their own, said to a volunteer."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from linli.core import seed
from linli.core.i18n import Message
from linli.suggestions.wording import times_of
from matching import Change, ChangeCode

Params = Mapping[str, Any]


def change_for_person(change: Change) -> Message | None:
    """None where seed/ has forgotten what it speaks of, or where it cannot be asked of a person here."""
    try:
        return _SENTENCES[change.code](change.params)
    except KeyError:
        return None


def _skill(told: Params) -> Message:
    return Message("If you can do this, say so: {skill}.", skill=seed.skills()[told["skill_id"]])


def _language(told: Params) -> Message:
    return Message(
        "If you speak this language, say so: {language}.", language=seed.languages()[told["language_id"]]
    )


_SENTENCES: Final[Mapping[ChangeCode, Callable[[Params], Message]]] = {
    ChangeCode.GUARDIAN_CONSENT: lambda _: Message("Ask a guardian to agree."),
    ChangeCode.CONFIRM_CREDENTIAL: lambda told: Message(
        "If you have this paper, have it checked: {credential}.",
        credential=seed.credentials()[told["credential_id"]],
    ),
    ChangeCode.SAY_SKILL: _skill,
    ChangeCode.SAY_LANGUAGE: _language,
    ChangeCode.GO_FARTHER: lambda told: Message("If you would come {km} km far, say so.", km=told["km"]),
    ChangeCode.SAY_WHEN_FREE: lambda told: Message(
        "If you have time then, say so: {times}.", times=times_of(told)
    ),
    ChangeCode.BE_FREE_THEN: lambda told: Message(
        "If you find time then after all, say so: {times}.", times=times_of(told)
    ),
    ChangeCode.MORE_A_WEEK: lambda told: Message(
        "If you would help {cap} times in one week, say so.", cap=told["cap"]
    ),
    ChangeCode.NAME_FIELD: lambda told: Message(
        "If you like to help here, name the field: {field}.", field=seed.fields()[told["field_id"]]
    ),
}
