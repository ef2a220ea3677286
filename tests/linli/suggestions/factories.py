"""People and needs to be matched: each with what a test is about, and otherwise fitting."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.needs.models import Need, NeedCredential, NeedLanguage, NeedSkill
from linli.volunteers.models import (
    VolunteerCredential,
    VolunteerField,
    VolunteerLanguage,
    VolunteerSkill,
)
from linli.volunteers.rules import SkillLevel
from tests.conftest import NOW
from tests.factories import make_account, make_need, make_volunteer

ALWAYS_FREE = "1" * 21


async def make_helper(
    session: AsyncSession,
    *,
    skills: Mapping[str, SkillLevel] | None = None,
    fields: tuple[str, ...] = (),
    languages: tuple[str, ...] = (),
    credentials: Mapping[str, date | None] | None = None,
    account: Mapping[str, Any] | None = None,
    **profile: Any,
) -> Account:
    """An adult of the community who is always free, with checked credentials."""
    person = await make_account(session, **(account or {}))
    await make_volunteer(session, account=person, **{"availability": ALWAYS_FREE} | profile)
    session.add_all(
        VolunteerSkill(account_id=person.id, skill_id=id, level=level) for id, level in (skills or {}).items()
    )
    session.add_all(VolunteerField(account_id=person.id, field_id=id) for id in fields)
    session.add_all(VolunteerLanguage(account_id=person.id, language_id=id) for id in languages)
    session.add_all(
        VolunteerCredential(
            account_id=person.id, credential_id=id, stated_at=NOW, checked_at=NOW, expires_on=until
        )
        for id, until in (credentials or {}).items()
    )
    await session.flush()
    return person


async def make_asking_need(
    session: AsyncSession,
    *,
    skills: Mapping[str, bool] | None = None,
    credentials: tuple[str, ...] = (),
    languages: tuple[str, ...] = (),
    **values: Any,
) -> Need:
    """An open need; `skills` says of each whether it is required."""
    need = await make_need(session, **values)
    session.add_all(
        NeedSkill(need_id=need.id, skill_id=id, is_required=required)
        for id, required in (skills or {}).items()
    )
    session.add_all(NeedCredential(need_id=need.id, credential_id=id) for id in credentials)
    session.add_all(NeedLanguage(need_id=need.id, language_id=id) for id in languages)
    await session.flush()
    return need
