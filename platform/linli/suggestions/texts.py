"""Texts become vectors; one that was seen before is not read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from matching import TextModel

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class EncodedTexts:
    """Keeps the vectors of the texts given last, under their hashes: no text stays in memory."""

    def __init__(self, model: TextModel) -> None:
        self._model = model
        self._known: tuple[Mapping[bytes, int], csr_array] = ({}, model.transform([]))

    def encode(self, texts: Sequence[str]) -> csr_array:
        """One row a text. Texts that are not among these are forgotten."""
        rows, vectors = self._known
        keys = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in rows}
        if new:
            rows = {**rows, **{key: len(rows) + n for n, key in enumerate(new)}}
            vectors = _stacked(vectors, self._model.transform(list(new.values())))
        kept = list(dict.fromkeys(keys))
        # Both at once, for another thread may be encoding too.
        self._known = (
            {key: row for row, key in enumerate(kept)},
            _picked(vectors, [rows[key] for key in kept]),
        )
        return _picked(vectors, [rows[key] for key in keys])


def _stacked(one: csr_array, other: csr_array) -> csr_array:
    # Here and not above: the whole start of the program would wait for it.
    from scipy.sparse import csr_array, vstack

    return csr_array(vstack([one, other]))


def _picked(vectors: csr_array, rows: Sequence[int]) -> csr_array:
    picked: Any = vectors[np.asarray(rows, dtype=np.intp)]
    return picked
