"""Checks that turn what a caller gives into the read-only columns of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Booleans = NDArray[np.bool_]
Bytes = NDArray[np.int8]
Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]


def id_column(name: str, given: Iterable[str], *, unique: bool = True) -> NDArray[np.str_]:
    """Check ids: texts, and unique where asked."""
    listed = list(given)
    for entry in listed:
        if not isinstance(entry, str):
            raise ValueError(f"{name} must be texts, but one is {entry!r} ({type(entry).__name__})")
    if unique and len(set(listed)) != len(listed):
        twice = next(entry for entry, times in Counter(listed).items() if times > 1)
        raise ValueError(f"{name} must be unique, but {twice!r} appears more than once")
    return _frozen(np.array(listed, dtype=np.str_))


def column(
    name: str, given: ArrayLike | None, shape: tuple[int, ...], dtype: Any, missing: Any
) -> NDArray[Any]:
    """Check the shape and type of a column, or fill one with the value that stands for missing.

    Raises
    ------
    ValueError
        Naming the column, what was seen and what was wanted.
    """
    if given is None:
        return _frozen(np.full(shape, missing, dtype=dtype))
    try:
        array = np.asarray(given)
        if array.dtype.kind == "f" and np.dtype(dtype).kind in "iub" and not np.isfinite(array).all():
            raise ValueError("it holds a value that is not a finite number")
        cast = array.astype(dtype)
        if np.dtype(dtype).kind in "iub" and array.dtype.kind in "iuf" and (cast != array).any():
            odd = array[cast != array].flat[0]
            raise ValueError(f"it holds {odd!r}")
    except (TypeError, ValueError, OverflowError) as problem:
        raise ValueError(f"{name} must be of type {np.dtype(dtype)}, but {problem}") from None
    if cast.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, but has shape {cast.shape}")
    return _frozen(cast)


def has_any(table: NDArray[Any]) -> Booleans:
    """True for the rows of a table that hold anything but zeros: those that said something."""
    return np.asarray((table != 0).any(axis=1), dtype=np.bool_)


def within(name: str, array: NDArray[Any], low: float, high: float) -> None:
    """Refuse values outside [low, high]; missing ones (NaN) pass."""
    outside = (array < low) | (array > high)
    if outside.any():
        seen = array[outside].flat[0]
        raise ValueError(f"{name} must be from {low:g} to {high:g}, but one value is {seen}")


def not_more_accepted_than_asked(ids: Any, asked: Whole, accepted: Whole) -> None:
    """Refuse who said yes more often than they were asked."""
    wrong = np.flatnonzero(asked < accepted)
    if len(wrong):
        row = int(wrong[0])
        seen = f"{ids[row]} accepted {accepted[row]} of {asked[row]}"
        raise ValueError(f"accepted must not exceed asked, but {seen}")


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
