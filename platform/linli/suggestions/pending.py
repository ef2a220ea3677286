"""Who was asked or has offered and waits for an answer, and how likely each is to come."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.models import Shift
from linli.participation.models import Participation
from linli.participation.rules import UNANSWERED, State
from linli.suggestions import reads
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.suggestions.ranking import likely_of
from linli.volunteers.asking.rules import A_DAY
from matching import still_says_yes

# Who has offered to come has said yes already, and seldom thinks better of it.
APPLICANT_COMES: Final = 0.95


@dataclass(frozen=True)
class Waiting:
    need_id: UUID
    shift_id: UUID
    comes: float


async def waiting_for(
    session: AsyncSession, which: ColumnElement[bool], *, fading_at: datetime | None = None
) -> list[Waiting]:
    """In two queries, however many there are. The longer a question is open the less it counts, if wished.

    Of whoever stands on the list of suggestions the chance is that of the version that serves; the list is
    made anew whenever another does. Of others it comes from their own answers.
    """
    rows = (await session.execute(_waiting(which))).all()
    others = {row.account_id for row in rows if row.state is State.invited and row.likely is None}
    own = likely_of(await reads.answers(session, reads.among(others)), list(others)) if others else {}

    def comes(row: Any) -> float:
        if row.state is State.applied:
            return APPLICANT_COMES
        likely = own[row.account_id] if row.likely is None else row.likely
        return still_says_yes(likely, _days(row.reaches_at, fading_at))

    return [Waiting(row.need_id, row.shift_id, comes(row)) for row in rows]


async def waiting_by_shift(
    session: AsyncSession, shift_ids: list[UUID], *, fading_at: datetime | None = None
) -> Mapping[UUID, list[float]]:
    found: defaultdict[UUID, list[float]] = defaultdict(list)
    for each in await waiting_for(session, Participation.shift_id.in_(shift_ids), fading_at=fading_at):
        found[each.shift_id].append(each.comes)
    return found


def _waiting(which: ColumnElement[bool]) -> Select[Any]:
    suggested = and_(Suggestion.run_id == SuggestionRun.id, Suggestion.account_id == Participation.account_id)
    return (
        select(
            Participation.need_id,
            Participation.shift_id,
            Participation.account_id,
            Participation.state,
            Participation.reaches_at,
            Suggestion.likely,
        )
        .join(Shift, Shift.id == Participation.shift_id)
        .outerjoin(SuggestionRun, SuggestionRun.shift_id == Participation.shift_id)
        .outerjoin(Suggestion, suggested)
        .where(which, Participation.state.in_(UNANSWERED))
        .order_by(Participation.id)
    )


def _days(reached_at: datetime | None, now: datetime | None) -> float:
    if reached_at is None or now is None:
        return 0.0
    return max(0.0, (now - reached_at) / A_DAY)
