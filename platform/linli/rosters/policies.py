"""Who may read and change an organization's roster: those who act for it, and nobody else."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import NotFound
from linli.core.web.security import Caller
from linli.participation.models import Participation
from linli.rosters.queries import import_with_id, registered_person
from linli.teams.policies import may_manage_teams

may_manage_roster = may_manage_teams


async def may_see_import(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    await may_manage_roster(session, caller, ids)
    await import_with_id(session, organization_id=ids["organization_id"], import_id=ids["import_id"])


async def may_see_person(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Only whom the organization registered: everybody else speaks for themselves."""
    await may_manage_roster(session, caller, ids)
    await registered_person(session, organization_id=ids["organization_id"], person_id=ids["person_id"])


async def may_answer_for(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    await may_see_person(session, caller, ids)
    held = await session.get(Participation, ids["held_id"])
    if held is None or held.account_id != ids["person_id"]:
        raise NotFound
