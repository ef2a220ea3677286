from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Consent
from linli.accounts.rules import ConsentPurpose
from linli.volunteers.models import (
    VolunteerCredential,
    VolunteerField,
    VolunteerLanguage,
    VolunteerSkill,
)
from linli.volunteers.pool import PoolRow, pool
from linli.volunteers.rules import Means, SkillLevel
from tests.factories import COMMUNITY, make_account, make_volunteer

COUNTY, NEXT_COUNTY = COMMUNITY[:6], "520303002001"
DAY = date(2026, 12, 1)
PLACE = (107.0, 27.0)


async def ids(session: AsyncSession, **asked: Any) -> set[UUID]:
    return {row.account_id for row in await pool(session, on_day=DAY, **asked)}


async def test_a_row_holds_everything_matching_needs_and_no_name(
    session: AsyncSession, now: datetime
) -> None:
    account = await make_volunteer(
        session,
        availability="1" + "0" * 20,
        weekly_cap=3,
        means=Means.bicycle,
        longitude=107.5,
        latitude=27.1,
        about="我喜欢下棋。",
    )
    session.add_all(
        [
            VolunteerSkill(account_id=account.id, skill_id="driving", level=SkillLevel.some),
            VolunteerSkill(account_id=account.id, skill_id="chatting", level=SkillLevel.professional),
            VolunteerField(account_id=account.id, field_id="elderly_care"),
            VolunteerLanguage(account_id=account.id, language_id="mandarin"),
            VolunteerLanguage(account_id=account.id, language_id="guizhou"),
        ]
    )
    hold(session, account, "first_aid", now, checked=True, expires_on=date(2027, 5, 1))
    hold(session, account, "sign_language", now, checked=True, expires_on=None)
    await session.flush()
    assert await pool(session, inside=COUNTY, on_day=DAY) == [
        PoolRow(
            account_id=account.id,
            division=COMMUNITY,
            longitude=107.5,
            latitude=27.1,
            reach_km=6.0,  # the usual one of a bicycle
            means=Means.bicycle,
            weekly_cap=3,
            availability="1" + "0" * 20,
            about="我喜欢下棋。",
            skills={"chatting": SkillLevel.professional, "driving": SkillLevel.some},
            fields=("elderly_care",),
            languages=("guizhou", "mandarin"),
            credentials={"first_aid": date(2027, 5, 1), "sign_language": None},
            birth_on=date(1990, 5, 1),
            has_guardian_consent=False,
            is_sample=False,
        )
    ]


async def test_an_empty_profile_is_a_row_of_unknowns(session: AsyncSession) -> None:
    account = await make_volunteer(session)
    [row] = await pool(session, inside=COUNTY, on_day=DAY)
    assert (row.account_id, row.skills, row.fields, row.credentials) == (account.id, {}, (), {})
    assert (row.reach_km, row.weekly_cap, row.availability) == (None, None, "?" * 21)


async def test_only_checked_papers_that_are_valid_on_the_day_count(
    session: AsyncSession, now: datetime
) -> None:
    account = await make_volunteer(session)
    hold(session, account, "first_aid", now, checked=False, expires_on=date(2030, 1, 1))
    hold(session, account, "nurse", now, checked=True, expires_on=DAY - timedelta(days=1))
    hold(session, account, "driving_licence", now, checked=True, expires_on=DAY)
    await session.flush()
    [row] = await pool(session, inside=COUNTY, on_day=DAY)
    assert row.credentials == {"driving_licence": DAY}


async def test_nobody_is_in_the_pool_who_opted_out_or_withdrew_consent(
    session: AsyncSession, now: datetime
) -> None:
    await make_volunteer(session, opted_in=False)
    await make_volunteer(session, account=await make_account(session, stopped_at=now))
    await make_account(session)  # never took up a profile
    assert await ids(session, inside=COUNTY) == set()


async def test_the_pool_of_a_county_takes_in_whoever_comes_that_far(session: AsyncSession) -> None:
    here = await make_volunteer(session)
    next_door = await make_account(session, division=NEXT_COUNTY)
    comes_far = await make_volunteer(
        session, account=next_door, longitude=107.1, latitude=27.0, reach_km=12.0
    )
    for values in (
        {"longitude": 107.1, "latitude": 27.0, "reach_km": 5.0},  # 10 km away
        {"longitude": 107.1, "latitude": 27.0, "means": Means.on_foot},
        {"reach_km": 400.0},  # from where?
    ):
        elsewhere = await make_account(session, division=NEXT_COUNTY)
        await make_volunteer(session, account=elsewhere, **values)
    assert await ids(session, inside=COUNTY) == {here.id}
    assert await ids(session, inside=COUNTY, near=PLACE) == {here.id, comes_far.id}


async def test_without_a_division_the_pool_is_everyone_or_every_sample_person(session: AsyncSession) -> None:
    real = await make_volunteer(session, account=await make_account(session, division=None))
    sample = await make_volunteer(session, account=await make_account(session, is_sample=True, division="11"))
    assert await ids(session, inside=None) == {real.id, sample.id}
    assert await ids(session, inside=None, only_samples=True) == {sample.id}


async def test_a_minor_comes_with_the_last_word_of_the_guardian(session: AsyncSession, now: datetime) -> None:
    minor = await make_volunteer(session, account=await make_account(session, birth_on=date(2010, 1, 1)))
    for n, given in enumerate((True, False, True)):
        consent = Consent(
            account_id=minor.id,
            purpose=ConsentPurpose.guardian,
            text_version="1",
            given=given,
            at=now + timedelta(minutes=n),
        )
        session.add(consent)
        await session.flush()
        [row] = await pool(session, inside=COUNTY, on_day=DAY)
        assert (row.birth_on, row.has_guardian_consent) == (date(2010, 1, 1), given)


async def test_the_pool_takes_one_query_however_many_there_are(
    session: AsyncSession, statements: list[str]
) -> None:
    for _ in range(30):
        await make_volunteer(session)
    statements.clear()
    assert len(await pool(session, inside=COUNTY, near=PLACE, on_day=DAY)) == 30
    assert len(statements) == 1


def hold(
    session: AsyncSession,
    account: Account,
    credential: str,
    now: datetime,
    *,
    checked: bool,
    expires_on: date | None,
) -> None:
    session.add(
        VolunteerCredential(
            account_id=account.id,
            credential_id=credential,
            stated_at=now,
            stated_expires_on=expires_on,
            checked_at=now if checked else None,
            expires_on=expires_on if checked else None,
        )
    )
