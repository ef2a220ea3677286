"""Volunteers say what they offer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from linli.accounts.models import Account, Consent
from linli.accounts.rules import ConsentPurpose
from linli.core.audit import record
from linli.core.errors import Conflict
from linli.core.i18n import Message
from linli.volunteers.forms import ProfileDraft
from linli.volunteers.models import VolunteerField, VolunteerLanguage, VolunteerProfile, VolunteerSkill
from linli.volunteers.rules import LOCATION_TEXT_VERSION, SkillLevel

EDITED_ELSEWHERE = Message(
    "You changed this on another page in the meantime. Please compare, then save again."
)
SAID_ON_PROFILE = ("availability", "weekly_cap", "means", "reach_km", "longitude", "latitude", "about")


async def ensure_profile(session: AsyncSession, *, account: Account, now: datetime) -> VolunteerProfile:
    """The account's profile, empty where it is new; safe when two requests make it at once."""
    profile = await session.get(VolunteerProfile, account.id)
    if profile is not None:
        return profile
    profile = _new_profile(account, now)
    try:
        async with session.begin_nested():
            session.add(profile)
    except IntegrityError:
        return await session.get_one(VolunteerProfile, account.id)
    return profile


async def save_profile(
    session: AsyncSession, *, account: Account, draft: ProfileDraft, version: int, now: datetime
) -> VolunteerProfile:
    """Everything the profile says, replaced; Conflict when another version is kept (0: none yet)."""
    profile = await session.get(VolunteerProfile, account.id) or _new_profile(account, now)
    if (profile.version or 0) != version:
        raise Conflict(EDITED_ELSEWHERE)
    session.add(profile)
    if (profile.longitude is None) != (draft.longitude is None):
        _note_location_consent(session, account.id, given=draft.longitude is not None, now=now)
    for name in SAID_ON_PROFILE:
        setattr(profile, name, getattr(draft, name))
    profile.division, profile.changed_at = account.division, now
    await flush(session)
    await _replace_skills(session, account.id, dict(draft.skills))
    await _replace_ids(session, account.id, VolunteerField, "field_id", draft.fields)
    await _replace_ids(session, account.id, VolunteerLanguage, "language_id", draft.languages)
    record(session, action="save_profile", object_id=account.id, actor_id=account.id, now=now)
    await flush(session)
    return profile


async def opt_in(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """From now on the person is proposed to those who need help, and asked."""
    await _set_opted(session, account, now, opted_in=True)


async def opt_out(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """The person is proposed to nobody any more; what they have promised stays."""
    await _set_opted(session, account, now, opted_in=False)


async def forget_answers(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """How the person answered until now tells nothing about them any more."""
    profile = await ensure_profile(session, account=account, now=now)
    profile.answers_forgotten_at, profile.changed_at = now, now
    record(session, action="forget_answers", object_id=account.id, actor_id=account.id, now=now)
    await flush(session)


async def follow_account(session: AsyncSession, *, account: Account, now: datetime) -> None:
    """The profile takes over the division of an account that has moved."""
    profile = await session.get(VolunteerProfile, account.id)
    if profile is not None and profile.division != account.division:
        profile.division, profile.changed_at = account.division, now
        await flush(session)


async def flush(session: AsyncSession) -> None:
    """Write now, so that what happened elsewhere in the meantime is noticed here."""
    try:
        await session.flush()
    except (IntegrityError, StaleDataError) as error:
        raise Conflict(EDITED_ELSEWHERE) from error


def _new_profile(account: Account, now: datetime) -> VolunteerProfile:
    return VolunteerProfile(account_id=account.id, division=account.division, changed_at=now)


async def _set_opted(session: AsyncSession, account: Account, now: datetime, *, opted_in: bool) -> None:
    profile = await ensure_profile(session, account=account, now=now)
    if profile.opted_in != opted_in:
        profile.opted_in, profile.changed_at = opted_in, now
        action = "opt_in" if opted_in else "opt_out"
        record(session, action=action, object_id=account.id, actor_id=account.id, now=now)
    await flush(session)


async def _replace_skills(session: AsyncSession, account_id: UUID, wanted: dict[str, SkillLevel]) -> None:
    kept = select(VolunteerSkill).where(VolunteerSkill.account_id == account_id)
    for row in await session.scalars(kept):
        if row.skill_id in wanted:
            row.level = wanted.pop(row.skill_id)
        else:
            await session.delete(row)
    session.add_all(
        VolunteerSkill(account_id=account_id, skill_id=id, level=level) for id, level in wanted.items()
    )


async def _replace_ids(
    session: AsyncSession, account_id: UUID, model: Any, key: str, wanted: Iterable[str]
) -> None:
    """The rows of a plain list become the wanted ones; those that stay are left alone."""
    kept = {
        getattr(row, key): row
        for row in await session.scalars(select(model).where(model.account_id == account_id))
    }
    for id in kept.keys() - set(wanted):
        await session.delete(kept[id])
    session.add_all(model(account_id=account_id, **{key: id}) for id in wanted if id not in kept)


def _note_location_consent(session: AsyncSession, account_id: UUID, *, given: bool, now: datetime) -> None:
    """PIPL art. 28 and 29: whereabouts are sensitive and need a consent of their own."""
    session.add(
        Consent(
            account_id=account_id,
            purpose=ConsentPurpose.location,
            text_version=LOCATION_TEXT_VERSION,
            given=given,
            at=now,
        )
    )
