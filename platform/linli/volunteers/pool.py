"""The pool for matching: everyone who may be asked about a need, as plain rows in one query."""

import asyncio
import math
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Consent
from linli.accounts.rules import ADULT_AGE_YEARS, ConsentPurpose
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from linli.volunteers.queries import fields_in_words, languages_in_words, skills_in_words, skills_of, words
from linli.volunteers.rules import DEFAULT_REACH_KM, USUAL_REACH_KM, Means, SkillLevel, reach_km

KM_PER_DEGREE = 111.19  # of latitude, rounded down; of longitude times the cosine
ROWS_AT_ONCE = 500


class PoolRow(msgspec.Struct, frozen=True, kw_only=True):
    """One volunteer as matching sees them: no name, no contact.

    `credentials` are the checked ones that are valid on the day asked for, each with its last valid day.
    `reach_km` is the stated distance or the usual one of the means; None where neither is known.
    """

    account_id: UUID
    division: str | None
    longitude: float | None
    latitude: float | None
    reach_km: float | None
    means: Means | None
    weekly_cap: int | None
    availability: str
    about: str
    skills: dict[str, SkillLevel]
    fields: tuple[str, ...]
    languages: tuple[str, ...]
    credentials: dict[str, date | None]
    birth_on: date
    has_guardian_consent: bool
    is_sample: bool


async def pool(
    session: AsyncSession,
    *,
    inside: str | None,
    near: tuple[float, float] | None = None,
    spread: tuple[float, float] = (0.0, 0.0),
    on_day: date,
    only_samples: bool = False,
    whose: ColumnElement[bool] | None = None,
) -> list[PoolRow]:
    """Opted-in volunteers of a division (None: of all), and those whose reach may touch a point.

    `near` is longitude and latitude, `spread` how far an area reaches to both sides of them, in degrees. It
    is compared with a square around each person's own point, so that somebody at a corner may still be too
    far: the exact distance is for matching to say.
    """
    query = select(*_columns(on_day)).join(Account, Account.id == VolunteerProfile.account_id)
    query = query.where(VolunteerProfile.may_be_asked_on(on_day), Account.stopped_at.is_(None))
    if inside is not None:
        here = VolunteerProfile.division.startswith(inside, autoescape=True)
        query = query.where(or_(here, _reaches(near, spread)) if near else here)
    if only_samples:
        query = query.where(Account.is_sample)
    if whose is not None:
        query = query.where(whose)
    found = await session.execute(query.order_by(VolunteerProfile.account_id))
    rows: list[PoolRow] = []
    for part in found.partitions(ROWS_AT_ONCE):
        rows += [_row(row) for row in part]
        await asyncio.sleep(0)  # ten thousand rows take a while, and others want to go on
    return rows


def _columns(on_day: date) -> tuple[Any, ...]:
    profile = VolunteerProfile
    return (
        profile.account_id,
        profile.division,
        profile.longitude,
        profile.latitude,
        profile.reach_km,
        profile.means,
        profile.weekly_cap,
        profile.availability,
        profile.about,
        skills_in_words(),
        fields_in_words(),
        languages_in_words(),
        _credentials_in_words(on_day),
        Account.birth_on,
        _guardian_consent(on_day),
        Account.is_sample,
    )


def _row(row: Any) -> PoolRow:
    account_id, division, longitude, latitude, stated_km, means, weekly_cap, availability, about, *rest = row
    skills, fields, languages, credentials, birth_on, guardian_consent, is_sample = rest
    return PoolRow(
        account_id=account_id,
        division=division,
        longitude=longitude,
        latitude=latitude,
        reach_km=reach_km(stated_km, means),
        means=means,
        weekly_cap=weekly_cap,
        availability=availability,
        about=about,
        skills=skills_of(skills),
        fields=words(fields),
        languages=words(languages),
        credentials=_credentials_of(credentials),
        birth_on=birth_on,
        has_guardian_consent=bool(guardian_consent),
        is_sample=is_sample,
    )


def _credentials_in_words(on_day: date) -> ColumnElement[str]:
    """Credentials that count on a day in one column, "first_aid:2027-05-01 social_worker:"."""
    held = VolunteerCredential
    until = func.coalesce(cast(held.expires_on, String), "")
    return (
        select(func.aggregate_strings(held.credential_id + ":" + until, " "))
        .where(held.account_id == VolunteerProfile.account_id, held.counts_on(on_day))
        .correlate(VolunteerProfile)
        .scalar_subquery()
    )


def _credentials_of(joined: str | None) -> dict[str, date | None]:
    return dict(map(_credential_and_day, words(joined)))


@lru_cache(maxsize=4096)
def _credential_and_day(word: str) -> tuple[str, date | None]:
    credential, until = word.split(":")
    return credential, date.fromisoformat(until) if until else None


def _guardian_consent(on_day: date) -> ColumnElement[bool]:
    """The last word of a minor's guardian; nobody asks for an adult's."""
    last = (
        select(Consent.given)
        .where(Consent.account_id == Account.id, Consent.purpose == ConsentPurpose.guardian)
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )
    return case((Account.birth_on > _years_before(on_day, ADULT_AGE_YEARS), last), else_=False)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 2, 28)


def _reaches(near: tuple[float, float], spread: tuple[float, float]) -> ColumnElement[bool]:
    profile, (longitude, latitude) = VolunteerProfile, near
    usual = case(
        *((profile.means == means, km) for means, km in USUAL_REACH_KM.items()), else_=DEFAULT_REACH_KM
    )
    reach = func.coalesce(profile.reach_km, usual)
    east_degrees = func.abs(profile.longitude - longitude) - spread[0]
    north_km = (func.abs(profile.latitude - latitude) - spread[1]) * KM_PER_DEGREE
    # Degrees of longitude are shortest far from the equator: nobody within reach is left out.
    farthest = min(abs(latitude) + spread[1] + 1, 90.0)
    east_km = east_degrees * KM_PER_DEGREE * math.cos(math.radians(farthest))
    return and_(profile.longitude.is_not(None), east_km <= reach, north_km <= reach)
