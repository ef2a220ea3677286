"""Teams and organizations that could take on a need, worked out when somebody looks; nothing is stored.

A team is counted by its members who are old enough and free at the time, an organization by those of all its
teams. Who holds a required paper counts only where they are not known to be busy then.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message, Named
from linli.dispatch.past import ORGANIZATIONS, TEAMS, PartnerKind, Past, not_to_be_asked, pasts_of
from linli.dispatch.rules import ASKABLE_KINDS
from linli.divisions.shown import named
from linli.needs.models import Need, Shift
from linli.organizations.models import Organization
from linli.suggestions import partner_words
from linli.suggestions.matcher import matcher
from linli.suggestions.members import Counts, count_members
from linli.suggestions.pools import COUNTY_DIGITS, county_of, is_inside
from linli.suggestions.reads import text_of
from linli.suggestions.tables import division_columns
from linli.suggestions.texts import EncodedTexts
from linli.teams.models import Team, TeamField, TeamMember
from linli.teams.queries import can_be_asked, home_id
from linli.teams.rules import TeamState
from linli.volunteers.queries import words
from matching import Answer, PartnerRanking, Partners, rank_partners, texts_alike

SHOWN: Final = 50
MOST_LOOKED_AT: Final = 2000
MOST_KEPT: Final = 16
NEVER_ASKED: Final = Past()


@dataclass(frozen=True, kw_only=True)
class PartnerShown:
    """A team or organization that could come: no member's name."""

    id: UUID
    name: str
    place: Named | None
    reasons: tuple[Message, ...]
    past: tuple[Message, ...]
    ask_when: Message | None
    score: float
    contributions: tuple[tuple[Message, float], ...]


@dataclass(frozen=True)
class PartnersShown:
    """Best first; whoever cannot come is counted once, by the first reason."""

    partners: tuple[PartnerShown, ...] = ()
    excluded: tuple[tuple[Message, Message | str], ...] = ()
    excluded_total: Message | str = ""


class _Candidate(NamedTuple):
    """There may be thousands, made anew at each look."""

    id: UUID
    name: str
    division: str
    fields: tuple[str, ...]
    text: str
    is_verified: bool


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Everything that was read about the candidates before one time of a need."""

    rows: Sequence[_Candidate]
    counts: Counts
    pasts: Mapping[UUID, Past]
    not_asked: set[UUID]
    texts: EncodedTexts
    now: datetime


async def teams_for_need(session: AsyncSession, *, need: Need, shift: Shift, now: datetime) -> PartnersShown:
    """Agreed teams of the need's county. The same queries, however many there are."""
    county = county_of(need.division)
    if county is None:
        return PartnersShown()
    found = await session.execute(_askable_teams(county))
    rows = [
        _Candidate(id, name, division, words(fields), about, True)
        for id, name, division, fields, about in found
    ]
    likely = _likely(rows, need)
    members = await count_members(session, TeamMember.team_id, teams=likely, need=need, shift=shift)
    return await _shown(session, TEAMS, rows, likely, members, need=need, shift=shift, now=now)


async def organizations_for_need(
    session: AsyncSession, *, need: Need, shift: Shift, now: datetime
) -> PartnersShown:
    """Charities, social organizations, stations and host institutions whose area touches the county."""
    county = county_of(need.division)
    if county is None:
        return PartnersShown()
    organizations = _organizations_near(county, but=need.organization_id)
    fields = await _fields_of_organizations(session, teams_of(organizations))
    found = await session.execute(
        select(
            Organization.id,
            Organization.name,
            Organization.division,
            Organization.about,
            Organization.readiness,
            Organization.is_verified,
        ).where(Organization.id.in_(organizations))
    )
    rows = [
        _Candidate(id, name, division, fields.get(id, ()), words_of(about, readiness), is_verified)
        for id, name, division, about, readiness, is_verified in found
    ]
    likely = _likely(rows, need)
    teams = teams_of(likely)
    members = await count_members(session, Team.organization_id, teams=teams, need=need, shift=shift)
    return await _shown(session, ORGANIZATIONS, rows, likely, members, need=need, shift=shift, now=now)


def teams_of(organizations: Select[tuple[UUID]] | Sequence[UUID]) -> Select[tuple[UUID]]:
    """The agreed teams of organizations, for queries."""
    return (
        select(Team.id)
        .where(Team.organization_id.in_(organizations), Team.state == TeamState.agreed)
        .order_by(Team.id)
        .limit(MOST_LOOKED_AT)
    )


def _askable_teams(county: str) -> Select[Any]:
    """With the fields of each in one column."""
    fields = select(func.aggregate_strings(TeamField.field_id, " ")).where(TeamField.team_id == Team.id)
    return (
        select(Team.id, Team.name, Team.division, fields.correlate(Team).scalar_subquery(), Team.about)
        .join(Organization, Organization.id == home_id())
        .where(can_be_asked(), is_inside(Team.division, county))
        .order_by(Team.id)
        .limit(MOST_LOOKED_AT)
    )


def _organizations_near(county: str, *, but: UUID | None) -> Select[tuple[UUID]]:
    wider = [county[:digits] for digits in (2, 4, COUNTY_DIGITS)]
    return (
        select(Organization.id)
        .where(Organization.kind.in_(ASKABLE_KINDS), Organization.id != but)
        .where(or_(Organization.division.in_(wider), is_inside(Organization.division, county)))
        .order_by(Organization.id)
        .limit(MOST_LOOKED_AT)
    )


async def _fields_of_organizations(
    session: AsyncSession, teams: Select[tuple[UUID]]
) -> Mapping[UUID, tuple[str, ...]]:
    """In which fields an organization's teams work."""
    rows = await session.execute(
        select(Team.organization_id, TeamField.field_id)
        .join(TeamField, TeamField.team_id == Team.id)
        .where(Team.id.in_(teams))
        .distinct()
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for id, field_id in rows:
        found[id] = (*found.get(id, ()), field_id)
    return found


async def _shown(
    session: AsyncSession,
    who: PartnerKind,
    rows: Sequence[_Candidate],
    likely: Collection[UUID],
    members: Mapping[UUID, Sequence[int]],
    *,
    need: Need,
    shift: Shift,
    now: datetime,
) -> PartnersShown:
    if not rows:
        return PartnersShown()
    found = _Found(
        rows=rows,
        counts=Counts.of([row.id for row in rows], members, papers=len(need.credentials)),
        pasts=await pasts_of(session, who, likely, now=now),
        not_asked=await not_to_be_asked(session, who, need_id=need.id, organization_id=need.organization_id),
        texts=_texts_of(county_of(need.division), who is TEAMS),
        now=now,
    )
    partners, ranking = await asyncio.to_thread(_ranked, found, need, max(shift.places_free, 1))
    excluded = {str(gate): count for gate, count in ranking.first_failing.items()}
    return PartnersShown(
        tuple(_partner(found, partners, ranking, n, need) for n in range(len(ranking.rows))),
        tuple(partner_words.counts(excluded)),
        partner_words.total_excluded(excluded),
    )


def _likely(rows: Sequence[_Candidate], need: Need) -> list[UUID]:
    """Those who would pass if somebody of them came: the members of the others need not be counted."""
    if not rows:
        return []
    somebody = np.ones(len(rows), dtype=np.int64)
    table = Partners(ids=[str(row.id) for row in rows], **_standing(rows, need), maybe_free=somebody)
    ranking = rank_partners(table, division=division_columns([need.division])[0])
    return [rows[row].id for row in ranking.rows.tolist()]


def _standing(rows: Sequence[_Candidate], need: Need) -> Mapping[str, Any]:
    """What is known of each without counting anybody."""
    return {
        "verified": np.array([row.is_verified for row in rows]),
        "divisions": division_columns([row.division for row in rows]),
        "fields": np.array([works_in(row.fields, need.field_id) for row in rows], dtype=np.int8),
    }


def _ranked(found: _Found, need: Need, places: int) -> tuple[Partners, PartnerRanking]:
    partners = partners_table(found, need)
    ranking = rank_partners(
        partners,
        division=division_columns([need.division])[0],
        places=places,
        asks_papers=bool(need.credentials),
        k=SHOWN,
    )
    return partners, ranking


def partners_table(found: _Found, need: Need) -> Partners:
    """What is known of each before this need, and what became of asking them before."""
    rows, counts = found.rows, found.counts
    pasts = [found.pasts.get(row.id, NEVER_ASKED) for row in rows]
    vectors = found.texts.encode([row.text for row in rows])
    return Partners(
        ids=[str(row.id) for row in rows],
        **_standing(rows, need),
        free=counts.free,
        maybe_free=counts.maybe_free,
        papers_free=counts.papers_free,
        open_requests=np.array([past.open_requests for past in pasts]),
        days_since_asked=np.array([_days_since(past.last_asked_at, found.now) for past in pasts]),
        asked=np.array([past.asked for past in pasts]),
        accepted=np.array([past.accepted for past in pasts]),
        banned=np.array([row.id in found.not_asked for row in rows]),
        text=texts_alike(vectors, matcher().text_model.transform([text_of(need)])),
    )


@lru_cache(maxsize=MOST_KEPT)
def _texts_of(county: str | None, are_teams: bool) -> EncodedTexts:  # noqa: ARG001
    """The words of a county's teams or organizations, read once for all its needs."""
    return EncodedTexts(matcher().text_model)


def words_of(*texts: str) -> str:
    return "\n".join(texts).strip()


def _days_since(moment: datetime | None, now: datetime) -> float:
    return max((now - moment) / timedelta(days=1), 0.0) if moment else float("nan")


def works_in(fields: Sequence[str], field_id: str | None) -> Answer:
    if not fields or field_id is None:
        return Answer.UNKNOWN
    return Answer.YES if field_id in fields else Answer.NO


def _partner(found: _Found, partners: Partners, ranking: PartnerRanking, n: int, need: Need) -> PartnerShown:
    place = int(ranking.rows[n])
    row = found.rows[place]
    past = found.pasts.get(row.id, NEVER_ASKED)
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
        past=partner_words.past(asked=past.asked, accepted=past.accepted, open_requests=past.open_requests),
        ask_when=partner_words.please_ask(ranking.unknown[n]),
        score=float(ranking.scores[n]),
        contributions=partner_words.contributions(ranking.contributions[n].tolist()),
    )


def shared_digits(one: str, other: str) -> int:
    """Digits of the lowest division that both lie in."""
    same = [digits for digits in (6, 9, 12) if len(one) >= digits and one[:digits] == other[:digits]]
    return max(same, default=0)
