"""When the members of one team or organization are free, over all the times of a list of needs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.blocks import organizations_apart
from linli.participation.models import Participation
from linli.suggestions import reads
from linli.suggestions.members import NOT_SAID, Counts, Whole
from linli.suggestions.tables import availability_table
from linli.suggestions.vocabulary import vocabulary
from linli.teams.models import TeamMember
from linli.teams.rules import MemberState
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from matching import Answer, Needs
from matching.gates import latest_birth

MOST_MEMBERS: Final = 2000
NOT_HELD, FOR_EVER = np.datetime64("0001-01-01", "D"), np.datetime64("9999-12-31", "D")
Days = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Calendars:
    """A row for each member: their week, what they have promised, and until when their papers count.

    `apart` are the members who do not work with an organization, by its id.
    """

    born_on: Days
    weeks: NDArray[np.int8]
    held_until: Days
    promised_by: Whole
    begins: Whole
    ends: Whole
    apart: Mapping[UUID | None, Whole]

    def counts(self, needs: Needs, asked_by: Sequence[UUID | None]) -> Counts:
        """A row for each time: who is free, who has not said, and who holds the rarest paper it requires."""
        told = self._told(needs, asked_by)
        return Counts(
            free=(told == Answer.YES).sum(axis=0),
            maybe_free=(told == Answer.UNKNOWN).sum(axis=0),
            papers_free=self._papers(needs, told != Answer.NO)[:, None],
        )

    def _told(self, needs: Needs, asked_by: Sequence[UUID | None]) -> NDArray[np.int8]:
        """A row for each member, a column for each time: free, busy, or not known."""
        told = np.full((len(self.weeks), len(needs)), Answer.YES, dtype=np.int8)
        for rows, cells in needs.rows_by_cells:
            told[:, rows] = self.weeks[:, cells].min(axis=1, keepdims=True)
        told[self.born_on[:, None] > latest_birth(needs.local_day, needs.minimum_age)] = Answer.NO
        for member, begin, end in zip(self.promised_by, self.begins, self.ends, strict=True):
            told[member, (begin < needs.end_minute) & (end > needs.start_minute)] = Answer.NO
        rows_of: defaultdict[UUID | None, list[int]] = defaultdict(list)
        for row, asker in enumerate(asked_by):
            rows_of[asker].append(row)
        for asker in self.apart.keys() & rows_of.keys():
            told[self.apart[asker][:, None], rows_of[asker]] = Answer.NO
        return told

    def _papers(self, needs: Needs, may_come: NDArray[np.bool_]) -> Whole:
        """How many hold the rarest paper; where none is required, one who could come is enough."""
        rarest = np.full(len(needs), len(may_come) + 1, dtype=np.int64)
        for paper in np.flatnonzero(needs.credentials_required.any(axis=0)):
            rows = np.flatnonzero(needs.credentials_required[:, paper])
            holds = self.held_until[:, paper, None] >= needs.last_day[rows]
            rarest[rows] = np.minimum(rarest[rows], (holds & may_come[:, rows]).sum(axis=0))
        return rarest


async def calendars_of(
    session: AsyncSession, team_ids: Collection[UUID], *, around: reads.Span | None
) -> Calendars:
    """Everybody in these teams once, in four queries however many there are."""
    people = (await session.execute(_members(team_ids))).all()
    row_of = {id: row for row, (id, _, _) in enumerate(people)}
    members = select(_members(team_ids).subquery().c.id)
    promises = await reads.promises(session, Participation.account_id.in_(members), around=around)
    known = [each for each in promises if each.account_id in row_of]
    apart = await organizations_apart(session, members)
    return Calendars(
        born_on=np.array([born for _, born, _ in people], dtype="datetime64[D]"),
        weeks=availability_table([week or NOT_SAID for _, _, week in people]),
        held_until=await _held_until(session, members, row_of),
        promised_by=np.array([row_of[each.account_id] for each in known], dtype=np.int64),
        begins=np.array([each.starts_at.timestamp() // 60 for each in known], dtype=np.int64),
        apart={id: np.array([row_of[each] for each in people]) for id, people in apart.items()},
        ends=np.array([each.ends_at.timestamp() // 60 for each in known], dtype=np.int64),
    )


def _members(team_ids: Collection[UUID]) -> Select[Any]:
    belongs = select(TeamMember.account_id).where(
        TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.member
    )
    return (
        select(Account.id, Account.birth_on, VolunteerProfile.availability)
        .outerjoin(VolunteerProfile, VolunteerProfile.account_id == Account.id)
        .where(Account.id.in_(belongs), Account.stopped_at.is_(None))
        .order_by(Account.id)
        .limit(MOST_MEMBERS)
    )


async def _held_until(session: AsyncSession, members: Select[Any], row_of: dict[UUID, int]) -> Days:
    """The last day on which each checked paper counts."""
    held = VolunteerCredential
    rows = await session.execute(
        select(held.account_id, held.credential_id, held.expires_on).where(
            held.account_id.in_(members), held.checked_at.is_not(None)
        )
    )
    known = vocabulary().credentials.ids
    columns = {id: column for column, id in enumerate(known)}
    until = np.full((len(row_of), len(known)), NOT_HELD)
    for account_id, paper, expires_on in rows:
        if account_id in row_of and paper in columns:
            until[row_of[account_id], columns[paper]] = expires_on or FOR_EVER
    return until
