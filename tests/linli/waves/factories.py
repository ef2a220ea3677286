"""A need with helpers around it whom the matcher has found, and an asking that has begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import Database
from linli.core.jobs import run_until_idle
from linli.needs.models import Need, Shift
from linli.organizations.models import Organization
from linli.participation import actions as participation
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.queries import answer_for_shift
from linli.waves import actions
from linli.waves.jobs import JOBS
from linli.waves.models import Asking, Wave, WaveQuestion
from tests.factories import make_member, make_need, make_organization
from tests.linli.suggestions.factories import make_helper

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Square:
    """A committee with its officer, a need, and people who fit it."""

    organization: Organization
    officer: Account
    need: Need
    people: Sequence[Account]

    @property
    def shift(self) -> Shift:
        return self.need.shifts[0]


async def make_square(
    session: AsyncSession,
    now: datetime,
    *,
    helpers: int = 30,
    places: int = 2,
    ahead: timedelta = 9 * DAY,
    **values: Any,
) -> Square:
    organization = await make_organization(session)
    officer = await make_member(session, organization)
    need = await make_need(session, organization=organization, places=places, starts_at=now + ahead, **values)
    people = [await make_helper(session) for _ in range(helpers)]
    await refresh_need(session, need_id=need.id, now=now)
    return Square(organization, officer, need, people)


async def proposed(session: AsyncSession, square: Square, now: datetime) -> list[UUID]:
    """Whom the page ticks."""
    left = actions.first_left(square.shift, now=now)
    answer = await answer_for_shift(session, need=square.need, shift=square.shift, now=now, left=left)
    assert answer is not None
    return [each.account_id for each in answer.proposed]


async def begin(
    session: AsyncSession,
    square: Square,
    now: datetime,
    chosen: Sequence[UUID] | None = None,
    proposed_ids: Sequence[UUID] = (),
) -> Asking:
    asking = await actions.begin(
        session,
        need_id=square.need.id,
        shift_id=square.shift.id,
        account_ids=chosen or await proposed(session, square, now),
        proposed_ids=proposed_ids,
        officer_id=square.officer.id,
        now=now,
    )
    await session.commit()
    return asking


async def pass_time(database: Database, session: AsyncSession, asking: Asking, now: datetime) -> Asking:
    """What the job does at this moment, and the asking as it stands then."""
    await session.commit()
    await run_until_idle(database, JOBS, now=now)
    await session.refresh(asking)
    return asking


async def questions(session: AsyncSession, asking: Asking, wave: int | None = None) -> list[Participation]:
    query = (
        select(Participation)
        .join(WaveQuestion, WaveQuestion.participation_id == Participation.id)
        .join(Wave, Wave.id == WaveQuestion.wave_id)
        .where(Wave.asking_id == asking.id)
        .order_by(Participation.id)
        .execution_options(populate_existing=True)
    )
    if wave is not None:
        query = query.where(Wave.number == wave)
    return list(await session.scalars(query))


async def waves(session: AsyncSession, asking: Asking) -> int:
    return await session.scalar(select(func.count()).where(Wave.asking_id == asking.id)) or 0


async def answer(session: AsyncSession, asked: Sequence[Participation], state: State, now: datetime) -> None:
    """Each says yes or no."""
    say = participation.accept if state is State.confirmed else participation.decline
    for each in asked:
        await say(session, participation=each, account_id=each.account_id, now=now)
    await session.commit()
