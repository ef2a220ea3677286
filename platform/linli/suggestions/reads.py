"""What the matcher's tables are made of, read as plain rows: a few queries, however many people there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from linli.conversations.models import Block
from linli.needs.models import Need, NeedCredential, NeedLanguage, NeedSkill, Shift
from linli.needs.rules import NeedState
from linli.participation.models import Participation
from linli.participation.rules import OPEN, SAID_NO, SAID_YES, TAKES_A_PLACE, State
from linli.volunteers.models import VolunteerProfile
from linli.volunteers.queries import words

REQUIRED: Final = "required"
# The committee said no: the person is not proposed for this shift again, though they may be asked.
TURNED_DOWN: Final = frozenset({State.refused, State.cancelled})
# Invitations that are still open, or that the committee took back, tell nothing about a person's answers.
ANSWERED: Final = SAID_YES | SAID_NO | {State.expired}
# Promises count for the weekly cap in the whole calendar week of a shift.
A_WEEK: Final = timedelta(days=7)
Span: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class ShiftRow:
    id: UUID
    starts_at: datetime
    ends_at: datetime
    places: int
    places_taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """A need as matching sees it: no contact, no address, nobody's name. `skills` says which are required."""

    id: UUID
    organization_id: UUID | None
    version: int
    division: str | None
    longitude: float | None
    latitude: float | None
    field_id: str | None
    minimum_age_years: int
    text: str
    created_at: datetime
    skills: Mapping[str, bool]
    credentials: tuple[str, ...]
    languages: tuple[str, ...]
    shifts: tuple[ShiftRow, ...]
    same_person: bool = False


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A place that somebody holds."""

    account_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PairRow:
    """What already stands between a person and a shift."""

    need_id: UUID
    shift_id: UUID
    account_id: UUID
    state: State

    @property
    def takes_part(self) -> bool:
        return self.state in OPEN and self.state is not State.invited

    @property
    def counts_for_need(self) -> bool:
        """A no of any kind counts for the whole need."""
        return self.state in SAID_NO


async def need_rows(
    session: AsyncSession, chosen: ColumnElement[bool], *, now: datetime, limit: int, only_free: bool = True
) -> list[NeedRow]:
    """Needs, the newest first, with their coming shifts (those with a free place), in two queries."""
    needs = select(*_columns()).where(chosen).order_by(Need.id.desc()).limit(limit)
    found = (await session.execute(needs)).all()
    shifts = await _coming_shifts(session, [row.id for row in found], now=now, only_free=only_free)
    return [_need_row(row, shifts.get(row.id, ())) for row in found]


def text_of(need: Any) -> str:
    """What a need says of itself, from a row or the need."""
    return f"{need.title}\n{need.description}"


def span_of(shifts: Sequence[ShiftRow]) -> Span | None:
    if not shifts:
        return None
    return min(each.starts_at for each in shifts), max(each.ends_at for each in shifts)


async def promises(
    session: AsyncSession, whose: ColumnElement[bool], *, around: Span | None
) -> list[PromiseRow]:
    """Places held from a week before to a week after."""
    if around is None:
        return []
    begin, end = around
    rows = await session.execute(
        select(Participation.account_id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(whose, Participation.state.in_(TAKES_A_PLACE))
        .where(Shift.ends_at > begin - A_WEEK, Shift.starts_at < end + A_WEEK)
    )
    return [PromiseRow(*row) for row in rows]


async def pairs(session: AsyncSession, whose: ColumnElement[bool]) -> list[PairRow]:
    """Who takes part, was asked, said no or was turned down."""
    rows = await session.execute(
        select(Participation.need_id, Participation.shift_id, Participation.account_id, Participation.state)
        .where(whose, Participation.state.in_(OPEN | SAID_NO | TURNED_DOWN))
        .order_by(Participation.id)
    )
    return [PairRow(*row) for row in rows]


async def blocked_pairs(session: AsyncSession, which: ColumnElement[bool]) -> list[PairRow]:
    """Who has blocked the organization of a need, or is blocked by it: as if they had said no to it.

    So they are counted among those who said no, and a count betrays nobody.
    """
    query = (
        select(Need.id, Block.account_id)
        .join(Block, Block.organization_id == Need.organization_id)
        .where(which, Block.ended_at.is_(None))
    )
    rows = await session.execute(query)
    return [PairRow(need_id, need_id, blocked, State.declined) for need_id, blocked in rows]


def blocks_of(account_id: UUID) -> ColumnElement[bool]:
    """One person's blocks, of the needs that could be proposed: naming these one by one would take longer."""
    return (Block.account_id == account_id) & (Need.state == NeedState.open)


async def answers(session: AsyncSession, whose: ColumnElement[bool]) -> dict[UUID, tuple[int, int]]:
    """How often each was asked and answered (or let it run out), and said yes; not what was forgotten."""
    said_yes = case((Participation.state.in_(SAID_YES), 1), else_=0)
    forgotten_at = VolunteerProfile.answers_forgotten_at
    rows = await session.execute(
        select(Participation.account_id, func.count(), func.sum(said_yes))
        .outerjoin(VolunteerProfile, VolunteerProfile.account_id == Participation.account_id)
        .where(whose, Participation.asked_at.is_not(None), Participation.state.in_(ANSWERED))
        .where(or_(forgotten_at.is_(None), Participation.asked_at > forgotten_at))
        .group_by(Participation.account_id)
    )
    return {account_id: (asked, accepted) for account_id, asked, accepted in rows}


def among(account_ids: Collection[UUID]) -> ColumnElement[bool]:
    return Participation.account_id.in_(account_ids)


def of_needs(need_ids: Collection[UUID]) -> ColumnElement[bool]:
    return Participation.need_id.in_(need_ids)


async def _coming_shifts(
    session: AsyncSession, need_ids: Sequence[UUID], *, now: datetime, only_free: bool
) -> Mapping[UUID, tuple[ShiftRow, ...]]:
    shift = Shift
    query = (
        select(shift.need_id, shift.id, shift.starts_at, shift.ends_at, shift.places, shift.places_taken)
        .where(shift.need_id.in_(need_ids), shift.starts_at > now)
        .order_by(shift.starts_at, shift.id)
    )
    if only_free:
        query = query.where(shift.places_taken < shift.places)
    found: dict[UUID, list[ShiftRow]] = {}
    for need_id, *rest in await session.execute(query):
        found.setdefault(need_id, []).append(ShiftRow(*rest))
    return {need_id: tuple(rows) for need_id, rows in found.items()}


def _columns() -> tuple[Any, ...]:
    is_required = case((NeedSkill.is_required, REQUIRED), else_="")
    return (
        Need.id,
        Need.organization_id,
        Need.version,
        Need.division,
        Need.longitude,
        Need.latitude,
        Need.field_id,
        Need.minimum_age_years,
        Need.title,
        Need.description,
        Need.created_at,
        Need.same_person,
        _in_words(NeedSkill.skill_id + ":" + is_required, NeedSkill.need_id).label("skills"),
        _in_words(NeedCredential.credential_id, NeedCredential.need_id).label("credentials"),
        _in_words(NeedLanguage.language_id, NeedLanguage.need_id).label("languages"),
    )


def _in_words(
    column: ColumnElement[str] | InstrumentedAttribute[str], owner: InstrumentedAttribute[UUID]
) -> ColumnElement[str]:
    """The rows of a need in one column, in any order."""
    return (
        select(func.aggregate_strings(column, " ")).where(owner == Need.id).correlate(Need).scalar_subquery()
    )


def _need_row(row: Any, shifts: tuple[ShiftRow, ...]) -> NeedRow:
    skills = (word.split(":") for word in words(row.skills))
    return NeedRow(
        id=row.id,
        organization_id=row.organization_id,
        version=row.version,
        division=row.division,
        longitude=row.longitude,
        latitude=row.latitude,
        field_id=row.field_id,
        minimum_age_years=row.minimum_age_years,
        text=text_of(row),
        created_at=row.created_at,
        skills={skill: required == REQUIRED for skill, required in skills},
        credentials=words(row.credentials),
        languages=words(row.languages),
        shifts=shifts,
        same_person=row.same_person,
    )
