"""For programs of whoever may manage a need: who would fit, with as little about people as its desk shows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import get

from linli.accounts.rules import Scope
from linli.core.i18n import Message, in_words
from linli.core.web.api import answers, refuse_unknown
from linli.core.web.given import Caller, Id, Now, QueryText, Session
from linli.core.web.security import may, needs_scope
from linli.desks.pages.need_desk import people_for
from linli.desks.pages.need_tabs import chosen_shift
from linli.needs.models import Shift
from linli.needs.policies import may_manage_need
from linli.needs.queries import find_need
from linli.organizations.models import Organization
from linli.suggestions.queries import Answer, SuggestedPerson
from linli.suggestions.wording import GATE_SENTENCES

SUGGEST: Final = Message(
    "Who would fit a need of your organization at one time, and how many do not and why; nobody's full name."
)
CODES: Final = {sentence: code for code, sentence in GATE_SENTENCES.items()}


class Coded(msgspec.Struct):
    """A code for programs and its sentence for people."""

    code: str
    sentence: str


class Fitting(msgspec.Struct, kw_only=True):
    """Somebody who fits, as the desk shows them before a yes.

    `state` is how they stand to this time: invited, applied, or null. `is_proposed` says to ask them now.
    """

    name: str
    township: str | None
    nearness: str | None
    reasons: list[Coded]
    ask_when: str | None
    load: str
    state: str | None
    is_proposed: bool


class LeftOut(msgspec.Struct):
    """How many do not fit for a reason; fewer than five are only "a few"."""

    code: str
    sentence: str
    count: str


class Found(msgspec.Struct, kw_only=True):
    """The matcher's answer for one time."""

    people: list[Fitting]
    fitting: int
    expectation: str
    note: str | None
    excluded: list[LeftOut]
    excluded_total: str
    made_at: datetime
    matcher: str


class Suggestions(msgspec.Struct, kw_only=True):
    """Without a time in the call it is the first with a free place. While looking, ask again in a minute."""

    need_id: UUID
    time_id: UUID | None
    starts_at: datetime | None
    is_looking: bool
    found: Found | None


EXAMPLE: Final = Suggestions(
    need_id=UUID("01936b2e-4c00-7000-8000-000000000003"),
    time_id=UUID("01936b2e-4c00-7000-8000-000000000004"),
    starts_at=datetime.fromisoformat("2026-12-01T06:00:00Z"),
    is_looking=False,
    found=Found(
        people=[
            Fitting(
                name="王女士或先生",
                township="雍阳街道",
                nearness="约 2 公里",
                reasons=[Coded("near", "约 2 公里"), Coded("free_then", "周二下午有空")],
                ask_when="请问一下：会不会说当地话",
                load="近期没有邀请过",
                state="invited",
                is_proposed=False,
            )
        ],
        fitting=1,
        expectation="预计 11月24日 周二 10:00 前招满空缺名额。",
        note="已经邀请的和主动报名的人够了。请等到 11月24日 周二 10:00。",
        excluded=[LeftOut("free_then", "那时没空", "12"), LeftOut("old_enough", "年龄太小", "少数几位")],
        excluded_total="多于 12",
        made_at=datetime.fromisoformat("2026-11-23T02:00:00Z"),
        matcher="2026.11",
    ),
)


@get(
    "/needs/{need_id:uuid}/suggestions",
    opt=may(needs_scope(Scope.suggestions_read, may_manage_need)),
    summary=SUGGEST.text,
    operation_id="list_suggestions",
    responses=answers(EXAMPLE),
)
async def list_suggestions(
    session: Session, caller: Caller, now: Now, need_id: Id, time: QueryText = ""
) -> Suggestions:
    need = await find_need(session, need_id)
    coming = [each for each in need.shifts if each.starts_at > now]
    refuse_unknown(time=(time, time in {str(each.id) for each in coming}))
    chosen = chosen_shift(coming, time)
    organization = await session.get_one(Organization, need.organization_id)
    people = await people_for(session, need=need, organization=organization, shift=chosen, now=now)
    return _told(need_id, chosen, people["answer"], people["is_looking"], caller.language)


def _told(
    need_id: UUID, shift: Shift | None, answer: Answer | None, is_looking: bool, language: str
) -> Suggestions:
    return Suggestions(
        need_id=need_id,
        time_id=shift.id if shift else None,
        starts_at=shift.starts_at if shift else None,
        is_looking=is_looking,
        found=_found(answer, language) if answer else None,
    )


def _found(answer: Answer, language: str) -> Found:
    return Found(
        people=[
            *_people(answer.proposed, language, is_proposed=True),
            *_people(answer.others, language, is_proposed=False),
        ],
        fitting=answer.fitting,
        expectation=in_words(answer.expectation, language),
        note=in_words(answer.note, language) if answer.note else None,
        excluded=[
            LeftOut(CODES[sentence], in_words(sentence, language), in_words(count, language))
            for sentence, count in answer.excluded
        ],
        excluded_total=in_words(answer.excluded_total, language),
        made_at=answer.made_at,
        matcher=answer.matcher,
    )


def _people(people: Iterable[SuggestedPerson], language: str, *, is_proposed: bool) -> list[Fitting]:
    return [
        Fitting(
            name=in_words(each.name, language),
            township=in_words(each.township, language) if each.township else None,
            nearness=in_words(each.nearness, language) if each.nearness else None,
            reasons=[Coded(code, in_words(sentence, language)) for code, sentence in each.coded_reasons],
            ask_when=in_words(each.ask_when, language) if each.ask_when else None,
            load=in_words(each.load, language),
            state=each.state,
            is_proposed=is_proposed,
        )
        for each in people
    ]


handlers: Final = (list_suggestions,)
