"""Imported needs become drafts; those that are there already stay as they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import record
from linli.needs.imports.mappings import ColumnMapping
from linli.needs.imports.rows import ImportedNeed
from linli.needs.models import Need, NeedCredential, NeedSkill, Shift
from linli.needs.rules import NeedState
from linli.organizations.models import Organization

AT_ONCE: Final = 200


@dataclass(frozen=True)
class Imported:
    added: int
    there_already: int


async def import_needs(
    session: AsyncSession,
    *,
    mapping: ColumnMapping,
    needs: Sequence[ImportedNeed],
    organization: Organization | None = None,
    account_id: UUID | None,
    now: datetime,
    told: Callable[[int], None] = lambda _done: None,
) -> Imported:
    """Add those whose key is new; `told` hears how many were dealt with.

    With an organization its officers find them among their drafts, with what each one lacks.
    """
    added = 0
    for start in range(0, len(needs), AT_ONCE):
        part = needs[start : start + AT_ONCE]
        known = await keys_there(session, mapping=mapping, needs=part)
        new = [
            _draft(mapping, each, organization, now)
            for each in part
            if source_key(mapping, each) not in known
        ]
        session.add_all(new)
        await session.flush()
        for need in new:
            record(
                session,
                action="import_need",
                object_id=need.id,
                organization_id=need.organization_id,
                now=now,
                actor_id=account_id,
            )
        added += len(new)
        told(len(part))
    await session.flush()
    return Imported(added, len(needs) - added)


async def keys_there(
    session: AsyncSession, *, mapping: ColumnMapping, needs: Sequence[ImportedNeed]
) -> set[str]:
    """Keys of those that were imported before."""
    found: set[str] = set()
    for start in range(0, len(needs), AT_ONCE):
        keys = [source_key(mapping, each) for each in needs[start : start + AT_ONCE]]
        known = await session.scalars(select(Need.source_key).where(Need.source_key.in_(keys)))
        found |= {key for key in known if key}
    return found


def source_key(mapping: ColumnMapping, need: ImportedNeed) -> str:
    return f"{mapping.id}:{need.key}"


def _draft(
    mapping: ColumnMapping, imported: ImportedNeed, organization: Organization | None, now: datetime
) -> Need:
    need = Need(
        organization_id=organization.id if organization else None,
        state=NeedState.draft,
        field_id=imported.field_id,
        title=imported.title,
        description=imported.description,
        language=imported.language,
        risks=imported.risks,
        priority=imported.priority,
        setting=imported.setting,
        minimum_age_years=imported.minimum_age_years,
        division=imported.where.division,
        place=imported.place,
        address=imported.address,
        contact_name=imported.contact_name,
        contact_phone=imported.contact_phone,
        longitude=imported.where.longitude,
        latitude=imported.where.latitude,
        created_at=now,
        changed_at=now,
        source=dict(imported.source),
        source_key=source_key(mapping, imported),
    )
    need.skills.extend(NeedSkill(skill_id=id, is_required=False) for id in imported.skills)
    need.credentials.extend(NeedCredential(credential_id=id) for id in imported.credentials)
    if times := imported.times:
        need.shifts.append(Shift(starts_at=times.starts_at, ends_at=times.ends_at, places=times.places))
    return need
