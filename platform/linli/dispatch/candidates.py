"""Whom a leader can name: the members of a team with what is known of them at one time, in few queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n, seed
from linli.core.i18n import Message
from linli.core.seed import Credential
from linli.needs.models import Need, Shift
from linli.participation.models import Participation
from linli.participation.queries import who_said_no
from linli.participation.rules import OPEN, TAKES_A_PLACE
from linli.teams.models import TeamMember
from linli.teams.queries import papers_that_count
from linli.teams.rules import MemberState, counts_at, parts_of_week
from linli.volunteers.models import VolunteerProfile

MOST_SHOWN = 100
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


async def candidates(
    session: AsyncSession, *, need: Need, shift: Shift, team_ids: Collection[UUID]
) -> list[Candidate]:
    """Who is free comes first, then who has not said, then who cannot be named and why."""
    rows = await _members(session, team_ids)
    ids = [account.id for account, _ in rows]
    promised = await _promised(session, ids, shift)
    asked = await _asked(session, ids, shift)
    unwilling = await who_said_no(session, need_id=need.id, account_ids=ids)
    papers = await papers_that_count(session, ids, on_day=i18n.local(shift.ends_at).date())
    required = [seed.credentials()[each.credential_id] for each in need.credentials]
    found = []
    for account, week in rows:
        said = _said(account.id, week, shift, promised)
        said = SAID_NO if account.id in unwilling else ALREADY if account.id in asked else said
        missing = _missing(required, papers, account.id)
        can_be_named = said in (FREE, UNKNOWN) and not missing
        found.append(Candidate(account, said, missing, can_be_named))
    return sorted(found, key=lambda each: each.comes_first)


async def _members(session: AsyncSession, team_ids: Collection[UUID]) -> Sequence[tuple[Account, str | None]]:
    """Once each, whoever belongs to several of the teams."""
    belongs = select(TeamMember.account_id).where(
        TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.member
    )
    rows = await session.execute(
        select(Account, VolunteerProfile.availability)
        .outerjoin(VolunteerProfile, VolunteerProfile.account_id == Account.id)
        .where(Account.id.in_(belongs), Account.stopped_at.is_(None))
        .order_by(Account.name, Account.id)
        .limit(MOST_SHOWN)
    )
    return [(account, week) for account, week in rows]


async def _promised(session: AsyncSession, ids: Collection[UUID], shift: Shift) -> set[UUID]:
    from_another = select(Participation.account_id).join(Shift, Shift.id == Participation.shift_id)
    found = await session.scalars(
        from_another.where(
            Participation.account_id.in_(ids),
            Participation.state.in_(TAKES_A_PLACE),
            Shift.id != shift.id,
            Shift.starts_at < shift.ends_at,
            Shift.ends_at > shift.starts_at,
        )
    )
    return set(found)


async def _asked(session: AsyncSession, ids: Collection[UUID], shift: Shift) -> set[UUID]:
    found = await session.scalars(
        select(Participation.account_id).where(
            Participation.shift_id == shift.id,
            Participation.account_id.in_(ids),
            Participation.state.in_(OPEN),
        )
    )
    return set(found)


def _said(account_id: UUID, week: str | None, shift: Shift, promised: Collection[UUID]) -> Message:
    """A week that says busy may have changed: only a promise to somebody else stands in the way."""
    if account_id in promised:
        return BUSY
    if week is None:
        return UNKNOWN
    cells = parts_of_week(i18n.local(shift.starts_at), i18n.local(shift.ends_at))
    return FREE if counts_at([week], cells, taken=0).free else UNKNOWN


def _missing(
    required: Sequence[Credential], papers: Mapping[UUID, Sequence[Credential]], account_id: UUID
) -> tuple[Credential, ...]:
    held = {paper.id for paper in papers.get(account_id, ())}
    return tuple(each for each in required if each.id not in held)
