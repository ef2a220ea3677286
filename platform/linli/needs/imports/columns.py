"""Where in a sheet each part of a need stands."""

from dataclasses import dataclass

from linli.core.errors import Invalid
from linli.core.forms import Form
from linli.core.i18n import counted
from linli.core.spreadsheets import Sheet, SheetRow
from linli.needs.imports.mappings import ColumnMapping, Part


@dataclass(frozen=True)
class Columns:
    heading_of: dict[Part, str]
    index_of: dict[str, int]

    @classmethod
    def find(cls, sheet: Sheet, mapping: ColumnMapping) -> "Columns":
        """Invalid names every column that must be there and is not."""
        found = {
            part: name
            for part, names in mapping.headings.items()
            if (name := next((each for each in names if each in sheet.header), None))
        }
        missing = [names[0] for part, names in mapping.columns.items() if part not in found]
        if mapping.point and mapping.point.column not in sheet.header:
            missing.append(mapping.point.column)
        if missing:
            sentence = counted(
                len(missing),
                "The file has no column {names}.",
                "The file lacks these columns: {names}.",
                names=missing,
            )
            raise Invalid({"file": sentence})
        return cls(found, {name: at for at, name in enumerate(sheet.header)})

    def form(self, row: SheetRow) -> Form:
        """The row as if it had been typed into a form: cleaned and refused in the same words."""
        return Form((part, self.cell(row, heading)) for part, heading in self.heading_of.items())

    def heading(self, part: str) -> str:
        """What stands above the column of a part; "" for the row as a whole."""
        return {str(known): name for known, name in self.heading_of.items()}.get(part, "")

    def cell(self, row: SheetRow, heading: str) -> str:
        """Trailing empty cells are often left out."""
        at = self.index_of[heading]
        return row.cells[at] if at < len(row.cells) else ""
