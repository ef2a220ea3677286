"""Reads of needs: cards for lists, a need with everything, what is overdue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, selectinload

from linli.core import seed
from linli.core.db import UtcDateTime
from linli.core.errors import NotFound
from linli.core.i18n import Message, Named
from linli.core.paging import PAGE_SIZE, Page, read_page
from linli.divisions.shown import named
from linli.needs.filters import EVERYTHING, NeedFilter
from linli.needs.models import AnswerLimit, Need, Shift
from linli.needs.rules import (
    ANSWER_HOURS,
    PRIORITY_NAMES,
    RUNNING_STATES,
    NeedState,
    Priority,
    is_overdue,
)
from linli.organizations.models import Organization

Earlier = aliased(Shift)
SAME_PERSON: Final = Message("The same person comes to all of its times.")
ALL_OR_NOTHING: Final = Message("It takes place only if all places are filled.")
BOTH: Final = Message("The same people come to all times, and only if all places are filled.")


@dataclass(frozen=True, kw_only=True)
class NeedCard:
    """A need as lists show it: public parts only."""

    id: UUID
    url: str
    title: str
    title_lang: str
    field_id: str | None
    state: str
    priority: Priority
    starts_at: datetime | None
    ends_at: datetime | None
    more_shifts: int
    division: str | None
    community: Named | None
    places_free: int
    places_total: int
    asker: str
    asker_verified: bool
    is_sample: bool
    answer_due_at: datetime | None
    answered_at: datetime | None
    is_overdue: bool
    nearness: Message | None = None
    reasons: tuple[Message, ...] = ()
    why_url: str | None = None
    note: Message | None = None
    action: Any = None

    @property
    def urgent(self) -> Message | None:
        is_urgent = self.priority is Priority.urgent and self.state == NeedState.open
        return PRIORITY_NAMES[Priority.urgent] if is_urgent else None


# Put together once, as all that is asked often: making a statement takes as long as sending it.
NOW: Final = bindparam("now", type_=UtcDateTime)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
# The few things asked for come with the need, in one statement; its times, which may be many, in another.
_WHOLE: Final = (
    select(Need)
    .where(Need.id == bindparam("need_id"))
    .options(
        selectinload(Need.shifts),
        joinedload(Need.skills),
        joinedload(Need.credentials),
        joinedload(Need.languages),
    )
    .execution_options(populate_existing=True)
)
_WITH_ASKER: Final = _WHOLE.add_columns(Organization).outerjoin(
    Organization, Organization.id == Need.organization_id
)
# Under a lock everything is read by statements of its own: what is joined would be as old as the wait for
# the lock. The weaker lock: rows that only point at the need, as suggestions do, are written meanwhile.
_LOCKED: Final = (
    select(Need)
    .with_for_update(of=Need, key_share=True)
    .options(selectinload(Need.shifts), selectinload(Need.credentials))
    .execution_options(populate_existing=True)
)
_LOCKED_WHOLE: Final = _LOCKED.where(Need.id == bindparam("need_id")).options(
    selectinload(Need.skills), selectinload(Need.languages)
)
_LOCKED_BY_SHIFT: Final = _LOCKED.where(
    Need.id == select(Shift.need_id).where(Shift.id == bindparam("shift_id")).scalar_subquery()
)


async def find_need(session: AsyncSession, need_id: UUID, *, lock: bool = False) -> Need:
    """The need with its shifts and requirements, or NotFound; whether one may see it is asked before.

    `lock` makes everyone else who wants to change the need or its places wait.
    """
    found = await session.scalars(_LOCKED_WHOLE if lock else _WHOLE, {"need_id": need_id})
    need: Need | None = found.unique().one_or_none()
    if need is None:
        raise NotFound
    return need


async def find_need_and_asker(session: AsyncSession, need_id: UUID) -> tuple[Need, Organization | None]:
    """The same with who asks, as everybody's page shows it; an imported need has nobody."""
    found = (await session.execute(_WITH_ASKER, {"need_id": need_id})).unique().one_or_none()
    if found is None:
        raise NotFound
    return found.Need, found.Organization


async def lock_need_of_shift(session: AsyncSession, shift_id: UUID) -> Need:
    """As `find_need` with its lock, by one of its shifts; with what decides about places and nothing more."""
    need: Need | None = await session.scalar(_LOCKED_BY_SHIFT, {"shift_id": shift_id})
    if need is None:
        raise NotFound
    return need


def public_fields() -> list[str]:
    """Fields of service whose needs may stand on public pages."""
    return [field.id for field in seed.need_fields().values() if field.shown_publicly]


def is_publicly_shown() -> ColumnElement[bool]:
    return and_(Need.field_id.in_(public_fields()), is_vouched_for())


def is_vouched_for() -> ColumnElement[bool]:
    """While a bureau does not vouch for who asks, nobody new is led to the need (docs/adr/0022)."""
    asker = select(Organization.id).where(Organization.id == Need.organization_id)
    return asker.where(Organization.is_verified).exists()


def coming(now: datetime) -> ColumnElement[bool]:
    return Shift.starts_at > now


async def open_needs(
    session: AsyncSession,
    *,
    now: datetime,
    chosen: NeedFilter = EVERYTHING,
    zone: ZoneInfo,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[NeedCard]:
    """Public needs with a free place in a coming shift, the next shift first."""
    day = datetime.combine(chosen.day, time(), zone) if chosen.day else None
    page = await read_page(
        session,
        _open_shifts(chosen.code, chosen.field_id, day),
        keys=[Shift.starts_at, Shift.need_id],
        key_of=tuple,
        after=after,
        size=size,
        given={"now": now},
    )
    return Page(await _open_cards(session, [row.need_id for row in page.rows], now, day), page.next_cursor)


@lru_cache(maxsize=256)
def _open_shifts(division: str | None, field_id: str | None, day: datetime | None) -> Select[Any]:
    """The next free time of each open need."""
    has_earlier = (
        select(Earlier.id)
        .where(Earlier.need_id == Shift.need_id, *_has_a_place(Earlier, day))
        .where(tuple_(Earlier.starts_at, Earlier.id) < tuple_(Shift.starts_at, Shift.id))
        .exists()
    )
    is_looking = select(Need.id).where(Need.id == Shift.need_id, *_is_looking(division, field_id))
    # Along the index of times, so that what comes after the page is never looked at; a join would not.
    return select(Shift.starts_at, Shift.need_id).where(
        *_has_a_place(Shift, day), is_looking.exists(), ~has_earlier
    )


async def lacking_needs(
    session: AsyncSession,
    *,
    now: datetime,
    chosen: NeedFilter = EVERYTHING,
    zone: ZoneInfo,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[NeedCard]:
    """The same needs, what lacks somebody most first: the same order for everybody."""
    day = datetime.combine(chosen.day, time(), zone) if chosen.day else None
    page = await read_page(
        session,
        _lacking(chosen.code, chosen.field_id, day),
        keys=[Need.lacking, Need.id],
        key_of=tuple,
        after=after,
        size=size,
        descending=True,
        given={"now": now},
    )
    return Page(await _open_cards(session, [row.id for row in page.rows], now, day), page.next_cursor)


@lru_cache(maxsize=256)
def _lacking(division: str | None, field_id: str | None, day: datetime | None) -> Select[Any]:
    has_a_place = select(Shift.id).where(Shift.need_id == Need.id, *_has_a_place(Shift, day)).exists()
    return select(Need.lacking, Need.id).where(*_is_looking(division, field_id), has_a_place)


async def newest_needs(
    session: AsyncSession, *, now: datetime, division: str | None, limit: int = PAGE_SIZE
) -> list[NeedCard]:
    """Public open needs, the last posted first: the same for everybody."""
    ids = await session.scalars(_newest(division, limit), {"now": now})
    return await _open_cards(session, ids.all(), now)


@lru_cache(maxsize=256)
def _newest(division: str | None, limit: int) -> Select[Any]:
    has_a_place = select(Shift.id).where(Shift.need_id == Need.id, *_has_a_place(Shift)).exists()
    newest = select(Need.id).where(*_is_looking(division), has_a_place)
    return newest.order_by(Need.posted_at.desc(), Need.id.desc()).limit(limit)


def _is_looking(division: str | None, field_id: str | None = None) -> list[ColumnElement[bool]]:
    conditions = [Need.state == NeedState.open, is_publicly_shown()]
    if division:
        conditions.append(Need.division.startswith(division, autoescape=True))
    if field_id:
        conditions.append(Need.field_id == field_id)
    return conditions


def _has_a_place(shift: type[Shift], day: datetime | None = None) -> tuple[ColumnElement[bool], ...]:
    """Times still to come, of one day if chosen, with a free place."""
    is_free = (shift.starts_at > NOW, shift.places_taken < shift.places)
    on_day = (shift.starts_at >= day, shift.starts_at < day + timedelta(days=1)) if day else ()
    return (*is_free, *on_day)


AHEAD: Final = Shift.starts_at > NOW
# One row a need: its public columns, the next coming shift, and the places still to come.
CARDS: Final = (
    select(
        Need.id,
        Need.title,
        Need.language,
        Need.field_id,
        Need.state,
        Need.priority,
        Need.division,
        Need.is_sample,
        Need.same_person,
        Need.all_or_nothing,
        Need.answer_due_at,
        Need.answered_at,
        Need.changed_at,
        Organization.name.label("asker"),
        Organization.is_verified,
        func.min(case((AHEAD, Shift.starts_at))).label("next_start"),
        func.min(case((AHEAD, Shift.ends_at))).label("next_end"),
        func.max(Shift.starts_at).label("last_start"),
        func.max(Shift.ends_at).label("last_end"),
        func.sum(case((AHEAD, 1), else_=0)).label("coming_shifts"),
        func.sum(case((AHEAD, Shift.places), else_=0)).label("places"),
        func.sum(case((AHEAD, Shift.places_taken), else_=0)).label("taken"),
    )
    .join(Organization, Organization.id == Need.organization_id)
    .outerjoin(Shift, Shift.need_id == Need.id)
    .group_by(Need.id, Organization.id)
)
_CARDS_WITH_ID: Final = CARDS.where(Need.id.in_(_IDS))
_OPEN_CARDS: Final = _CARDS_WITH_ID.where(*_has_a_place(Shift))


async def _open_cards(
    session: AsyncSession, ids: Sequence[UUID], now: datetime, day: datetime | None = None
) -> list[NeedCard]:
    """Cards in the order of the ids, that speak of free times only."""
    query = _OPEN_CARDS if day is None else _CARDS_WITH_ID.where(*_has_a_place(Shift, day))
    return _in_order(ids, await session.execute(query, {"ids": ids, "now": now}), now)


async def open_field_counts(session: AsyncSession, *, now: datetime, division: str | None) -> dict[str, int]:
    """How many open needs each field has, for the filter chips."""
    counts = await session.execute(_field_counts(division), {"now": now})
    return {field_id: count for field_id, count in counts if field_id}


@lru_cache(maxsize=256)
def _field_counts(division: str | None) -> Select[Any]:
    has_a_place = select(Shift.id).where(Shift.need_id == Need.id, *_has_a_place(Shift)).exists()
    counts = select(Need.field_id, func.count()).where(*_is_looking(division), has_a_place)
    return counts.group_by(Need.field_id)


async def cards_by_ids(session: AsyncSession, ids: Sequence[UUID], *, now: datetime) -> list[NeedCard]:
    """Cards in the order of the ids."""
    return _in_order(ids, await session.execute(_CARDS_WITH_ID, {"ids": ids, "now": now}), now)


async def needs_of_organization(
    session: AsyncSession, *, organization_id: UUID, state: NeedState | None, now: datetime, after: str
) -> Page[NeedCard]:
    """All its needs, drafts too, or those in one state; the last written first."""
    query = CARDS.where(Need.organization_id == organization_id)
    page = await read_page(
        session,
        query.where(Need.state == state) if state else query,
        keys=[Need.id],
        key_of=lambda row: [row.id],
        after=after,
        descending=True,
        given={"now": now},
    )
    return Page([to_card(row, now) for row in page.rows], page.next_cursor)


def _in_order(ids: Sequence[UUID], rows: Iterable[Any], now: datetime) -> list[NeedCard]:
    found = {row.id: to_card(row, now) for row in rows}
    return [found[id] for id in ids if id in found]


def to_card(row: Any, now: datetime) -> NeedCard:
    return NeedCard(
        id=row.id,
        url=f"/needs/{row.id}",
        title=row.title,
        title_lang=row.language,
        field_id=row.field_id,
        state=row.state.value,
        priority=row.priority,
        starts_at=row.next_start or row.last_start,
        ends_at=row.next_end or row.last_end,
        more_shifts=max((row.coming_shifts or 0) - 1, 0),
        division=row.division,
        community=named(row.division) if row.division else None,
        places_free=(row.places or 0) - (row.taken or 0),
        places_total=row.places or 0,
        asker=row.asker,
        asker_verified=bool(row.is_verified),
        is_sample=row.is_sample,
        answer_due_at=row.answer_due_at,
        answered_at=row.answered_at,
        note=_note(row),
        is_overdue=row.state in RUNNING_STATES
        and is_overdue(answer_due_at=row.answer_due_at, answered_at=row.answered_at, now=now),
    )


def _note(row: Any) -> Message | None:
    if row.all_or_nothing:
        return BOTH if row.same_person else ALL_OR_NOTHING
    return SAME_PERSON if row.same_person else None


async def answer_hours(session: AsyncSession, *, division: str, priority: Priority) -> int:
    """The limit of the nearest division that has set one, or the default."""
    containing = [division[:length] for length in (12, 9, 6, 4, 2) if len(division) >= length]
    hours = await session.scalar(
        select(AnswerLimit.hours)
        .where(AnswerLimit.division.in_(containing), AnswerLimit.priority == priority)
        .order_by(func.length(AnswerLimit.division).desc())
        .limit(1)
    )
    return hours or ANSWER_HOURS[priority]


async def organization_of(session: AsyncSession, need_id: UUID) -> UUID | None:
    return await session.scalar(select(Need.organization_id).where(Need.id == need_id))
