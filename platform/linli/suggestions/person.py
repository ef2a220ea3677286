"""One person as the matcher sees them: what they say, where they live, what they have promised."""

import math
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.accounts.queries import has_consent
from linli.accounts.rules import ADULT_AGE_YEARS, ConsentPurpose, age_on
from linli.participation.queries import checked_credentials
from linli.suggestions import reads
from linli.suggestions.open_needs import counties_within
from linli.suggestions.pools import county_of
from linli.suggestions.ranking import Known
from linli.suggestions.serving import Serving
from linli.suggestions.tables import NeedTable
from linli.volunteers.pool import KM_PER_DEGREE, PoolRow
from linli.volunteers.queries import profile_of
from linli.volunteers.rules import DEFAULT_REACH_KM, reach_km


async def row_of(session: AsyncSession, account: Account, today: date) -> PoolRow:
    """What matching knows of the person; where they live even without a profile."""
    is_minor = age_on(account.birth_on, today) < ADULT_AGE_YEARS
    profile = (await profile_of(session, account.id)).draft
    return PoolRow(
        account_id=account.id,
        division=account.division,
        longitude=profile.longitude,
        latitude=profile.latitude,
        reach_km=reach_km(profile.reach_km, profile.means),
        means=profile.means,
        weekly_cap=profile.weekly_cap,
        availability=profile.availability,
        about=profile.about,
        skills=dict(profile.skills),
        fields=tuple(profile.fields),
        languages=tuple(profile.languages),
        credentials=await checked_credentials(session, account.id),
        birth_on=account.birth_on,
        has_guardian_consent=is_minor
        and await has_consent(session, account_id=account.id, purpose=ConsentPurpose.guardian),
        is_sample=account.is_sample,
    )


async def counties_of(session: AsyncSession, person: PoolRow) -> list[str]:
    """The person's own county, and those with needs within their reach."""
    own = [county] if (county := county_of(person.division)) else []
    if person.longitude is None or person.latitude is None:
        return own
    reach = person.reach_km or DEFAULT_REACH_KM
    north = reach / KM_PER_DEGREE
    east = north / max(math.cos(math.radians(min(abs(person.latitude) + north, 89.0))), 0.01)
    box = (
        person.longitude - east,
        person.latitude - north,
        person.longitude + east,
        person.latitude + north,
    )
    return list(dict.fromkeys((*own, *await counties_within(session, *box))))


async def known_of(
    session: AsyncSession, account_id: UUID, table: NeedTable, serves: Serving, *, now: datetime
) -> Known:
    """What the person has promised, how they stand to needs, and what was learnt, with their answers."""
    own = reads.among([account_id])
    blocked = await reads.blocked_pairs(session, reads.blocks_of(account_id))
    return Known(
        await reads.promises(session, own, around=table.span),
        [*await reads.pairs(session, own), *blocked],
        await serves.knowing(session, own, now=now),
    )
