"""Whom a leader can name: the members of a team with what is known of them at some times, in few queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n, seed
from linli.core.i18n import Message
from linli.core.paging import Page, read_page
from linli.core.seed import Credential
from linli.needs.models import Need, NeedCredential, Shift
from linli.participation.models import Participation
from linli.participation.queries import said_no
from linli.participation.rules import OPEN, TAKES_A_PLACE
from linli.teams.models import TeamMember
from linli.teams.rules import MemberState, is_free_in, parts_of_week
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from linli.volunteers.rules import credential_counts

T = TypeVar("T")
PAGE_SIZE = 100
MOST_COUNTED = 1000
FREE = Message("Free at this time")
BUSY = Message("Busy at this time.")
UNKNOWN = Message("Has not said")
SAID_NO = Message("Has said no to this need")
ALREADY = Message("Already asked or coming.")


@dataclass(frozen=True)
class Candidate:
    """A member as who leads the team may see them; no number here, the roster has them."""

    account: Account
    said: Message
    missing: tuple[Credential, ...]
    can_be_named: bool

    @property
    def comes_first(self) -> int:
        order = (FREE, UNKNOWN, BUSY)
        place = order.index(self.said) if self.said in order else len(order)
        return place if self.can_be_named else place + len(order)


@dataclass(frozen=True)
class Time:
    """One time of a need, with the ids of the papers it asks for."""

    shift: Shift
    required: Collection[str]

    def overlaps(self, other: Shift) -> bool:
        is_another = self.shift.id != other.id
        return is_another and other.starts_at < self.shift.ends_at and self.shift.starts_at < other.ends_at


@dataclass(frozen=True)
class _Known:
    """What the database says of the members, about all the times at once."""

    members: Sequence[tuple[Account, str | None]]
    promised: Mapping[UUID, Sequence[Shift]]
    asked: Collection[tuple[UUID, UUID]]
    unwilling: Collection[tuple[UUID, UUID]]
    papers: Mapping[UUID, Mapping[str, date | None]]

    def candidates(self, time: Time) -> list[Candidate]:
        return [self._candidate(account, week, time) for account, week in self.members]

    def _candidate(self, account: Account, week: str | None, time: Time) -> Candidate:
        said = self._said(account.id, week, time)
        missing = self._missing(account.id, time)
        return Candidate(account, said, missing, said in (FREE, UNKNOWN) and not missing)

    def _said(self, account_id: UUID, week: str | None, time: Time) -> Message:
        """A week that says busy may have changed: only a promise to somebody else stands in the way."""
        shift = time.shift
        if (shift.need_id, account_id) in self.unwilling:
            return SAID_NO
        if (shift.id, account_id) in self.asked:
            return ALREADY
        if any(time.overlaps(each) for each in self.promised.get(account_id, ())):
            return BUSY
        if week is None:
            return UNKNOWN
        cells = parts_of_week(i18n.local(shift.starts_at), i18n.local(shift.ends_at))
        return FREE if is_free_in(week, cells) else UNKNOWN

    def _missing(self, account_id: UUID, time: Time) -> tuple[Credential, ...]:
        held, day = self.papers.get(account_id, {}), i18n.local(time.shift.ends_at).date()
        counting = {
            id
            for id, until in held.items()
            if credential_counts(is_checked=True, expires_on=until, on_day=day)
        }
        return tuple(seed.credentials()[id] for id in time.required if id not in counting)


async def candidates(
    session: AsyncSession, *, need: Need, shift: Shift, team_ids: Collection[UUID], after: str | None = None
) -> Page[Candidate]:
    """By name, page by page; on each who is free comes first, then who has not said, then who cannot go."""
    time = Time(shift, [each.credential_id for each in need.credentials])
    page = await _members(session, team_ids, after)
    known = await _known(session, page.rows, [time.shift])
    found = sorted(known.candidates(time), key=lambda each: each.comes_first)
    return Page(found, page.next_cursor)


async def could_step_in(
    session: AsyncSession, *, team_id: UUID, shifts: Sequence[Shift]
) -> Mapping[UUID, int]:
    """For each shift how many more members have said that they are free, and hold the papers."""
    if not shifts:
        return {}
    members = await _members(session, [team_id], size=MOST_COUNTED)
    known = await _known(session, members.rows, shifts)
    required = await _required(session, {shift.need_id for shift in shifts})
    return {
        shift.id: sum(
            each.can_be_named and each.said is FREE
            for each in known.candidates(Time(shift, required.get(shift.need_id, ())))
        )
        for shift in shifts
    }


async def _known(
    session: AsyncSession, members: Sequence[tuple[Account, str | None]], shifts: Sequence[Shift]
) -> _Known:
    ids = [account.id for account, _ in members]
    return _Known(
        members,
        await _promised(session, ids, shifts),
        await _asked(session, ids, shifts),
        await said_no(session, need_ids={shift.need_id for shift in shifts}, account_ids=ids),
        await _papers(session, ids),
    )


async def _members(
    session: AsyncSession, team_ids: Collection[UUID], after: str | None = None, *, size: int | None = None
) -> Page[tuple[Account, str | None]]:
    """Once each, whoever belongs to several of the teams."""
    belongs = select(TeamMember.account_id).where(
        TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.member
    )
    return await read_page(
        session,
        select(Account, VolunteerProfile.availability)
        .outerjoin(VolunteerProfile, VolunteerProfile.account_id == Account.id)
        .where(Account.id.in_(belongs), Account.stopped_at.is_(None)),
        keys=[Account.name, Account.id],
        key_of=lambda row: [row[0].name, row[0].id],
        after=after,
        size=size or PAGE_SIZE,
    )


async def _promised(
    session: AsyncSession, ids: Collection[UUID], shifts: Sequence[Shift]
) -> Mapping[UUID, list[Shift]]:
    rows = await session.execute(
        select(Participation.account_id, Shift)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(
            Participation.account_id.in_(ids),
            Participation.state.in_(TAKES_A_PLACE),
            Shift.starts_at < max(shift.ends_at for shift in shifts),
            Shift.ends_at > min(shift.starts_at for shift in shifts),
        )
    )
    return _collected((account_id, shift) for account_id, shift in rows)


async def _asked(
    session: AsyncSession, ids: Collection[UUID], shifts: Sequence[Shift]
) -> set[tuple[UUID, UUID]]:
    rows = await session.execute(
        select(Participation.shift_id, Participation.account_id).where(
            Participation.shift_id.in_({shift.id for shift in shifts}),
            Participation.account_id.in_(ids),
            Participation.state.in_(OPEN),
        )
    )
    return {(shift_id, account_id) for shift_id, account_id in rows}


async def _papers(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, date | None]]:
    held = VolunteerCredential
    rows = await session.execute(
        select(held.account_id, held.credential_id, held.expires_on).where(
            held.account_id.in_(ids), held.checked_at.is_not(None)
        )
    )
    of_person = _collected((account_id, (id, expires_on)) for account_id, id, expires_on in rows)
    return {account_id: dict(papers) for account_id, papers in of_person.items()}


async def _required(session: AsyncSession, need_ids: Collection[UUID]) -> Mapping[UUID, Sequence[str]]:
    rows = await session.execute(
        select(NeedCredential.need_id, NeedCredential.credential_id).where(
            NeedCredential.need_id.in_(need_ids)
        )
    )
    return _collected((need_id, id) for need_id, id in rows)


def _collected(pairs: Iterable[tuple[UUID, T]]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
