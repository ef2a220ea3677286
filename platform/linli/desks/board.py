"""An organization's needs as its board shows them: the longest wait first, with what waits for a decision."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.needs.models import Need
from linli.needs.queries import CARDS, NeedCard, to_card
from linli.needs.rules import RUNNING_STATES, NeedState
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.waves.on_boards import waves_of_needs

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
    # Where asking in waves stands, if people are asked by itself.
    waves: Message | None = None

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
        if due is None or answered or self.card.state not in RUNNING_STATES:
            return None
        return (due - now).total_seconds()


async def board_rows(
    session: AsyncSession,
    *,
    organization_id: UUID,
    now: datetime,
    states: Collection[NeedState] = RUNNING_STATES,
) -> list[BoardRow]:
    given = {"organization_id": organization_id, "states": states, "now": now}
    cards = [_own(to_card(row, now)) for row in await session.execute(_BOARD, given)]
    waiting = await _applications(session, [card.id for card in cards])
    waves = await waves_of_needs(session, [card.id for card in cards if card.state in RUNNING_STATES])
    return [BoardRow(card, waiting.get(card.id, 0), waves.get(card.id)) for card in cards]


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


async def board_counts(session: AsyncSession, organization_id: UUID) -> dict[NeedState, int]:
    rows = await session.execute(
        select(Need.state, func.count()).where(Need.organization_id == organization_id).group_by(Need.state)
    )
    return {state: count for state, count in rows}


def pressing_groups(rows: Sequence[BoardRow], now: datetime) -> list[tuple[Message, list[BoardRow]]]:
    """What cannot wait: overdue, then at risk, then whoever waits for a decision; each need once."""
    overdue = [row for row in rows if row.card.is_overdue]
    at_risk = [row for row in rows if row not in overdue and row.is_at_risk(now)]
    deciding = [row for row in rows if row.waiting_for_answer and row not in overdue and row not in at_risk]
    return [
        (Message("Overdue: nobody has answered yet"), overdue),
        (Message("Soon, and places are still free"), at_risk),
        (Message("Somebody waits for your decision"), deciding),
    ]


@dataclass(frozen=True)
class BoardGroup:
    """Needs in one state; those that press are shown whole, the others as a row each."""

    title: Message
    rows: Sequence[BoardRow]
    presses: bool = False


def board_groups(rows: Sequence[BoardRow], now: datetime) -> list[BoardGroup]:
    """What cannot wait, then the rest by what is still looked for."""
    pressing = pressing_groups(rows, now)
    first = {row.card.id for _, group in pressing for row in group}
    rest = [row for row in rows if row.card.id not in first]
    groups = (
        *(BoardGroup(title, group, presses=True) for title, group in pressing),
        BoardGroup(Message("Looking for people"), [row for row in rest if row.card.state == NeedState.open]),
        BoardGroup(Message("Filled or under way"), [row for row in rest if row.card.state != NeedState.open]),
    )
    return [group for group in groups if group.rows]
