"""The committee's board: its needs by state, the overdue and at risk on top."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response, Router, get
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.core.web.given import Asked, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.needs.models import Need
from linli.needs.policies import may_post_needs
from linli.needs.queries import CARDS, NeedCard, to_card
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.organizations.queries import organization_with_id
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.suggestions.partners import PARTNERS

RUNNING: Final = (NeedState.open, NeedState.filled, NeedState.under_way)
TABS: Final = {
    "running": (Message("Running"), RUNNING),
    "drafts": (Message("Drafts"), (NeedState.draft,)),
    "ended": (Message("Ended"), (NeedState.done, NeedState.cancelled)),
}
MOST_CARDS: Final = 60
AT_RISK: Final = timedelta(days=2)


_BOARD: Final = (
    CARDS.where(Need.organization_id == bindparam("organization_id"))
    .where(Need.state.in_(bindparam("states", expanding=True)))
    .order_by(Need.answered_at.is_not(None), Need.answer_due_at, Need.id.desc())
    .limit(MOST_CARDS)
)


@dataclass(frozen=True)
class BoardRow:
    card: NeedCard
    waiting_for_answer: int

    def is_at_risk(self, now: datetime) -> bool:
        starts_at = self.card.starts_at
        return (
            self.card.state == NeedState.open
            and starts_at is not None
            and now < starts_at <= now + AT_RISK
            and self.card.places_free > 0
        )

    def seconds_left(self, now: datetime) -> float | None:
        """Until the answer is due; negative when overdue, None when the clock stands."""
        due, answered = self.card.answer_due_at, self.card.answered_at
        return (due - now).total_seconds() if due and not answered and self.card.state in RUNNING else None


@get("/organizations/{organization_id:uuid}/desk", opt=may(may_post_needs))
async def show_board(
    request: Asked, session: Session, now: Now, organization_id: Id, show: QueryText = "running"
) -> Response[Any]:
    organization = await organization_with_id(session, organization_id)
    shown = show if show in TABS else "running"
    counts = await _counts(session, organization_id)
    rows = await _rows(session, organization, states=TABS[shown][1], now=now)
    return render(
        request,
        "desks/board.html",
        organization=organization,
        brings_people=organization.kind in PARTNERS,
        groups=_groups(rows, now) if shown == "running" else [(TABS[shown][0], rows)],
        is_empty=not rows,
        shown=shown,
        tabs=[
            (text, f"?show={name}", name == shown, sum(counts.get(state, 0) for state in states))
            for name, (text, states) in TABS.items()
        ],
        now=now,
    )


async def _rows(
    session: AsyncSession, organization: Organization, *, states: Sequence[NeedState], now: datetime
) -> list[BoardRow]:
    given = {"organization_id": organization.id, "states": states, "now": now}
    cards = [_own(to_card(row, now)) for row in await session.execute(_BOARD, given)]
    waiting = await _applications(session, [card.id for card in cards])
    return [BoardRow(card, waiting.get(card.id, 0)) for card in cards]


def _own(card: NeedCard) -> NeedCard:
    """Leads to the desk; whose board it is stands above it already."""
    return replace(card, url=f"/needs/{card.id}/desk", asker="")


async def _applications(session: AsyncSession, need_ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = await session.execute(
        select(Participation.need_id, func.count())
        .where(Participation.need_id.in_(need_ids), Participation.state == State.applied)
        .group_by(Participation.need_id)
    )
    return {need_id: count for need_id, count in rows}


async def _counts(session: AsyncSession, organization_id: UUID) -> dict[NeedState, int]:
    rows = await session.execute(
        select(Need.state, func.count()).where(Need.organization_id == organization_id).group_by(Need.state)
    )
    return {state: count for state, count in rows}


def _groups(rows: Sequence[BoardRow], now: datetime) -> list[tuple[Message, list[BoardRow]]]:
    """Overdue, then at risk, then whoever waits for a decision, then the rest."""
    overdue = [row for row in rows if row.card.is_overdue]
    at_risk = [row for row in rows if row not in overdue and row.is_at_risk(now)]
    deciding = [row for row in rows if row.waiting_for_answer and row not in overdue and row not in at_risk]
    first = {id(row) for row in (*overdue, *at_risk, *deciding)}
    rest = [row for row in rows if id(row) not in first]
    searching = [row for row in rest if row.card.state == NeedState.open]
    settled = [row for row in rest if row.card.state != NeedState.open]
    groups = (
        (Message("Overdue: nobody has answered yet"), overdue),
        (Message("Soon, and places are still free"), at_risk),
        (Message("Somebody waits for your decision"), deciding),
        (Message("Looking for people"), searching),
        (Message("Filled or under way"), settled),
    )
    return [(title, group) for title, group in groups if group]


router = Router("/", route_handlers=[show_board])
