"""Who was asked and waits: the chance is that of the version that serves, else from their own answers."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from linli.suggestions.models import Suggestion
from linli.suggestions.pending import APPLICANT_COMES, waiting_by_shift
from tests.factories import make_account, make_need, make_participation
from tests.linli.suggestions.factories import make_helper
from tests.linli.suggestions.versions import make_version

DAY = timedelta(days=1)


async def test_whoever_is_on_the_list_waits_with_the_chance_of_the_version_that_serves(
    session: AsyncSession, now: datetime
) -> None:
    need = await make_need(session, starts_at=now + 9 * DAY)
    listed, stranger, applicant = await make_helper(session), *[await make_account(session) for _ in range(2)]
    await make_version(session, now)
    await refresh_need(session, need_id=need.id, now=now)
    likely = await session.scalar(select(Suggestion.likely))
    assert likely is not None
    assert abs(likely - 0.35) > 0.01
    [shift] = need.shifts
    for person in (listed, stranger):
        await make_participation(session, shift, person, State.invited, asked_at=now)
    await make_participation(session, shift, applicant, State.applied)
    found = await waiting_by_shift(session, [shift.id])
    assert found[shift.id] == pytest.approx([likely, 0.35, APPLICANT_COMES])
    faded = await waiting_by_shift(session, [shift.id], fading_at=now + DAY)
    assert faded[shift.id] == pytest.approx([0.45 * likely, 0.45 * 0.35, APPLICANT_COMES])


@pytest.mark.parametrize("needs", [1, 6])
async def test_two_queries_however_many_wait(
    session: AsyncSession, now: datetime, statements: list[str], needs: int
) -> None:
    shifts = [(await make_need(session)).shifts[0] for _ in range(needs)]
    for shift in shifts:
        await make_participation(session, shift, await make_account(session), State.invited, asked_at=now)
    statements.clear()
    found = await waiting_by_shift(session, [each.id for each in shifts])
    assert len(found) == needs
    assert len(statements) == 2
