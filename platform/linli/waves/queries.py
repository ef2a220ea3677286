"""Reads of askings: what is due, and how one goes on as its officers see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import NotFound
from linli.core.i18n import Message
from linli.needs.models import Need, Shift
from linli.needs.policies import POSTING_ROLES
from linli.needs.queries import is_vouched_for
from linli.organizations.models import Membership
from linli.participation.models import Participation
from linli.participation.rules import SAID_YES, State
from linli.volunteers.names import shown_name
from linli.waves import rules
from linli.waves.models import Asking, AskingWithout, Wave, WaveQuestion
from linli.waves.rules import AskingState

MOST_SHOWN: Final = 5


@dataclass(frozen=True)
class Sent:
    """How many waves and questions went out, and how many waves since it last began or went on."""

    waves: int = 0
    questions: int = 0
    waves_since: int = 0


@dataclass(frozen=True)
class AskedPerson:
    """Before a yes a surname; then the name. `arrives_at` stands where the question waited for a morning."""

    name: Message | str
    state: State
    arrives_at: datetime | None


@dataclass(frozen=True)
class SentWave:
    wave: Wave
    people: tuple[AskedPerson, ...]

    @property
    def yeses(self) -> int:
        return sum(each.state in SAID_YES for each in self.people)

    @property
    def waiting(self) -> int:
        return sum(each.state is State.invited for each in self.people)


@dataclass(frozen=True)
class Course:
    """How one asking goes on. `resting` says why no wave goes out although nobody holds it."""

    asking: Asking
    waves: tuple[SentWave, ...]
    planned: int
    places_free: int
    resting: Message | None

    @property
    def messages(self) -> int:
        return sum(len(each.people) for each in self.waves)

    @property
    def yeses(self) -> int:
        return sum(each.yeses for each in self.waves)


async def going_on(session: AsyncSession, shift_id: UUID) -> Asking | None:
    """The asking of a shift that has not ended."""
    found: Asking | None = await session.scalar(
        select(Asking)
        .where(Asking.shift_id == shift_id, Asking.state != AskingState.ended)
        .execution_options(populate_existing=True)
    )
    return found


async def find_asking(session: AsyncSession, *, need_id: UUID, asking_id: UUID) -> Asking:
    found: Asking | None = await session.scalar(
        select(Asking)
        .where(Asking.id == asking_id, Asking.need_id == need_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def courses_of(session: AsyncSession, *, shift: Shift) -> list[Course]:
    """The askings of one shift, the latest first, each with its waves; four queries at most."""
    found = await session.scalars(
        select(Asking).where(Asking.shift_id == shift.id).order_by(Asking.id.desc()).limit(MOST_SHOWN)
    )
    askings = found.all()
    if not askings:
        return []
    waves = await _waves_of(session, [each.id for each in askings])
    return [
        Course(
            each,
            tuple(sent for sent in waves if sent.wave.asking_id == each.id),
            _planned(each, waves, shift),
            shift.places_free,
            await why_resting(session, each) if each.state is AskingState.going else None,
        )
        for each in askings
    ]


def _planned(asking: Asking, waves: Sequence[SentWave], shift: Shift) -> int:
    """Those before a place was given back, and as many as fit since."""
    before = [each for each in waves if each.wave.asking_id == asking.id]
    earlier = sum(each.wave.sent_at < asking.going_since for each in before)
    return earlier + rules.planned_waves(asking.going_since, shift.starts_at)


async def why_resting(session: AsyncSession, asking: Asking) -> Message | None:
    is_verified, is_in_charge = (
        await session.execute(
            select(is_vouched_for(), _is_in_charge())
            .select_from(Asking)
            .join(Need, Need.id == Asking.need_id)
            .where(Asking.id == asking.id)
        )
    ).one()
    return rules.why_resting(asker_is_verified=is_verified, is_in_charge=is_in_charge)


def may_go_on() -> ColumnElement[bool]:
    """Of an asking with its need: nothing lets it rest."""
    return and_(is_vouched_for(), _is_in_charge())


async def sent_by(session: AsyncSession, asking_ids: Sequence[UUID]) -> Mapping[UUID, Sent]:
    """What went out for each; an asking that has sent nothing is left out."""
    rows = await session.execute(
        select(
            Wave.asking_id,
            func.count(Wave.id.distinct()),
            func.count(WaveQuestion.participation_id),
            func.count(case((Wave.sent_at >= Asking.going_since, Wave.id)).distinct()),
        )
        .join(Asking, Asking.id == Wave.asking_id)
        .outerjoin(WaveQuestion, WaveQuestion.wave_id == Wave.id)
        .where(Wave.asking_id.in_(asking_ids))
        .group_by(Wave.asking_id)
    )
    return {asking_id: Sent(*counts) for asking_id, *counts in rows}


async def without(session: AsyncSession, asking_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """Whom the officers do not want to be asked."""
    rows = await session.execute(
        select(AskingWithout.asking_id, AskingWithout.account_id).where(
            AskingWithout.asking_id.in_(asking_ids)
        )
    )
    found: dict[UUID, set[UUID]] = {}
    for asking_id, account_id in rows:
        found.setdefault(asking_id, set()).add(account_id)
    return {asking_id: frozenset(people) for asking_id, people in found.items()}


async def open_questions(session: AsyncSession, asking_id: UUID) -> Sequence[Participation]:
    found = await session.scalars(
        select(Participation)
        .join(WaveQuestion, WaveQuestion.participation_id == Participation.id)
        .join(Wave, Wave.id == WaveQuestion.wave_id)
        .where(Wave.asking_id == asking_id, Participation.state == State.invited)
        .order_by(Participation.account_id)
    )
    return found.all()


def _is_in_charge() -> ColumnElement[bool]:
    """Whether who began may still ask for the organization, as may_manage_need would have it."""
    return (
        select(Membership.id)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.account_id == Asking.begun_by_id)
        .where(Membership.organization_id == Need.organization_id)
        .where(Membership.ended_at.is_(None), Membership.role.in_(POSTING_ROLES))
        .where(Account.stopped_at.is_(None))
        .correlate(Asking, Need)
        .exists()
    )


async def _waves_of(session: AsyncSession, asking_ids: Sequence[UUID]) -> list[SentWave]:
    rows = await session.execute(
        select(Wave, Participation, Account.name)
        .join(WaveQuestion, WaveQuestion.wave_id == Wave.id)
        .join(Participation, Participation.id == WaveQuestion.participation_id)
        .join(Account, Account.id == Participation.account_id)
        .where(Wave.asking_id.in_(asking_ids))
        .order_by(Wave.sent_at, Wave.id, Participation.id)
    )
    people: dict[UUID, list[AskedPerson]] = {}
    waves: dict[UUID, Wave] = {}
    for wave, question, name in rows:
        waves[wave.id] = wave
        people.setdefault(wave.id, []).append(_asked(question, name))
    return [SentWave(wave, tuple(people[id])) for id, wave in waves.items()]


def _asked(question: Participation, name: str) -> AskedPerson:
    waits = question.reaches_at and question.asked_at and question.reaches_at > question.asked_at
    return AskedPerson(
        name if question.state in SAID_YES else shown_name(name),
        question.state,
        question.reaches_at if waits else None,
    )


async def chances_of_questions(
    session: AsyncSession, participation_ids: Sequence[UUID]
) -> Mapping[UUID, float]:
    """With which chance these came to be asked, where that was noted: what learning weighs answers by."""
    rows = await session.execute(
        select(WaveQuestion.participation_id, WaveQuestion.propensity).where(
            WaveQuestion.participation_id.in_(participation_ids)
        )
    )
    return {id: propensity for id, propensity in rows}
