"""Reads of the audit log: what was done by and for the organizations of a division, in sentences."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.audit import AuditEntry
from linli.core.i18n import Message
from linli.core.paging import Page, read_page
from linli.desks.audit.acts import A_NEED, A_TEAM, A_VOLUNTEER, ACTORS, BY_ITSELF, actions_of, sentence_of
from linli.desks.audit.filters import AuditFilter
from linli.needs.models import Need
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import contains
from linli.teams.models import Team

MOST_NAMES: Final = 8
# Digits enough to tell people apart, too few to find anybody by.
REFERENCE_DIGITS: Final = 8


@dataclass(frozen=True)
class ShownEntry:
    """An audit entry in words: no name of a person, at most a reference that stays the same."""

    at: datetime
    action: str
    sentence: Message
    organization: Organization
    url: str | None
    actor: str | None
    about: str | None


async def entries_page(
    session: AsyncSession, *, bureau: Organization, chosen: AuditFilter, after: str | None
) -> Page[ShownEntry]:
    """What was done inside the bureau's division, the newest first; the same few queries for every page."""
    page = await read_page(
        session,
        select(AuditEntry, Organization)
        .join(Organization, Organization.id == AuditEntry.organization_id)
        .where(_inside(bureau), *_chosen(chosen)),
        keys=[AuditEntry.at, AuditEntry.id],
        key_of=lambda row: [row[0].at, row[0].id],
        after=after,
        descending=True,
    )
    entries = [entry for entry, _ in page.rows]
    actors = await _actors(session, entries)
    needs = await _needs(session, (_need_of(entry) for entry in entries))
    teams = await _teams(session, (_team_of(entry) for entry in entries))
    rows = [
        _shown(
            entry,
            organization,
            bureau,
            who=_who(entry, organization, actors),
            need=needs.get(_need_of(entry)),
            team=teams.get(_team_of(entry)),
        )
        for entry, organization in page.rows
    ]
    return Page(rows, page.next_cursor)


async def organizations_like(
    session: AsyncSession, *, bureau: Organization, name: str
) -> Sequence[Organization]:
    """Organizations of the division with these words in their name; one more than is shown."""
    query = select(Organization).where(_inside(bureau), Organization.name.contains(name, autoescape=True))
    return (await session.scalars(query.order_by(Organization.name).limit(MOST_NAMES))).all()


def _inside(bureau: Organization) -> ColumnElement[bool]:
    return Organization.division.startswith(bureau.division, autoescape=True)


def _chosen(chosen: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.group:
        conditions.append(AuditEntry.action.in_(actions_of(chosen.group)))
    if chosen.organization_id:
        conditions.append(AuditEntry.organization_id == chosen.organization_id)
    if chosen.day:
        begins = datetime.combine(chosen.day, time(), i18n.zone())
        conditions += [AuditEntry.at >= begins, AuditEntry.at < begins + timedelta(days=1)]
    return conditions


async def _actors(
    session: AsyncSession, entries: Collection[AuditEntry]
) -> dict[UUID, list[tuple[Membership, Organization]]]:
    """The memberships, past ones too, of who acted."""
    rows = await session.execute(
        select(Membership, Organization)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.account_id.in_({entry.actor_id for entry in entries if entry.actor_id}))
        .order_by(Membership.since)
    )
    found: dict[UUID, list[tuple[Membership, Organization]]] = {}
    for membership, organization in rows:
        found.setdefault(membership.account_id, []).append((membership, organization))
    return found


def _who(
    entry: AuditEntry,
    organization: Organization,
    actors: Mapping[UUID, Sequence[tuple[Membership, Organization]]],
) -> Message:
    """By the role with which they could act there; with none they were there for themselves."""
    if entry.actor_id is None:
        return BY_ITSELF
    acting = {organization.id, *_ids_in(entry, "bureau_id", "asked_organization_id")}
    for membership, home in actors.get(entry.actor_id, ()):
        if home.id in acting:
            return ACTORS[membership.role].given(organization=home.name)
    return A_VOLUNTEER


def _shown(
    entry: AuditEntry,
    organization: Organization,
    bureau: Organization,
    *,
    who: Message,
    need: Need | None,
    team: Team | None,
) -> ShownEntry:
    sentence = sentence_of(entry.action).given(
        who=who,
        organization=organization.name,
        need=f"“{need.title}”" if need else A_NEED,
        team=f"“{team.name}”" if team else A_TEAM,
    )
    return ShownEntry(
        entry.at,
        entry.action,
        sentence,
        organization,
        _address(organization, bureau, need, team),
        _reference(entry.actor_id),
        _reference(_person_of(entry)),
    )


def _address(
    organization: Organization,
    bureau: Organization,
    need: Need | None,
    team: Team | None,
) -> str | None:
    """Where who reads for the bureau may look: needs inside its division, public teams, the register."""
    if need is not None:
        return f"/needs/{need.id}" if contains(bureau.division, need.division or "") else None
    if team is not None:
        return f"/teams/{team.id}" if team.is_public else None
    if organization.id == bureau.id:
        return None
    return f"/organizations/{bureau.id}/register/{organization.id}"


def _need_of(entry: AuditEntry) -> UUID | None:
    if entry.action.endswith("_need"):
        return entry.object_id
    return next(iter(_ids_in(entry, "need_id")), None)


def _team_of(entry: AuditEntry) -> UUID | None:
    if "team" in entry.action or entry.action == "withdraw_agreement":
        return entry.object_id
    return next(iter(_ids_in(entry, "team_id")), None) if entry.action == "see_member_contact" else None


def _person_of(entry: AuditEntry) -> UUID | None:
    """Whom it was about, where that is not who acted."""
    about = next(iter(_ids_in(entry, "account_id")), None)
    if entry.action in {"see_paper", "see_member_contact", "check_credential", "take_back_check"}:
        about = entry.object_id
    return about if about != entry.actor_id else None


def _ids_in(entry: AuditEntry, *names: str) -> list[UUID]:
    return [UUID(entry.ids[name]) for name in names if entry.ids.get(name)]


def _reference(id: UUID | None) -> str | None:
    return id.hex[-REFERENCE_DIGITS:] if id else None


async def _needs(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID | None, Need]:
    rows = await session.scalars(select(Need).where(Need.id.in_({id for id in ids if id})))
    return {need.id: need for need in rows}


async def _teams(session: AsyncSession, ids: Iterable[UUID | None]) -> dict[UUID | None, Team]:
    rows = await session.scalars(select(Team).where(Team.id.in_({id for id in ids if id})))
    return {team.id: team for team in rows}
