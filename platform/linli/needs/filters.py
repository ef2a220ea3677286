"""What a person narrowed the list of needs down to; it stands in the address, so that the list remembers."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from linli.core import seed
from linli.core.forms import day_named
from linli.divisions.queries import with_code
from linli.divisions.rules import Division

# The plain order; without it what lacks somebody most stands first.
SOONEST: Final = "soonest"


@dataclass(frozen=True)
class NeedFilter:
    division: Division | None = None
    field_id: str | None = None
    day: date | None = None
    is_soonest_first: bool = False

    @classmethod
    def read(cls, *, place: str, field: str, day: str, order: str = "") -> "NeedFilter":
        """From the address; what does not exist is ignored."""
        chosen_field = field if field in seed.need_fields() else None
        return cls(with_code(place), chosen_field, day_named(day), order == SOONEST)

    @property
    def code(self) -> str | None:
        return self.division.code if self.division else None

    def url(self, *, after: str | None = None, **changed: Any) -> str:
        """The address of this list, or of one with something changed."""
        chosen = replace(self, **changed)
        order = SOONEST if chosen.is_soonest_first else None
        values = {
            "place": chosen.code,
            "field": chosen.field_id,
            "day": chosen.day,
            "order": order,
            "after": after,
        }
        query = urlencode({name: str(value) for name, value in values.items() if value})
        return f"/needs?{query}" if query else "/needs"


EVERYTHING: Final = NeedFilter()
