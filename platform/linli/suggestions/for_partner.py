"""The open needs that a team or an organization could take on: ranked, or simply the newest.

The table of `partners` the other way round, one row for each time of a need; worked out when somebody looks.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.dispatch.past import ORGANIZATIONS, TEAMS, barring, said_no_to
from linli.needs.queries import NeedCard, cards_by_ids
from linli.organizations.models import Organization, OrganizationArea, OrganizationField
from linli.organizations.rules import contains
from linli.suggestions import partner_words
from linli.suggestions.calendars import Calendars, calendars_of
from linli.suggestions.matcher import matcher
from linli.suggestions.open_needs import open_needs_in
from linli.suggestions.partners import shared_digits, teams_of, words_of, works_in
from linli.suggestions.pools import COUNTY_DIGITS
from linli.suggestions.reads import NeedRow, ShiftRow
from linli.suggestions.tables import MISSING, Floats, NeedTable, division_columns
from linli.teams.models import Team
from linli.teams.queries import fields_of
from matching import Answer, PartnerGate, PartnerRanking, Partners, rank_partners, texts_alike

SHOWN: Final = 20
MOST_REASONS: Final = 3
MOST_AREAS: Final = 8


@dataclass(frozen=True)
class NeedsShown:
    """Best or newest first; what does not fit is counted once, by the first reason."""

    cards: Sequence[NeedCard] = ()
    excluded: tuple[tuple[Message, Message | str], ...] = ()
    excluded_total: Message | str = ""


@dataclass(frozen=True, kw_only=True)
class _Partner:
    """`said_no` are needs, `not_from` organizations: its own, and those that cannot ask it."""

    areas: Sequence[str]
    fields: Sequence[str]
    text: str
    team_ids: Sequence[UUID]
    said_no: set[UUID]
    not_from: set[UUID]


@dataclass(frozen=True)
class _Fitting:
    shift: ShiftRow | None
    reasons: tuple[Message, ...]
    note: Message | None


async def needs_for_team(session: AsyncSession, *, team: Team, now: datetime, ranked: bool) -> NeedsShown:
    """Public needs of its county. The same queries however many there are."""
    fields = await fields_of(session, [team.id])
    partner = _Partner(
        areas=[team.division],
        fields=fields.get(team.id, ()),
        text=team.about,
        team_ids=[team.id],
        said_no=await said_no_to(session, TEAMS, team.id),
        not_from=await barring(session, TEAMS, team.id),
    )
    return await _needs_for(session, partner, now=now, ranked=ranked)


async def needs_for_organization(
    session: AsyncSession, *, organization: Organization, now: datetime, ranked: bool
) -> NeedsShown:
    """Public needs of others where it works, by the members of all its teams."""
    id = organization.id
    teams = (await session.scalars(teams_of([id]))).all()
    of_teams = await fields_of(session, teams)
    named = await session.scalars(
        select(OrganizationField.field_id).where(OrganizationField.organization_id == id)
    )
    areas = select(OrganizationArea.division).where(OrganizationArea.organization_id == id)
    partner = _Partner(
        areas=(await session.scalars(areas.limit(MOST_AREAS))).all() or [organization.division],
        fields=sorted({*named, *(field for fields in of_teams.values() for field in fields)}),
        text=words_of(organization.about, organization.readiness),
        team_ids=teams,
        said_no=await said_no_to(session, ORGANIZATIONS, id),
        not_from={id, *await barring(session, ORGANIZATIONS, id)},
    )
    return await _needs_for(session, partner, now=now, ranked=ranked)


async def _needs_for(session: AsyncSession, partner: _Partner, *, now: datetime, ranked: bool) -> NeedsShown:
    counties = {area[:COUNTY_DIGITS] for area in partner.areas}
    table, _ = await open_needs_in(session, sorted(counties), now=now)
    rows = _coming(table, partner, now)
    if not ranked or not rows:
        needs = (table.of_row[row][0] for row in rows)
        newest = list(dict.fromkeys(need.id for need in needs if need.id not in partner.said_no))[:SHOWN]
        return NeedsShown(await cards_by_ids(session, newest, now=now))
    calendars = await calendars_of(session, partner.team_ids, around=table.span)
    fitting, excluded = await asyncio.to_thread(_ranked, table, rows, partner, calendars)
    cards = await cards_by_ids(session, list(fitting), now=now)
    return NeedsShown(
        [_on_card(card, fitting[card.id]) for card in cards],
        tuple(partner_words.need_counts(excluded)),
        partner_words.total_excluded(excluded),
    )


def _coming(table: NeedTable, partner: _Partner, now: datetime) -> list[int]:
    """Rows of times that have not begun, of other people's needs, the newest first."""
    return [
        row
        for row, (need, shift) in enumerate(table.of_row)
        if shift and shift.starts_at > now and need.organization_id not in partner.not_from
    ]


def _ranked(
    table: NeedTable, rows: Sequence[int], partner: _Partner, calendars: Calendars
) -> tuple[dict[UUID, _Fitting], dict[str, int]]:
    """Each need once, by its best time; and how many needs have no time that fits."""
    partners = _partners(table, partner, calendars)
    ranking = _ranking(table, partners, rows)
    best: dict[UUID, int] = {}
    for n, place in enumerate(ranking.rows.tolist()):
        best.setdefault(table.of_row[rows[place]][0].id, n)
    left_out = {table.of_row[row][0].id: row for row in rows if table.of_row[row][0].id not in best}
    failing = _ranking(table, partners, list(left_out.values())).first_failing
    shown = {
        id: _told(table, partners, rows[ranking.rows[n]], partner, ranking.unknown[n])
        for id, n in islice(best.items(), SHOWN)
    }
    return shown, {str(gate): count for gate, count in failing.items()}


def _ranking(table: NeedTable, partners: Partners, rows: Sequence[int]) -> PartnerRanking:
    chosen = [table.of_row[row] for row in rows]
    return rank_partners(
        partners.take(list(rows)),
        division=division_columns([need.division for need, _ in chosen]),
        places=np.array([_places_free(shift) for _, shift in chosen], dtype=np.int64),
        asks_papers=True,
    )


def _partners(table: NeedTable, partner: _Partner, calendars: Calendars) -> Partners:
    needs = [need for need, _ in table.of_row]
    counts = calendars.counts(table.needs, [need.organization_id for need in needs])
    divisions = [_division(need) for need in needs]
    nearest = {division: _nearest(partner.areas, division) for division in set(divisions)}
    return Partners(
        ids=table.needs.ids,
        # Whether it may be asked at all is looked at before, and said on the page.
        verified=np.ones(len(needs), dtype=np.bool_),
        divisions=division_columns([nearest[division] for division in divisions]),
        fields=np.array([works_in(partner.fields, need.field_id) for need in needs], dtype=np.int8),
        free=counts.free,
        maybe_free=counts.maybe_free,
        papers_free=counts.papers_free,
        # What it was asked before weighs the same before every need.
        banned=np.array([need.id in partner.said_no for need in needs]),
        text=_alike(table, partner.text),
    )


def _alike(table: NeedTable, text: str) -> Floats:
    vectors = table.needs.text_vectors
    if vectors is None:
        return np.full(len(table.of_row), MISSING)
    return texts_alike(vectors, matcher().text_model.transform([text]))


def _told(
    table: NeedTable, partners: Partners, row: int, partner: _Partner, unknown: Sequence[PartnerGate]
) -> _Fitting:
    need, shift = table.of_row[row]
    division = _division(need)
    reasons = partner_words.reasons(
        free=int(partners.free[row]),
        field_id=need.field_id if partners.fields[row] == Answer.YES else None,
        shared_digits=shared_digits(_nearest(partner.areas, division), division),
        has_papers=bool(need.credentials),
    )
    return _Fitting(shift, reasons[:MOST_REASONS], partner_words.to_settle(unknown))


def _on_card(card: NeedCard, fitting: _Fitting) -> NeedCard:
    """The card speaks of the time that fits best."""
    starts_at, ends_at = (fitting.shift.starts_at, fitting.shift.ends_at) if fitting.shift else (None, None)
    return replace(card, starts_at=starts_at, ends_at=ends_at, reasons=fitting.reasons, note=fitting.note)


def _nearest(areas: Sequence[str], division: str) -> str:
    """Of several areas the one that contains the place, or else reaches closest to it."""

    def closeness(area: str) -> tuple[bool, int]:
        return contains(area, division) or contains(division, area), shared_digits(area, division)

    return max(areas, key=closeness)


def _division(need: NeedRow) -> str:
    return need.division or ""


def _places_free(shift: ShiftRow | None) -> int:
    return max(shift.places - shift.places_taken, 1) if shift else 1
