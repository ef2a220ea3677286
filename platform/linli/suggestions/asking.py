"""Suggested people are asked, and what counted then is kept with each question, to learn from later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import Database, insert_rows
from linli.participation import actions as participation
from linli.participation.models import Participation
from linli.suggestions.learning.answers import REMEMBERED
from linli.suggestions.models import QuestionFeatures, Suggestion, SuggestionRun
from linli.volunteers import actions as volunteers

FORGOTTEN_AT_ONCE: Final = 500


async def ask(
    session: AsyncSession,
    *,
    shift_id: UUID,
    account_ids: Sequence[UUID],
    asked_by_id: UUID | None,
    now: datetime,
    in_wave: bool = False,
) -> participation.Asked:
    """As `participation.invite`; how each suits the need is kept as it counted, whatever they say later."""
    asked = await participation.invite(
        session, shift_id=shift_id, account_ids=account_ids, asked_by_id=asked_by_id, now=now, in_wave=in_wave
    )
    await _keep_features(session, [each.id for each in asked.invited], now)
    return asked


async def forget_answers(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """What the person answered until now does not count any more, and what counted is gone."""
    await volunteers.forget_answers(session, account=account, now=now)
    own = select(Participation.id).where(Participation.account_id == account.id)
    await session.execute(delete(QuestionFeatures).where(QuestionFeatures.participation_id.in_(own)))


async def features_of_questions(
    session: AsyncSession, participation_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[str, Any]]:
    """What was kept with these questions; not all have something."""
    rows = await session.execute(
        select(QuestionFeatures.participation_id, QuestionFeatures.features).where(
            QuestionFeatures.participation_id.in_(participation_ids)
        )
    )
    return {id: features for id, features in rows}


async def forget_old_features(database: Database, now: datetime) -> int:
    """Nothing is learnt from questions this old; some at a time."""
    old = select(QuestionFeatures.participation_id).where(QuestionFeatures.kept_at < now - REMEMBERED)
    async with database.transaction() as session:
        deleted: Any = await session.execute(
            delete(QuestionFeatures).where(
                QuestionFeatures.participation_id.in_(old.limit(FORGOTTEN_AT_ONCE))
            )
        )
        return int(deleted.rowcount)


async def _keep_features(session: AsyncSession, participation_ids: Sequence[UUID], now: datetime) -> None:
    """From the suggestions that led to the questions; one query and one statement."""
    if not participation_ids:
        return
    is_theirs = and_(Suggestion.run_id == SuggestionRun.id, Suggestion.account_id == Participation.account_id)
    rows = await session.execute(
        select(Participation.id, Suggestion.features)
        .join(SuggestionRun, SuggestionRun.shift_id == Participation.shift_id)
        .join(Suggestion, is_theirs)
        .where(Participation.id.in_(participation_ids))
    )
    kept = [{"participation_id": id, "features": found, "kept_at": now} for id, found in rows if found]
    await insert_rows(session, QuestionFeatures, kept)
