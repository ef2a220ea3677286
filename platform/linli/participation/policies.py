"""Who may see a need, answer for themselves, and decide about volunteers."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import seed
from linli.core.errors import NotFound, NotSignedIn
from linli.core.web.security import Caller
from linli.needs.models import Need, Shift
from linli.needs.policies import may_manage_need, may_post_needs
from linli.needs.rules import PUBLIC_STATES, NeedState
from linli.organizations.models import Organization
from linli.organizations.policies import is_bureau_over, is_officer_of, reads_for_bureau_over
from linli.participation.models import Participation
from linli.participation.queries import has_met_organization, has_taken_part
from linli.participation.together.queries import find_member, group_with_token

# Put together once: every look at a need and every application asks one of them.
_SEEN: Final = select(
    Need.id, Need.state, Need.field_id, Need.organization_id, Need.division, Organization.is_verified
).outerjoin(Organization, Organization.id == Need.organization_id)
_BY_ID: Final = _SEEN.where(Need.id == bindparam("id"))
_BY_SHIFT: Final = _SEEN.join(Shift, Shift.need_id == Need.id).where(Shift.id == bindparam("id"))


def is_public(state: NeedState, field_id: str | None, *, asker_is_verified: bool) -> bool:
    """Posted by somebody a bureau vouches for, and of a field whose needs may stand on public pages."""
    field = seed.need_fields().get(field_id or "")
    return state in PUBLIC_STATES and asker_is_verified and field is not None and field.shown_publicly


async def may_see_need(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Everybody sees public needs; others only their organization, the bureau over it, and who was asked.

    An auditor looks at them too, and may not do there what a person does.
    """
    await _may_see(session, caller, _BY_ID, ids["need_id"], reads_for_bureau_over)


async def may_apply(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Whoever may see the need of the shift, once signed in."""
    if caller is None:
        raise NotSignedIn
    await _may_see(session, caller, _BY_SHIFT, ids["shift_id"])


async def _may_see(
    session: AsyncSession,
    caller: Caller | None,
    asked: Select[Any],
    id: UUID,
    for_bureau: Callable[[Caller, str], bool] = is_bureau_over,
) -> None:
    need = (await session.execute(asked, {"id": id})).first()
    if need is None:
        raise NotFound
    if is_public(need.state, need.field_id, asker_is_verified=bool(need.is_verified)):
        return
    if caller is None:
        raise NotFound
    if need.organization_id and is_officer_of(caller, need.organization_id):
        return
    if need.division and for_bureau(caller, need.division):
        return
    if not await has_taken_part(session, need_id=need.id, account_id=caller.account_id):
        raise NotFound


async def may_ask_about_need(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Whoever may see the need, once signed in."""
    if caller is None:
        raise NotSignedIn
    await _may_see(session, caller, _BY_ID, ids["need_id"])


async def may_block_person(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who acts for an organization, of the people it has met; of others nobody learns whether they exist."""
    await may_post_needs(session, caller, ids)
    if not await has_met_organization(
        session, organization_id=ids["organization_id"], account_id=ids["account_id"]
    ):
        raise NotFound


async def may_answer(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """A person answers and withdraws for themselves only."""
    if caller is None:
        raise NotSignedIn
    participation = await session.get(Participation, ids["participation_id"])
    if participation is None or participation.account_id != caller.account_id:
        raise NotFound


async def may_decide(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """The officers of the need's organization decide about its volunteers."""
    if caller is None:
        raise NotSignedIn
    participation = await session.get(Participation, ids["participation_id"])
    if participation is None:
        raise NotFound
    await may_manage_need(session, caller, {"need_id": participation.need_id})


async def may_see_group(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Whoever has the link and may see the need; of other needs a link opens nothing."""
    try:
        group = await group_with_token(session, ids["link"])
        await _may_see(session, caller, _BY_ID, group.need_id)
    except NotFound:
        if caller is None:
            raise NotSignedIn from None
        raise


async def may_join_group(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """The same, once signed in."""
    if caller is None:
        raise NotSignedIn
    await may_see_group(session, caller, ids)


async def may_leave_group(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who is in it."""
    if caller is None:
        raise NotSignedIn
    group = await group_with_token(session, ids["link"])
    if await find_member(session, group_id=group.id, account_id=caller.account_id) is None:
        raise NotFound


async def may_lead_group(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who started it."""
    if caller is None:
        raise NotSignedIn
    group = await group_with_token(session, ids["link"])
    if group.started_by_id != caller.account_id:
        raise NotFound
