"""Who may read a conversation, answer a report, and end a block."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations import queries
from linli.conversations.models import Block, PublishedAnswer, Report
from linli.conversations.rules import Side
from linli.core.errors import NotFound, NotPermitted, NotSignedIn
from linli.core.web.security import Caller
from linli.needs.policies import POSTING_ROLES, may_manage_need
from linli.organizations.policies import member_of_path_organization, seat_in_path
from linli.organizations.rules import UNVERIFIED, Role, contains

may_see_blocked_people = member_of_path_organization(*POSTING_ROLES)
_may_see_reports = member_of_path_organization(*POSTING_ROLES, Role.bureau_staff, Role.auditor)
_is_bureau_staff = member_of_path_organization(Role.bureau_staff, verified=True)


async def may_see_reports(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who acts for an organization, for its own; a verified bureau and its auditor, for the division."""
    await _may_see_reports(session, caller, ids)
    seat = seat_in_path(caller, ids)
    if seat.role not in POSTING_ROLES and not seat.is_verified:
        raise NotPermitted(UNVERIFIED)


async def may_read_conversation(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """The volunteer whose it is, and who acts for the need's organization."""
    if caller is None:
        raise NotSignedIn
    await queries.side_in(session, conversation_id=ids["conversation_id"], caller=caller)


async def may_report_message(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Whoever may read it."""
    if caller is None:
        raise NotSignedIn
    message = await queries.find_message(session, ids["message_id"])
    await queries.side_in(session, conversation_id=message.conversation_id, caller=caller)


async def may_remove_answer(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    await may_manage_need(session, caller, ids)
    published = await session.get(PublishedAnswer, ids["answer_id"])
    if published is None or published.need_id != ids["need_id"]:
        raise NotFound


async def may_answer_report(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Staff of the verified bureau in the path, for reports of its division."""
    await _is_bureau_staff(session, caller, ids)
    report = await session.get(Report, ids["report_id"])
    if report is None or not contains(seat_in_path(caller, ids).division, report.division):
        raise NotFound


async def may_end_own_block(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    if caller is None:
        raise NotSignedIn
    block = await session.get(Block, ids["block_id"])
    if block is None or block.account_id != caller.account_id or block.side is not Side.volunteer:
        raise NotFound


async def may_end_block(session: AsyncSession, caller: Caller | None, ids: Mapping[str, Any]) -> None:
    """Who acts for the organization that has blocked somebody."""
    await may_see_blocked_people(session, caller, ids)
    block = await session.get(Block, ids["block_id"])
    if (
        block is None
        or block.organization_id != ids["organization_id"]
        or block.side is not Side.organization
    ):
        raise NotFound
