"""Who did what to which thing, when. Append only; ids and nothing else, never names or texts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from linli.core.db import WithId, insert_rows


class AuditEntry(WithId):
    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_object", "object_id"), Index("ix_audit_entries_at", "at", "id"))

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None] = mapped_column(index=True)
    action: Mapped[str]
    object_id: Mapped[UUID]
    ids: Mapped[dict[str, Any]]


def record(
    session: AsyncSession,
    *,
    action: str,
    object_id: UUID,
    now: datetime,
    actor_id: UUID | None,
    organization_id: UUID | None = None,
    **ids: UUID | int | None,
) -> None:
    """Note an act beside the change itself, in the same transaction."""
    session.add(
        AuditEntry(
            at=now,
            actor_id=actor_id,
            organization_id=organization_id,
            action=action,
            object_id=object_id,
            ids={name: str(value) for name, value in ids.items() if value is not None},
        )
    )


async def record_each(
    session: AsyncSession,
    object_ids: Iterable[UUID],
    *,
    action: str,
    now: datetime,
    actor_id: UUID | None,
    organization_id: UUID | None = None,
) -> None:
    """The same act upon many things, one entry for each, written at once."""
    same: dict[str, Any] = {
        "at": now,
        "actor_id": actor_id,
        "organization_id": organization_id,
        "action": action,
        "ids": {},
    }
    await insert_rows(session, AuditEntry, [{**same, "object_id": id} for id in object_ids])
