"""Teams and organizations that could take on a need, worked out when somebody looks; nothing is stored.

A team is counted by its members who are old enough and free at the time, an organization by those of all its
teams. Who holds a required paper counts only where they are not known to be busy then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message, Named
from linli.divisions.shown import named
from linli.needs.models import Need, Shift
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.suggestions import partner_words
from linli.suggestions.members import Members, members_of
from linli.suggestions.pools import COUNTY_DIGITS, county_of, is_inside
from linli.suggestions.tables import division_columns
from linli.teams.models import Team
from linli.teams.queries import fields_of
from linli.teams.strength import askable_teams
from matching import Answer, PartnerRanking, Partners, rank_partners

SHOWN: Final = 50
MOST_LOOKED_AT: Final = 2000
# Who brings people; committees and bureaus ask, they are not asked.
PARTNERS: Final = (
    OrganizationKind.charity,
    OrganizationKind.social_organization,
    OrganizationKind.station,
    OrganizationKind.host,
)


@dataclass(frozen=True, kw_only=True)
class PartnerShown:
    """A team or organization that could come: no member's name."""

    id: UUID
    name: str
    place: Named | None
    reasons: tuple[Message, ...]
    ask_when: Message | None
    score: float
    contributions: tuple[tuple[Message, float], ...]


@dataclass(frozen=True)
class PartnersShown:
    """Best first; whoever cannot come is counted once, by the first reason."""

    partners: tuple[PartnerShown, ...] = ()
    excluded: tuple[tuple[Message, Message | str], ...] = ()
    excluded_total: Message | str = ""


@dataclass(frozen=True)
class _Candidate:
    id: UUID
    name: str
    division: str
    fields: tuple[str, ...]
    is_verified: bool


async def teams_for_need(session: AsyncSession, *, need: Need, shift: Shift) -> PartnersShown:
    """Agreed teams of the need's county. Five queries, however many there are."""
    county = county_of(need.division)
    if county is None:
        return PartnersShown()
    teams = await askable_teams(session, inside=county, limit=MOST_LOOKED_AT)
    fields = await fields_of(session, [team.id for team in teams])
    members = await members_of(session, {team.id: team.id for team in teams}, need=need, shift=shift)
    rows = [_Candidate(each.id, each.name, each.division, fields.get(each.id, ()), True) for each in teams]
    return _shown(rows, members, need, shift)


async def organizations_for_need(session: AsyncSession, *, need: Need, shift: Shift) -> PartnersShown:
    """Charities, social organizations, stations and host institutions whose area touches the county."""
    county = county_of(need.division)
    if county is None:
        return PartnersShown()
    wider = [county[:digits] for digits in (2, 4, COUNTY_DIGITS)]
    query = select(Organization).where(
        Organization.kind.in_(PARTNERS),
        or_(Organization.division.in_(wider), is_inside(Organization.division, county)),
    )
    query = query.where(Organization.id != need.organization_id).order_by(Organization.id)
    organizations = (await session.scalars(query.limit(MOST_LOOKED_AT))).all()
    teams = await teams_of(session, [each.id for each in organizations])
    home_of = {team.id: team.organization_id for team in teams if team.organization_id}
    members = await members_of(session, home_of, need=need, shift=shift)
    fields = await fields_of(session, list(home_of))
    own: dict[UUID, set[str]] = {}
    for team_id, organization_id in home_of.items():
        own.setdefault(organization_id, set()).update(fields.get(team_id, ()))
    rows = [
        _Candidate(each.id, each.name, each.division, tuple(own.get(each.id, ())), each.is_verified)
        for each in organizations
    ]
    return _shown(rows, members, need, shift)


async def teams_of(session: AsyncSession, organization_ids: Sequence[UUID]) -> Sequence[Team]:
    if not organization_ids:
        return []
    teams = select(Team).where(Team.organization_id.in_(organization_ids), Team.agreed_at.is_not(None))
    return (await session.scalars(teams.where(Team.ended_at.is_(None)).limit(MOST_LOOKED_AT))).all()


def _shown(rows: Sequence[_Candidate], members: Members, need: Need, shift: Shift) -> PartnersShown:
    if not rows:
        return PartnersShown()
    partners = partners_table(rows, members, need)
    ranking = rank_partners(
        partners,
        division=division_columns([need.division])[0],
        places=max(shift.places_free, 1),
        asks_papers=bool(need.credentials),
        k=SHOWN,
    )
    excluded = {str(gate): count for gate, count in ranking.first_failing.items()}
    return PartnersShown(
        tuple(_partner(rows[row], partners, ranking, n, need) for n, row in enumerate(ranking.rows.tolist())),
        tuple(partner_words.counts(excluded)),
        partner_words.total_excluded(excluded),
    )


def partners_table(rows: Sequence[_Candidate], members: Members, need: Need) -> Partners:
    """What is known of each before this need; what it was asked before is not recorded yet."""
    counts = members.counts([row.id for row in rows])
    return Partners(
        ids=[str(row.id) for row in rows],
        verified=np.array([row.is_verified for row in rows]),
        divisions=division_columns([row.division for row in rows]),
        fields=np.array([works_in(row.fields, need.field_id) for row in rows], dtype=np.int8),
        free=counts.free,
        maybe_free=counts.maybe_free,
        papers_free=counts.papers_free,
    )


def works_in(fields: Sequence[str], field_id: str | None) -> Answer:
    if not fields or field_id is None:
        return Answer.UNKNOWN
    return Answer.YES if field_id in fields else Answer.NO


def _partner(
    row: _Candidate, partners: Partners, ranking: PartnerRanking, n: int, need: Need
) -> PartnerShown:
    place = int(ranking.rows[n])
    return PartnerShown(
        id=row.id,
        name=row.name,
        place=named(row.division),
        reasons=partner_words.reasons(
            free=int(partners.free[place]),
            field_id=need.field_id if partners.fields[place] == Answer.YES else None,
            shared_digits=shared_digits(row.division, need.division or ""),
            has_papers=bool(need.credentials),
        ),
        ask_when=partner_words.please_ask(ranking.unknown[n]),
        score=float(ranking.scores[n]),
        contributions=partner_words.contributions(ranking.contributions[n].tolist()),
    )


def shared_digits(one: str, other: str) -> int:
    """Digits of the lowest division that both lie in."""
    same = [digits for digits in (6, 9, 12) if len(one) >= digits and one[:digits] == other[:digits]]
    return max(same, default=0)
