"""What suggestions know of a person from what happened so far, in numbers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations.models import Block
from linli.conversations.rules import Side
from linli.needs.models import Shift
from linli.participation.models import Participation
from linli.participation.rules import SAID_NO, TAKES_A_PLACE
from linli.suggestions import reads
from linli.suggestions.models import QuestionFeatures, Suggestion, SuggestionRun


@dataclass(frozen=True, kw_only=True)
class History:
    """`asked` counts invitations that were answered or ran out, as the matcher does; `fits` coming needs.

    `kept` counts questions with which it is kept how well the need suited then.
    """

    asked: int
    said_yes: int
    promised: int
    said_no_to: int
    blocked: int
    fits: int
    kept: int


async def history_of(session: AsyncSession, *, account_id: UUID, now: datetime) -> History:
    """Two queries, however much has happened."""
    answers = await reads.answers(session, reads.among([account_id]))
    asked, said_yes = answers.get(account_id, (0, 0))
    counts = select(
        _promised(account_id, now).scalar_subquery(),
        _said_no_to(account_id).scalar_subquery(),
        _blocked(account_id).scalar_subquery(),
        _fits(account_id, now).scalar_subquery(),
        _kept(account_id).scalar_subquery(),
    )
    promised, said_no_to, blocked, fits, kept = (await session.execute(counts)).one()
    return History(
        asked=asked,
        said_yes=said_yes,
        promised=promised,
        said_no_to=said_no_to,
        blocked=blocked,
        fits=fits,
        kept=kept,
    )


def _promised(account_id: UUID, now: datetime) -> Select[tuple[int]]:
    """Places still to come: nobody is asked for two things at once."""
    return (
        select(func.count())
        .select_from(Participation)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(Participation.account_id == account_id, Participation.state.in_(TAKES_A_PLACE))
        .where(Shift.ends_at > now)
    )


def _said_no_to(account_id: UUID) -> Select[tuple[int]]:
    return select(func.count(Participation.need_id.distinct())).where(
        Participation.account_id == account_id, Participation.state.in_(SAID_NO)
    )


def _blocked(account_id: UUID) -> Select[tuple[int]]:
    """By the person; whom an organization has blocked is told where they meet."""
    return select(func.count()).where(
        Block.account_id == account_id, Block.side == Side.volunteer, Block.ended_at.is_(None)
    )


def _fits(account_id: UUID, now: datetime) -> Select[tuple[int]]:
    return (
        select(func.count(SuggestionRun.need_id.distinct()))
        .select_from(Suggestion)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .join(Shift, Shift.id == SuggestionRun.shift_id)
        .where(Suggestion.account_id == account_id, Shift.starts_at > now)
    )


def _kept(account_id: UUID) -> Select[tuple[int]]:
    return (
        select(func.count())
        .select_from(QuestionFeatures)
        .join(Participation, Participation.id == QuestionFeatures.participation_id)
        .where(Participation.account_id == account_id)
    )
