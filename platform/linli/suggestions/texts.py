"""Texts become vectors; one that was seen before is not read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matching import TextModel
from matching.text_vectors import TextVectors, stacked


class EncodedTexts:
    """Keeps the vectors of the texts given last, under their hashes: no text stays in memory."""

    def __init__(self, model: TextModel) -> None:
        self._model = model
        self._known: tuple[Mapping[bytes, int], TextVectors] = ({}, model.transform([]))

    def encode(self, texts: Sequence[str]) -> TextVectors:
        """One row a text. Texts that are not among these are forgotten."""
        rows, vectors = self._known
        keys = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
        if new:
            rows = {**rows, **{key: len(rows) + n for n, key in enumerate(new)}}
            vectors = stacked([vectors, self._model.transform(list(new.values()))])
        kept = list(dict.fromkeys(keys))
        # Both at once, for another thread may be encoding too.
        self._known = (
            {key: row for row, key in enumerate(kept)},
            vectors[_rows(rows, kept)],
        )
        return vectors[_rows(rows, keys)]


def _rows(known: Mapping[bytes, int], keys: Sequence[bytes]) -> NDArray[np.intp]:
    return np.array([known[key] for key in keys], dtype=np.intp)
