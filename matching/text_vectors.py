"""Texts as rows of numbers: the terms that stand in them, and the topics they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class TextVectors:
    """Rows of length 1, or 0 where a text says nothing that the model knows.

    Parameters
    ----------
    terms : csr_array, shape (n, n_terms)
        Weights of the terms; few of them are there, so they are kept sparse.
    topics : ndarray of float32, shape (n, k)
        Weights of the topics; all of them are there.

    Examples
    --------
    >>> from matching.text_model import TextModel
    >>> model = TextModel().fit(["cooking lunch", "cooks", "陪老人"])
    >>> vectors = model.transform(["cooking lunch", "老人"])
    >>> vectors.cosines(vectors).round(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    terms: csr_array
    topics: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, and columns of terms and topics together."""
        return self.terms.shape[0], self.terms.shape[1] + self.topics.shape[1]

    def __len__(self) -> int:
        return int(self.terms.shape[0])

    def __getitem__(self, rows: Sequence[int] | NDArray[np.intp]) -> TextVectors:
        picked = np.asarray(rows, dtype=np.intp)
        return TextVectors(self.terms[picked], self.topics[picked])

    @cached_property
    def by_term(self) -> csr_array:
        """The terms the other way round, shape (n_terms, n), so that one query is quick."""
        return self.terms.T.tocsr()

    @cached_property
    def says_nothing(self) -> NDArray[np.bool_]:
        """True for a row of length 0."""
        return np.asarray(np.diff(self.terms.indptr) == 0)

    def cosines(self, others: TextVectors) -> NDArray[np.float64]:
        """How alike texts are.

        Parameters
        ----------
        others : TextVectors, m rows
            Of the same model.

        Returns
        -------
        ndarray of float64, shape (n, m)
            In [0, 1] but for rounding, and for topics that disagree, which may take 0.1 away.
        """
        alike = others.alike_in_terms(self.terms)
        alike += self.topics @ others.topics.T
        return alike

    def alike_in_terms(self, terms: csr_array) -> NDArray[np.float64]:
        """Products of the terms of other texts, m rows, with these; shape (m, n)."""
        alike: NDArray[np.float64] = (terms @ self.by_term).toarray()
        return alike

    def toarray(self) -> NDArray[np.float64]:
        """All columns as a plain array, terms first, shape (n, n_terms + k)."""
        return np.hstack([self.terms.toarray(), self.topics])


class FewTexts(TextVectors):
    """Rows that are compared only once, for which it does not pay to turn the terms the other way round."""

    def alike_in_terms(self, terms: csr_array) -> NDArray[np.float64]:
        """The same, read row by row."""
        return np.asarray((self.terms @ terms.toarray().T).T, dtype=np.float64)


def stacked(several: Sequence[TextVectors]) -> TextVectors:
    """Put rows of one model under one another.

    Examples
    --------
    >>> from matching.text_model import TextModel
    >>> model = TextModel().fit(["cooking"])
    >>> len(stacked([model.transform(["cooking"]), model.transform(["cook", ""])]))
    3
    """
    # Here and not above: the whole start of the program would wait for it.
    from scipy.sparse import csr_array, vstack

    terms: Any = vstack([each.terms for each in several])
    return TextVectors(csr_array(terms), np.vstack([each.topics for each in several]))
