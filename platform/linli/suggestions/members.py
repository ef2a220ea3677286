"""The members of teams at one time: who is free, who has not said, who holds a paper. Numbers only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, and_, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from linli.accounts.models import Account
from linli.conversations.blocks import people_apart
from linli.core import i18n
from linli.needs.models import Need, Shift
from linli.participation.models import Participation
from linli.participation.rules import TAKES_A_PLACE
from linli.teams.models import Team, TeamMember
from linli.teams.rules import MemberState
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from linli.volunteers.rules import BUSY, FREE, SLOTS, UNKNOWN
from matching import week_cells
from matching.gates import latest_birth

NOT_SAID: Final = UNKNOWN * SLOTS
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Counts:
    """One row each, in the order asked; `papers_free` has a column for each paper of the need."""

    free: Whole
    maybe_free: Whole
    papers_free: Whole

    @classmethod
    def of(cls, ids: Sequence[UUID], counted: Mapping[UUID, Sequence[int]], *, papers: int) -> "Counts":
        """Of teams or organizations, as `count_members` has counted them; who is not there has nobody."""
        table = np.array([counted.get(id, (0,) * (2 + papers)) for id in ids], dtype=np.int64)
        table = table.reshape(-1, 2 + papers)
        return cls(free=table[:, 0], maybe_free=table[:, 1], papers_free=table[:, 2:])


async def count_members(
    session: AsyncSession,
    of: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
    *,
    teams: Select[tuple[UUID]] | Collection[UUID],
    need: Need,
    shift: Shift,
) -> Mapping[UUID, Sequence[int]]:
    """By team, or by a column of it: free, not said, and not busy with each paper that is required.

    Counted are members old enough for the need, whom no block keeps from who asks, each once. One query.
    """
    starts, ends = i18n.local(shift.starts_at), i18n.local(shift.ends_at)
    week = func.coalesce(VolunteerProfile.availability, NOT_SAID)
    said = [func.substr(week, cell + 1, 1) for cell in week_cells(starts, ends)]
    papers = [_holds(each.credential_id, ends.date()) for each in need.credentials]
    people = (
        select(
            of.label("of"),
            TeamMember.account_id.label("person"),
            and_(*(each == FREE for each in said)).label("is_free"),
            or_(TeamMember.account_id.in_(_taken(shift)), *(each == BUSY for each in said)).label("is_busy"),
            *(each.label(f"holds_{n}") for n, each in enumerate(papers)),
        )
        .join(Team, Team.id == TeamMember.team_id)
        .join(Account, Account.id == TeamMember.account_id)
        .outerjoin(VolunteerProfile, VolunteerProfile.account_id == TeamMember.account_id)
        .where(TeamMember.team_id.in_(teams), TeamMember.state == MemberState.member)
        .where(TeamMember.account_id.not_in(people_apart(need.organization_id)))
        .where(Account.stopped_at.is_(None))
        .where(Account.birth_on <= born_by(starts.date(), need.minimum_age_years))
        .subquery()
        .c
    )
    counted = (
        (people.is_free, ~people.is_busy),
        (~people.is_free, ~people.is_busy),
        *((~people.is_busy, people[f"holds_{n}"]) for n in range(len(papers))),
    )
    rows = await session.execute(
        select(people.of, *(func.count(distinct(people.person)).filter(*each) for each in counted)).group_by(
            people.of
        )
    )
    return {row[0]: row[1:] for row in rows}


def born_by(day: date, years: int) -> date:
    """The last birth date of who is so many years old on a day.

    >>> born_by(date(2026, 11, 24), 18)
    datetime.date(2008, 11, 24)
    """
    last: date = latest_birth(np.array([day], dtype="datetime64[D]"), np.array([years]))[0].astype(object)
    return last


def _taken(shift: Shift) -> Select[tuple[UUID]]:
    """Who has promised that time to somebody."""
    return (
        select(Participation.account_id)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(Participation.state.in_(TAKES_A_PLACE))
        .where(Shift.starts_at < shift.ends_at, Shift.ends_at > shift.starts_at)
    )


def _holds(paper: str, day: date) -> ColumnElement[Any]:
    """Whether a member holds a paper, checked, and valid on a day."""
    held = VolunteerCredential
    return (
        select(held.id)
        .where(held.account_id == TeamMember.account_id, held.credential_id == paper)
        .where(held.counts_on(day))
        .exists()
    )
