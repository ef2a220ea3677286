"""What people answered when they were asked, and what they came forward for: all that there is to learn from.

Attendance is not recorded yet, so that a yes means a confirmed place and nothing more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from linli.needs.models import Need, Shift
from linli.participation.models import Participation
from linli.participation.rules import SAID_NO, SAID_YES, WAITS_FOR_YES, State, invitation_expires_at
from linli.volunteers.models import VolunteerProfile
from matching import Deed

# What is older counts less than a sixteenth.
REMEMBERED: Final = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One person and one shift: asked or come forward, and how it ended."""

    id: UUID
    account_id: UUID
    need_id: UUID
    shift_id: UUID
    starts_at: datetime
    ends_at: datetime
    field_id: str | None
    state: State
    asked_at: datetime | None
    expires_at: datetime | None
    created_at: datetime
    changed_at: datetime

    def deed(self, now: datetime) -> Deed | None:
        """What the person did; None while the question is open, or where it was taken back."""
        if self.asked_at is None:
            return None if self.state in SAID_NO else Deed.VOLUNTEERED
        if self.state in SAID_YES:
            return Deed.YES
        if self.state in SAID_NO:
            return Deed.NO
        return Deed.SILENCE if self._has_lapsed(now) else None

    def done_at(self) -> datetime:
        """When they came forward, answered, or let the question run out."""
        if self.asked_at is None:
            return self.created_at
        if self.expires_at and self.state in {State.expired, *WAITS_FOR_YES}:
            return min(self.expires_at, max(self.changed_at, self.asked_at))
        return max(self.changed_at, self.asked_at)

    def settled_at(self) -> datetime:
        """When the time to answer was over, whatever they said and however fast.

        Yeses come sooner than silences: to count what was answered until today is to count too many of them.
        """
        life = invitation_expires_at(self.asked_at or self.created_at, self.starts_at)
        return max(life, self.expires_at or life, self.done_at())

    def _has_lapsed(self, now: datetime) -> bool:
        """A question is over when its time is, also where nobody has noted that yet."""
        if self.state in WAITS_FOR_YES:
            return self.starts_at <= now or (self.expires_at is not None and self.expires_at <= now)
        return self.state is State.expired


class What(IntEnum):
    """In the order in which they count at the same moment."""

    done = 0
    asked = 1


class Event(NamedTuple):
    at: datetime
    what: What
    id: UUID
    row: AnswerRow


async def answer_rows(
    session: AsyncSession, whose: ColumnElement[bool], *, now: datetime, most: int
) -> list[AnswerRow]:
    """The latest questions and offers, the earliest first; not what somebody had forgotten. One query."""
    row, forgotten_at = Participation, VolunteerProfile.answers_forgotten_at
    counts = or_(row.asked_at.is_not(None), not_(row.state.in_(SAID_NO)))
    # One yes of the same person to all times of a need is one answer, however many places it takes.
    first = aliased(Participation)
    is_repeated = and_(
        Need.same_person,
        select(first.id)
        .where(first.need_id == row.need_id, first.account_id == row.account_id, first.id < row.id)
        .exists(),
    )
    query = (
        select(
            *(row.id, row.account_id, row.need_id, row.shift_id, Shift.starts_at, Shift.ends_at),
            *(Need.field_id, row.state, row.asked_at, row.expires_at, row.created_at, row.changed_at),
        )
        .join(Shift, Shift.id == row.shift_id)
        .join(Need, Need.id == row.need_id)
        .outerjoin(VolunteerProfile, VolunteerProfile.account_id == row.account_id)
        .where(and_(whose, counts, not_(is_repeated), row.created_at > now - REMEMBERED))
        .where(or_(forgotten_at.is_(None), func.coalesce(row.asked_at, row.created_at) > forgotten_at))
        .order_by(row.created_at.desc(), row.id.desc())
        .limit(most)
    )
    return [AnswerRow(*found) for found in await session.execute(query)][::-1]


def events(rows: Iterable[AnswerRow], *, until: datetime) -> list[Event]:
    """What happened until then, in the order of time."""
    return sorted(event for row in rows for event in _of(row, until) if event.at <= until)


def _of(row: AnswerRow, until: datetime) -> Iterator[Event]:
    if row.asked_at is not None:
        yield Event(row.asked_at, What.asked, row.id, row)
    if row.deed(until) is not None:
        yield Event(row.done_at(), What.done, row.id, row)
