"""People are registered on their behalf; rosters are imported, undone, and freed of duplicates."""

from linli.rosters.actions.applying import apply_import
from linli.rosters.actions.imports import forget_old_imports, preview_import
from linli.rosters.actions.merging import merge_people
from linli.rosters.actions.registering import note_people_seen, register_people
from linli.rosters.actions.undoing import undo_import

__all__ = [
    "apply_import",
    "forget_old_imports",
    "merge_people",
    "note_people_seen",
    "preview_import",
    "register_people",
    "undo_import",
]
