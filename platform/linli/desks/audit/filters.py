"""What who checks has narrowed the list down to; it stands in the address."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from linli.core.forms import day_named, id_named
from linli.desks.audit.acts import Group


@dataclass(frozen=True)
class AuditFilter:
    group: Group | None = None
    organization_id: UUID | None = None
    day: date | None = None

    @classmethod
    def read(cls, *, group: str, of: str, day: str) -> "AuditFilter":
        """From the address; what does not exist is ignored."""
        return cls(Group(group) if group in set(Group) else None, id_named(of), day_named(day))

    def url(self, base: str, *, after: str | None = None, **changed: Any) -> str:
        chosen = replace(self, **changed)
        values = {"group": chosen.group, "of": chosen.organization_id, "day": chosen.day, "after": after}
        query = urlencode({name: str(value) for name, value in values.items() if value})
        return f"{base}?{query}" if query else base
