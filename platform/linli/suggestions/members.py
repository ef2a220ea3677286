"""The members of teams at one time: who is free, who has not said, who holds a paper. Numbers only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n
from linli.needs.models import Need, Shift
from linli.participation.models import Participation
from linli.participation.rules import TAKES_A_PLACE
from linli.suggestions.tables import availability_table
from linli.teams.models import TeamMember
from linli.teams.rules import MemberState
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from linli.volunteers.rules import SLOTS, UNKNOWN
from matching import Answer, week_cells
from matching.gates import latest_birth

NOT_SAID: Final = UNKNOWN * SLOTS
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Counts:
    """One row each, in the order asked; `papers_free` has a column for each paper of the need."""

    free: Whole
    maybe_free: Whole
    papers_free: Whole


@dataclass(frozen=True, eq=False)
class Members:
    """Each member once in each group (a team, or an organization with all its teams)."""

    groups: tuple[UUID, ...]
    is_free: NDArray[np.int8]
    holds: NDArray[np.bool_]

    def counts(self, ids: Sequence[UUID]) -> Counts:
        """Members who are free, who have not said, and who hold each paper and are not busy."""
        row_of = {id: row for row, id in enumerate(ids)}
        rows = np.array([row_of[group] for group in self.groups], dtype=np.int64)
        size, not_busy = len(ids), self.is_free != Answer.NO
        papers = [
            np.bincount(rows[not_busy & self.holds[:, paper]], minlength=size)
            for paper in range(self.holds.shape[1])
        ]
        return Counts(
            free=np.bincount(rows[self.is_free == Answer.YES], minlength=size),
            maybe_free=np.bincount(rows[self.is_free == Answer.UNKNOWN], minlength=size),
            papers_free=np.array(papers, dtype=np.int64).reshape(-1, size).T,
        )


async def members_of(
    session: AsyncSession, group_of: Mapping[UUID, UUID], *, need: Need, shift: Shift
) -> Members:
    """Members who are old enough for the need, by the group their team belongs to. Two queries, or one."""
    starts, ends = i18n.local(shift.starts_at), i18n.local(shift.ends_at)
    taken = (
        select(Participation.account_id)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(Participation.state.in_(TAKES_A_PLACE))
        .where(Shift.starts_at < shift.ends_at, Shift.ends_at > shift.starts_at)
    )
    rows = await session.execute(
        select(
            TeamMember.team_id,
            TeamMember.account_id,
            VolunteerProfile.availability,
            TeamMember.account_id.in_(taken),
        )
        .join(Account, Account.id == TeamMember.account_id)
        .outerjoin(VolunteerProfile, VolunteerProfile.account_id == TeamMember.account_id)
        .where(TeamMember.team_id.in_(list(group_of)), TeamMember.state == MemberState.member)
        .where(Account.stopped_at.is_(None))
        .where(Account.birth_on <= born_by(starts.date(), need.minimum_age_years))
        .order_by(TeamMember.id)
    )
    known = {(group_of[team], account): (week, took) for team, account, week, took in rows}
    weeks = availability_table([week or NOT_SAID for week, _ in known.values()])
    is_free = weeks[:, week_cells(starts, ends)].min(axis=1, initial=Answer.YES)
    is_free[np.array([bool(took) for _, took in known.values()], dtype=np.bool_)] = Answer.NO
    papers = [each.credential_id for each in need.credentials]
    held = await _papers(session, list(group_of), papers, ends.date()) if papers else {}
    holds = [[account in held.get(paper, ()) for paper in papers] for _, account in known]
    table = np.array(holds, dtype=np.bool_).reshape(len(known), len(papers))
    return Members(tuple(group for group, _ in known), is_free, table)


def born_by(day: date, years: int) -> date:
    """The last birth date of who is so many years old on a day.

    >>> born_by(date(2026, 11, 24), 18)
    datetime.date(2008, 11, 24)
    """
    last: date = latest_birth(np.array([day], dtype="datetime64[D]"), np.array([years]))[0].astype(object)
    return last


async def _papers(
    session: AsyncSession, team_ids: Sequence[UUID], papers: Collection[str], day: date
) -> dict[str, set[UUID]]:
    """Who holds each paper, checked, and valid on a day."""
    held = VolunteerCredential
    rows = await session.execute(
        select(held.credential_id, held.account_id)
        .join(TeamMember, TeamMember.account_id == held.account_id)
        .where(TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.member)
        .where(held.credential_id.in_(papers), held.checked_at.is_not(None))
        .where((held.expires_on.is_(None)) | (held.expires_on >= day))
    )
    found: dict[str, set[UUID]] = {}
    for paper, account_id in rows:
        found.setdefault(paper, set()).add(account_id)
    return found
