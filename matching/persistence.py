"""A matcher in one file, and a learnt ranker in some bytes: arrays and JSON, never code."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from matching.additive import AdditiveModel
from matching.features import Feature
from matching.learnt import FEATURES, LearntRanker
from matching.rankers import SimilarityRanker
from matching.text_model import TextModel

FORMAT = 2
"""Raised whenever the same arrays would mean something else: other terms, other features, other weights."""

LEARNT_FORMAT = 1
"""The same for what was learnt: raised when a step table would mean something else."""

Arrays = Mapping[str, NDArray[Any]]
_UNREADABLE = (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError)


@dataclass(frozen=True)
class Matcher:
    """A text model and the ranker that goes with it.

    Parameters
    ----------
    text_model : TextModel
        Fitted.
    ranker : SimilarityRanker

    Examples
    --------
    >>> matcher = Matcher(TextModel().fit(["陪老人聊天"]), SimilarityRanker())
    >>> matcher.version.startswith("similarity-2-")
    True
    """

    text_model: TextModel
    ranker: SimilarityRanker

    @cached_property
    def version(self) -> str:
        """Name of exactly this matcher, for what is stored with its suggestions."""
        digest = hashlib.sha256(_settings(self).encode())
        for name, array in sorted(_arrays(self).items()):
            digest.update(name.encode() + array.tobytes())
        return f"similarity-{FORMAT}-{digest.hexdigest()[:8]}"


def save(matcher: Matcher, path: Path) -> None:
    """Write a matcher to a file.

    Parameters
    ----------
    matcher : Matcher
    path : Path
        Ends in ``.npz``.

    Raises
    ------
    ValueError
        If the path does not end in ``.npz``.
    NotFittedError
        If the text model was not fitted.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Matcher(TextModel().fit(["a day"]), SimilarityRanker()), Path(folder) / "m.npz")
    ...     load(Path(folder) / "m.npz").text_model.terms_.tolist()
    ['# day ', 'day']
    """
    if path.suffix != ".npz":
        raise ValueError(f"a matcher's file must end in .npz, but is named {path.name}")
    settings, arrays = _settings(matcher), _arrays(matcher)
    with path.open("wb") as file:
        _write(file, settings, arrays)


def load(path: Path) -> Matcher:
    """Read a matcher from a file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Matcher

    Raises
    ------
    ValueError
        If the file is no matcher, or was written in another format.

    Examples
    --------
    >>> load(Path(__file__))
    Traceback (most recent call last):
    ...
    ValueError: persistence.py is not a matcher that was saved by this library
    """
    try:
        with path.open("rb") as opened:
            settings, found = _read(opened)
        seen = settings["format"]
    except _UNREADABLE as problem:
        raise ValueError(f"{path.name} is not a matcher that was saved by this library") from problem
    if seen != FORMAT:
        raise ValueError(
            f"{path.name} has format {seen}, but this version reads {FORMAT}: fit and save it again"
        )
    return _matcher(settings, found)


def pack(ranker: LearntRanker) -> bytes:
    """Write down what a ranker has learnt.

    Parameters
    ----------
    ranker : LearntRanker

    Returns
    -------
    bytes
        The same for the same ranker, on every machine.

    Examples
    --------
    >>> unpack(pack(LearntRanker())).stage
    'assumed'
    """
    written = io.BytesIO()
    settings = {"kind": "learnt", "format": LEARNT_FORMAT, "features": FEATURES, "stage": ranker.stage}
    model = ranker.model
    arrays = {"intercept": np.array([model.intercept]), "edges": model.edges, "tables": model.tables}
    _write(written, json.dumps(settings, ensure_ascii=False), arrays)
    return written.getvalue()


def unpack(content: bytes) -> LearntRanker:
    """Read what a ranker has learnt.

    Parameters
    ----------
    content : bytes
        From `pack`.

    Returns
    -------
    LearntRanker

    Raises
    ------
    ValueError
        If it is no such ranker, was written in another format, or weighs other features.

    Examples
    --------
    >>> unpack(b"something else")
    Traceback (most recent call last):
    ...
    ValueError: this is not a ranker that was saved by this library
    """
    try:
        settings, found = _read(io.BytesIO(content))
        kind, seen, features, stage = (settings[name] for name in ("kind", "format", "features", "stage"))
        if kind != "learnt":
            raise ValueError(kind)
    except _UNREADABLE as problem:
        raise ValueError("this is not a ranker that was saved by this library") from problem
    if seen != LEARNT_FORMAT:
        raise ValueError(f"the ranker has format {seen}, but this version reads {LEARNT_FORMAT}: learn again")
    if tuple(features) != FEATURES:
        weighed, wanted = ", ".join(features), ", ".join(FEATURES)
        raise ValueError(f"the ranker weighs {weighed}, but this version weighs {wanted}: learn again")
    return LearntRanker(_additive(found), str(stage))


def version_of(ranker: LearntRanker) -> str:
    """Name of exactly what was learnt, for what is stored with its suggestions.

    Parameters
    ----------
    ranker : LearntRanker

    Returns
    -------
    str
        The same for the same tables, on every machine.

    Examples
    --------
    >>> version_of(LearntRanker()).startswith("learnt-1-")
    True
    """
    model, digest = ranker.model, hashlib.sha256(",".join(FEATURES).encode())
    for array in (np.array([model.intercept]), model.edges, model.tables):
        digest.update(np.ascontiguousarray(array, dtype=np.float64).tobytes())
    return f"learnt-{LEARNT_FORMAT}-{digest.hexdigest()[:8]}"


def _additive(found: Arrays) -> AdditiveModel:
    """Tables that could not come from learning are refused before anybody is ranked by them."""
    try:
        edges, tables = (found[name].astype(np.float64) for name in ("edges", "tables"))
        model = AdditiveModel(float(found["intercept"][0]), edges, tables)
    except (KeyError, IndexError, ValueError, TypeError) as problem:
        raise ValueError("the ranker lacks one of its tables") from problem
    is_finite = np.isfinite(tables).all() and np.isfinite(model.intercept)
    if len(tables) != len(FEATURES) or not is_finite or np.isnan(edges).any():
        raise ValueError(f"the ranker must have a finite table for each of {len(FEATURES)} features")
    if (edges[:, 1:] < edges[:, :-1]).any():
        raise ValueError("the edges of a table must ascend")
    return model


def _write(file: IO[bytes], settings: str, arrays: Arrays) -> None:
    encoded = np.frombuffer(settings.encode(), dtype=np.uint8)
    np.savez_compressed(file, allow_pickle=False, settings=encoded, **arrays)


def _read(file: IO[bytes]) -> tuple[Any, dict[str, NDArray[Any]]]:
    with np.load(file, allow_pickle=False) as opened:
        found = {name: opened[name] for name in opened.files}
    return json.loads(found["settings"].tobytes()), found


def _matcher(settings: Mapping[str, Any], arrays: Arrays) -> Matcher:
    terms = np.array(arrays["terms"].tobytes().decode().split("\n"), dtype=object)
    text_model = TextModel(lexicon=tuple(map(tuple, settings["lexicon"]))).set_arrays(
        terms,
        arrays["weights"],
        arrays["topic_columns"].astype(np.int64),
        arrays["topics"].astype(np.float64),
    )
    weights = {Feature(name): float(weight) for name, weight in settings["weights"].items()}
    return Matcher(text_model, SimilarityRanker(weights))


def _settings(matcher: Matcher) -> str:
    weights = dict(zip(Feature, matcher.ranker.normalized_weights().tolist(), strict=True))
    lexicon = [list(entry) for entry in matcher.text_model.lexicon]
    return json.dumps({"format": FORMAT, "weights": weights, "lexicon": lexicon}, ensure_ascii=False)


def _arrays(matcher: Matcher) -> dict[str, NDArray[Any]]:
    model = matcher.text_model
    model.check_is_fitted()
    return {
        "terms": np.frombuffer("\n".join(model.terms_.tolist()).encode(), dtype=np.uint8),
        "weights": model.weights_,
        "topic_columns": model.topic_columns_.astype(np.int32),
        "topics": model.topics_.astype(np.float32),
    }
