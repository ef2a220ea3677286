"""A matcher in one file: arrays and JSON, never code."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.features import Feature
from matching.rankers import SimilarityRanker
from matching.text_model import TextModel

FORMAT = 2
"""Raised whenever the same arrays would mean something else: other terms, other features, other weights."""


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
    settings = np.frombuffer(_settings(matcher).encode(), dtype=np.uint8)
    arrays = _arrays(matcher)
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, settings=settings, **arrays)


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
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        settings = json.loads(found["settings"].tobytes())
        seen = settings["format"]
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError) as problem:
        raise ValueError(f"{path.name} is not a matcher that was saved by this library") from problem
    if seen != FORMAT:
        raise ValueError(
            f"{path.name} has format {seen}, but this version reads {FORMAT}: fit and save it again"
        )
    return _matcher(settings, found)


def _matcher(settings: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Matcher:
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
