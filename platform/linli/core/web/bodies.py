"""What a program sends, field by field: each that cannot be used gets a sentence of its own."""

from itertools import islice
from typing import Any, Final, get_args, get_origin

import msgspec

from linli.core.forms import REQUIRED
from linli.core.i18n import Message

CHECK_THIS: Final = Message("Please check this value.")
UNKNOWN: Final = Message("There is no such field.")
NOT_OFFERED: Final = Message("Please choose one of the list.")
# A body can hold a million wrong fields; nobody reads more than these.
MOST_TOLD: Final = 50


def unfit(sent: Any, kind: type[msgspec.Struct]) -> dict[str, Message]:
    """A sentence for each field that is missing, unknown or of another type; those of lists as `times.0.day`.

    >>> class Tea(msgspec.Struct):
    ...     cups: int
    >>> {name: each.text for name, each in unfit({"cups": "two", "milk": 1}, Tea).items()}
    {'milk': 'There is no such field.', 'cups': 'Please check this value.'}
    """
    return dict(islice(_unfit(sent, kind, ""), MOST_TOLD))


def _unfit(sent: Any, kind: type[msgspec.Struct], at: str) -> Any:
    if not isinstance(sent, dict):
        yield at.rstrip("."), CHECK_THIS
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    yield from ((at + name[:60], UNKNOWN) for name in sent if name not in fields)
    for name, field in fields.items():
        if name in sent:
            yield from _unfit_value(sent[name], field.type, at + name)
        elif field.required:
            yield at + name, REQUIRED


def _unfit_value(sent: Any, kind: Any, at: str) -> Any:
    part = _part_of(kind)
    if part is not None and isinstance(sent, list):
        for n, each in enumerate(sent):
            yield from _unfit(each, part, f"{at}.{n}.")
    try:
        msgspec.convert(sent, kind)
    except (msgspec.ValidationError, OverflowError):
        yield at, CHECK_THIS


def _part_of(kind: Any) -> type[msgspec.Struct] | None:
    """The struct of which a list is made."""
    if hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    parts = get_args(kind) if get_origin(kind) is list else ()
    is_struct = bool(parts) and isinstance(parts[0], type) and issubclass(parts[0], msgspec.Struct)
    return parts[0] if is_struct else None
