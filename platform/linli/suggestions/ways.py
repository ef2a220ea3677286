"""What would bring more people to a posted need that finds too few: the foresight of one of its times."""

import asyncio
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.i18n import Message
from linli.needs.models import Need, Shift
from linli.needs.typed import as_form, typed_from_need
from linli.organizations.models import Organization
from linli.suggestions import reads
from linli.suggestions.foresight import (
    LOOKED_TOO_OFTEN,
    ForesightShown,
    best_ways,
    look,
    promises_around,
)
from linli.suggestions.looks import may_look
from linli.suggestions.pools import pool_of
from linli.suggestions.written import read_written

NO_WAY: Final = Message("Neither another time nor asking for less would bring more people.")


async def ways_for_shift(
    session: AsyncSession, *, need: Need, shift: Shift, organization: Organization, now: datetime
) -> ForesightShown:
    """The two ways that bring most, counted among people who have not said no to the need."""
    form = as_form(typed_from_need(need, zone=i18n.zone()))
    written = read_written(form, within_division=organization.division, zone=i18n.zone(), now=now)
    n = next(n for n, each in enumerate(need.shifts) if each.id == shift.id)
    row = next((row for row, each in enumerate(written.times) if each.n == n), None)
    if row is None or written.county is None:
        return ForesightShown((NO_WAY,))
    if not may_look(organization.id, now):
        return ForesightShown((LOOKED_TOO_OFTEN,))
    pool = await pool_of(session, written.county, now=now)
    pairs = [
        *await reads.pairs(session, reads.of_needs([need.id])),
        *await reads.blocked_pairs(session, Need.id == need.id),
    ]
    seen = await asyncio.to_thread(
        look,
        written,
        pool,
        await promises_around(session, written, pool, now=now),
        today=i18n.local(now).date(),
        now=now,
        row=row,
        said_no={each.account_id for each in pairs if each.counts_for_need},
    )
    ways = best_ways(seen)
    return ForesightShown(() if ways else (NO_WAY,), ways=ways)
