"""When the members of one team or organization are free, over all the times of a list of needs."""

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
        born_by = latest_birth(needs.local_day, needs.minimum_age)
        found = np.array(
            [self._counted(needs, row, born_by[row], self.apart.get(id)) for row, id in enumerate(asked_by)]
        )
        free, maybe_free, papers = found.reshape(-1, 3).astype(np.int64).T
        return Counts(free=free, maybe_free=maybe_free, papers_free=papers[:, None])

    def _counted(self, needs: Needs, row: int, born_by: Any, apart: Whole | None) -> tuple[int, int, int]:
        """Where no paper is required, one who could come is enough."""
        told = self.weeks[:, needs.cells[row]].min(axis=1, initial=Answer.YES)
        overlap = (self.begins < needs.end_minute[row]) & (self.ends > needs.start_minute[row])
        told[self.promised_by[overlap]] = Answer.NO
        told[self.born_on > born_by] = Answer.NO
        if apart is not None:
            told[apart] = Answer.NO
        required = np.flatnonzero(needs.credentials_required[row])
        holders = self.held_until[told != Answer.NO][:, required] >= needs.last_day[row]
        return (
            int((told == Answer.YES).sum()),
            int((told == Answer.UNKNOWN).sum()),
            int(holders.sum(axis=0).min(initial=len(told) + 1)),
        )


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
