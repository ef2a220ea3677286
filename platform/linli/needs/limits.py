"""How long needs of a division may wait for an answer: what a bureau sets, and what counts otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import record
from linli.core.errors import Conflict
from linli.core.forms import Form
from linli.core.i18n import Message
from linli.needs.models import AnswerLimit
from linli.needs.rules import ANSWER_HOURS, LONGEST_ANSWER_HOURS, Priority
from linli.organizations.models import Organization

CHANGED_MEANWHILE: Final = Message(
    "Somebody else changed these limits in the meantime. Please compare, then save again."
)
Hours = Mapping[Priority, int | None]


@dataclass(frozen=True)
class Limit:
    """What a division has set itself, and what counts where it has set nothing."""

    priority: Priority
    own_hours: int | None
    otherwise_hours: int
    otherwise_from: str
    """The wider division that says so; empty for the usual limit."""


async def limits_of(session: AsyncSession, division: str, *, lock: bool = False) -> list[Limit]:
    containing = [division[:length] for length in (2, 4, 6, 9, 12) if length <= len(division)]
    query = select(AnswerLimit).where(AnswerLimit.division.in_(containing))
    rows = await session.scalars(query.with_for_update() if lock else query)
    hours = {(row.division, row.priority): row.hours for row in rows}
    return [_limit(priority, division, containing, hours) for priority in Priority]


def own_hours(limits: Sequence[Limit]) -> Hours:
    return {each.priority: each.own_hours for each in limits}


def read_limits(form: Form) -> Hours:
    """Hours for each priority; an empty field takes over what counts otherwise."""
    hours = {each: form.whole(each.value, least=1, most=LONGEST_ANSWER_HOURS) for each in Priority}
    form.check()
    return hours


async def set_limits(
    session: AsyncSession, *, bureau: Organization, hours: Hours, seen: str, account_id: UUID, now: datetime
) -> None:
    """For the needs that are posted from now on. `seen` is what the page showed, as `as_seen` wrote it."""
    # Two members of staff save one after the other, also where no row is there yet to be locked.
    await session.execute(select(Organization.id).where(Organization.id == bureau.id).with_for_update())
    if seen != as_seen(own_hours(await limits_of(session, bureau.division, lock=True))):
        raise Conflict(CHANGED_MEANWHILE)
    await session.execute(delete(AnswerLimit).where(AnswerLimit.division == bureau.division))
    session.add_all(
        AnswerLimit(division=bureau.division, priority=priority, hours=each)
        for priority, each in hours.items()
        if each is not None
    )
    record(
        session,
        action="set_answer_limits",
        object_id=bureau.id,
        organization_id=bureau.id,
        actor_id=account_id,
        now=now,
        **{f"{priority.value}_hours": each for priority, each in hours.items()},
    )
    await session.flush()


def as_seen(hours: Hours) -> str:
    """
    >>> as_seen({Priority.urgent: 12, Priority.normal: None})
    'normal= urgent=12'
    """
    return " ".join(sorted(f"{priority.value}={each or ''}" for priority, each in hours.items()))


def _limit(
    priority: Priority, division: str, containing: Sequence[str], hours: Mapping[tuple[str, Priority], int]
) -> Limit:
    wider = [each for each in reversed(containing) if each != division and (each, priority) in hours]
    otherwise_from = wider[0] if wider else ""
    otherwise = hours[otherwise_from, priority] if wider else ANSWER_HOURS[priority]
    return Limit(priority, hours.get((division, priority)), otherwise, otherwise_from)
