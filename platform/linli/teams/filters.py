"""What somebody narrowed the list of teams down to; it stands in the address, so that the list remembers."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from linli.core import seed
from linli.core.forms import id_named
from linli.divisions.queries import with_code
from linli.divisions.rules import Division


@dataclass(frozen=True)
class TeamFilter:
    division: Division | None = None
    field_id: str | None = None
    organization_id: UUID | None = None

    @classmethod
    def read(cls, *, place: str, field: str, of: str) -> "TeamFilter":
        """From the address; what does not exist is ignored."""
        return cls(with_code(place), field if field in seed.fields() else None, id_named(of))

    @property
    def code(self) -> str | None:
        return self.division.code if self.division else None

    @property
    def any_field(self) -> "TeamFilter":
        return replace(self, field_id=None)

    def url(self, *, after: str | None = None, **changed: Any) -> str:
        """The address of this list, or of one with something changed."""
        chosen = replace(self, **changed)
        values = {
            "place": chosen.code,
            "field": chosen.field_id,
            "of": chosen.organization_id,
            "after": after,
        }
        query = urlencode({name: str(value) for name, value in values.items() if value})
        return f"/teams?{query}" if query else "/teams"
