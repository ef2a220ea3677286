"""Reads where an imported need is."""

from dataclasses import dataclass
from typing import Self

from linli.core.forms import Form
from linli.core.i18n import Message
from linli.core.spreadsheets import SheetRow
from linli.divisions.queries import with_code
from linli.needs.imports.columns import Columns
from linli.needs.imports.mappings import ColumnMapping


@dataclass(frozen=True)
class Where:
    """`point_from` names the column that held the point."""

    division: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    point_from: str | None = None

    @property
    def is_known(self) -> bool:
        return self.division is not None or self.latitude is not None

    @classmethod
    def read(cls, form: Form, row: SheetRow, columns: Columns, mapping: ColumnMapping) -> Self:
        """From the columns of coordinates; where they are empty, from a longer cell that holds a point."""
        division = _division(form)
        if point := _point(form):
            return cls(division, *point, columns.heading_of["latitude"])
        if (within := mapping.point) and (typed := within.find(columns.cell(row, within.column))):
            point = _point(Form(zip(("latitude", "longitude"), typed, strict=True)))
            return cls(division, *point, within.column) if point else cls(division)
        return cls(division)


def _division(form: Form) -> str | None:
    code = form.text("division", longest=40)
    division = with_code(code) if code else None
    if code and division is None:
        form.refuse("division", Message("No place has the division code {code}.", code=code))
    return division.code if division else None


def _point(form: Form) -> tuple[float, float] | None:
    """Longitude and latitude."""
    latitude = form.decimal("latitude", least=-90, most=90)
    longitude = form.decimal("longitude", least=-180, most=180)
    if (latitude is None) != (longitude is None):
        form.refuse("latitude", Message("A point needs both numbers, or none."))
    return (longitude, latitude) if latitude is not None and longitude is not None else None
