"""Reads of reports: a bureau's, an organization's, one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from linli.accounts.models import Account
from linli.conversations.models import ConversationMessage, Report
from linli.conversations.rules import REASON_NAMES, SUBJECT_NAMES
from linli.core.i18n import Message
from linli.core.paging import Page, read_page
from linli.needs.models import Need
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import OrganizationKind, Role
from linli.volunteers.names import shown_name

_Reporter, _About = aliased(Account), aliased(Account)


@dataclass(frozen=True)
class ReportRow:
    """As its reader may see it: `text`, `reporter` and `message` are empty where they are not theirs."""

    id: UUID
    subject: Message
    reason: Message
    organization_id: UUID
    organization: str
    need_id: UUID | None
    need: str | None
    about: Message | None
    reporter: Message | None
    text: str
    message: str | None
    created_at: datetime
    answer: str
    answered_at: datetime | None


async def reports_for_bureau(
    session: AsyncSession, *, division: str, is_open: bool, after: str | None
) -> Page[ReportRow]:
    """Everything of its division: the open ones, the longest wait first; the answered, the latest first."""
    inside = Report.division.startswith(division, autoescape=True)
    open_ = Report.answered_at.is_(None) if is_open else Report.answered_at.is_not(None)
    page = await _page(session, and_(inside, open_), after=after, descending=not is_open)
    return Page([_whole(row) for row in page.rows], page.next_cursor)


async def open_count(session: AsyncSession, division: str) -> int:
    query = select(func.count()).select_from(Report)
    inside = Report.division.startswith(division, autoescape=True)
    return await session.scalar(query.where(inside, Report.answered_at.is_(None))) or 0


async def reports_for_organization(
    session: AsyncSession, *, organization_id: UUID, after: str | None
) -> Page[ReportRow]:
    """What it sent itself and what concerns its needs; of those about itself only the bureau's answer."""
    readable = or_(Report.is_shared, Report.answered_at.is_not(None))
    whose = and_(Report.organization_id == organization_id, readable)
    page = await _page(session, whose, after=after, descending=True)
    rows = [_whole(row, with_reporter=False) if row[0].is_shared else _answer(row) for row in page.rows]
    return Page(rows, page.next_cursor)


async def own_reports(session: AsyncSession, *, account_id: UUID, after: str | None) -> Page[ReportRow]:
    """What somebody reported, and the answers to what was reported about them."""
    about_me = and_(Report.about_id == account_id, Report.answered_at.is_not(None))
    whose = or_(Report.reporter_id == account_id, about_me)
    page = await _page(session, whose, after=after, descending=True)
    rows = [_whole(row) if row[0].reporter_id == account_id else _answer(row) for row in page.rows]
    return Page(rows, page.next_cursor)


async def reported_since(
    session: AsyncSession, *, reporter_id: UUID, since: datetime
) -> tuple[int, datetime | None]:
    row = (
        await session.execute(
            select(func.count(), func.min(Report.created_at)).where(
                Report.reporter_id == reporter_id, Report.created_at > since
            )
        )
    ).one()
    return row[0], row[1]


async def clerks_over(session: AsyncSession, division: str) -> Sequence[tuple[UUID, Account]]:
    """Who works for the nearest verified bureau over a division."""
    containing = [division[:length] for length in (6, 4, 2) if len(division) >= length]
    bureau = (
        select(Organization.id)
        .where(
            Organization.kind == OrganizationKind.bureau,
            Organization.verified_at.is_not(None),
            Organization.division.in_(containing),
        )
        .order_by(func.length(Organization.division).desc(), Organization.id)
        .limit(1)
    )
    rows = await session.execute(
        select(Membership.organization_id, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.organization_id == bureau.scalar_subquery(),
            Membership.role == Role.bureau_staff,
            Membership.ended_at.is_(None),
        )
        .limit(50)
    )
    return [(bureau_id, account) for bureau_id, account in rows]


async def _page(
    session: AsyncSession, whose: ColumnElement[bool], *, after: str | None, descending: bool
) -> Page[tuple[Report, str, str | None, str | None, str | None, str | None]]:
    query = (
        select(
            Report,
            Organization.name,
            Need.title,
            _About.name.label("about"),
            _Reporter.name.label("reporter"),
            ConversationMessage.text,
        )
        .join(Organization, Organization.id == Report.organization_id)
        .outerjoin(Need, Need.id == Report.need_id)
        .outerjoin(_About, _About.id == Report.about_id)
        .outerjoin(_Reporter, _Reporter.id == Report.reporter_id)
        .outerjoin(ConversationMessage, ConversationMessage.id == Report.message_id)
        .where(whose)
    )
    return await read_page(
        session,
        query,
        keys=[Report.id],
        key_of=lambda row: (row[0].id,),
        after=after,
        descending=descending,
    )


def _whole(
    row: tuple[Report, str, str | None, str | None, str | None, str | None], *, with_reporter: bool = True
) -> ReportRow:
    report, organization, need, about, reporter, message = row
    return ReportRow(
        id=report.id,
        subject=SUBJECT_NAMES[report.subject],
        reason=REASON_NAMES[report.reason],
        organization_id=report.organization_id,
        organization=organization,
        need_id=report.need_id,
        need=need,
        about=shown_name(about) if about else None,
        reporter=shown_name(reporter) if reporter and with_reporter else None,
        text=report.text,
        message=message,
        created_at=report.created_at,
        answer=report.answer,
        answered_at=report.answered_at,
    )


def _answer(row: tuple[Report, str, str | None, str | None, str | None, str | None]) -> ReportRow:
    """Without who reported, in which words, and which of the messages."""
    report, organization, need, *_ = row
    return ReportRow(
        id=report.id,
        subject=SUBJECT_NAMES[report.subject],
        reason=REASON_NAMES[report.reason],
        organization_id=report.organization_id,
        organization=organization,
        need_id=report.need_id,
        need=need,
        about=None,
        reporter=None,
        text="",
        message=None,
        created_at=report.created_at,
        answer=report.answer,
        answered_at=report.answered_at,
    )
