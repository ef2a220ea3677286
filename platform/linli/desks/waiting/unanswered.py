"""Needs that nobody has answered, for who watches over a division: the longest wait first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.core.paging import Page, read_page
from linli.core.web.security import Seat
from linli.desks.waiting.rows import Group, Waiting, group
from linli.needs.models import Need
from linli.needs.queries import CARDS, NeedCard, to_card
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.organizations.rules import Role
from linli.participation.policies import is_public


@dataclass(frozen=True)
class UnansweredCounts:
    """How many have found nobody, and of how many the time to answer has run out."""

    all: int
    late: int


async def unanswered_page(
    session: AsyncSession, *, seat: Seat, now: datetime, after: str | None = None
) -> Page[Waiting]:
    page = await read_page(
        session,
        CARDS.add_columns(Need.posted_at).where(*_unanswered(seat.division)),
        keys=[Need.posted_at, Need.id],
        key_of=lambda row: [row.posted_at, row.id],
        after=after,
        given={"now": now},
    )
    return Page([_row(row, seat, now) for row in page.rows], page.next_cursor)


async def unanswered_counts(session: AsyncSession, *, seat: Seat, now: datetime) -> UnansweredCounts:
    is_late = Need.answer_due_at <= now
    counted = (
        select(func.count(), func.count().filter(is_late))
        .select_from(Need)
        .join(Organization, Organization.id == Need.organization_id)
        .where(*_unanswered(seat.division))
    )
    return UnansweredCounts(*(await session.execute(counted)).one())


async def unanswered_group(session: AsyncSession, *, seat: Seat, now: datetime) -> Group:
    page = await unanswered_page(session, seat=seat, now=now)
    counts = await unanswered_counts(session, seat=seat, now=now)
    url = f"/organizations/{seat.organization_id}/unanswered"
    return group(Message("Needs nobody has answered"), page.rows, url=url, total=counts.all)


def _unanswered(division: str) -> Sequence[Any]:
    """Of those that can be answered: nobody is led to a need for whose asker no bureau vouches."""
    return (
        Need.state == NeedState.open,
        Need.answered_at.is_(None),
        Need.posted_at.is_not(None),
        Need.division.startswith(division, autoescape=True),
        Organization.is_verified,
    )


def _row(row: Any, seat: Seat, now: datetime) -> Waiting:
    card = to_card(row, now)
    return Waiting(
        title=card.title,
        title_lang=card.title_lang,
        url=card.url if _may_open(card, seat) else None,
        starts_at=card.starts_at,
        ends_at=card.ends_at,
        facts=(card.community, card.asker),
        since=row.posted_at,
        is_late=card.is_overdue,
    )


def _may_open(card: NeedCard, seat: Seat) -> bool:
    """A bureau every need of its division; a station those that are on public pages."""
    if seat.role != Role.social_worker:
        return True
    return is_public(NeedState(card.state), card.field_id, asker_is_verified=card.asker_verified)
