"""The text model at work: the arrays of the fitted pipeline, scoring without scikit-learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matching.errors import NotFittedError
from matching.settings import Settings
from matching.tokens import Lexicon, checked_texts, terms

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class TextModel(Settings):
    """TF-IDF over characters and words: `matching.text.bilingual_pipeline`, fitted and kept as two arrays.

    Parameters
    ----------
    lexicon : sequence of sequence of str, default=()
        Phrases of one meaning in any language, for example ``[("陪诊", "hospital visits")]``.

    Attributes
    ----------
    terms_ : ndarray of object (str), shape (n_terms,)
        The known terms in column order.
    idf_ : ndarray of float64, shape (n_terms,)
        Weight of each term, at least 1.

    Examples
    --------
    >>> model = TextModel(lexicon=[("陪诊", "hospital visits")])
    >>> model = model.fit(["陪诊和聊天", "hospital visits", "cooking"])
    >>> cosines = model.transform(["陪诊"]) @ model.transform(["hospital visit", "cooking"]).T
    >>> cosines.toarray().round(2).tolist()
    [[0.16, 0.0]]
    """

    terms_: NDArray[np.object_]
    idf_: NDArray[np.float64]

    def __init__(self, lexicon: Sequence[Sequence[str]] = ()) -> None:
        self.lexicon = lexicon

    def fit(self, texts: Iterable[str]) -> TextModel:
        """Learn the terms and their weights. This alone imports scikit-learn, which takes a second or two.

        Parameters
        ----------
        texts : iterable of str
            Texts of needs and of volunteers, in any mixture of scripts.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If no text holds a word or a character.
        """
        from matching.text import bilingual_pipeline

        pipeline = bilingual_pipeline(self.lexicon).fit(list(checked_texts(texts)))
        return self.set_arrays(pipeline["terms"].terms_, pipeline["weights"].idf_)

    def set_arrays(self, terms_: NDArray[np.object_], idf_: NDArray[np.float64]) -> TextModel:
        """Take over the arrays of a fitted pipeline or of a saved model."""
        self._lexicon = Lexicon(self.lexicon)
        self.terms_, self.idf_ = terms_, idf_
        self._positions = {term: position for position, term in enumerate(terms_.tolist())}
        return self

    def check_is_fitted(self) -> None:
        """Raise a NotFittedError that says what to do, if there is nothing learnt yet."""
        if not hasattr(self, "terms_"):
            raise NotFittedError(
                "this TextModel knows no terms yet: call fit(texts) or load a saved model first"
            )

    def transform(self, texts: Iterable[str]) -> csr_array:
        """Weigh the terms of texts.

        Parameters
        ----------
        texts : iterable of str

        Returns
        -------
        scipy.sparse.csr_array of float64, shape (texts, n_terms)
            Rows of length 1, or 0 where a text holds no known term. The product of two rows is their cosine.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If one string is given instead of several texts.
        """
        self.check_is_fitted()
        counts = [Counter(terms(text, self._lexicon)) for text in checked_texts(texts)]
        weights = count_matrix(counts, self._positions).astype(np.float64)
        weights.data = (1.0 + np.log(weights.data)) * self.idf_[weights.indices]
        row_of_entry = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
        lengths = np.sqrt(np.bincount(row_of_entry, weights.data**2, minlength=weights.shape[0]))
        weights.data /= lengths[row_of_entry]
        return weights

    def shared_terms(self, first: csr_array, second: csr_array, limit: int = 3) -> tuple[str, ...]:
        """Name the terms that make two texts alike, the weightiest first.

        Parameters
        ----------
        first, second : csr_array, shape (1, n_terms)
            One row each from `transform`.
        limit : int
            How many terms at most.

        Examples
        --------
        >>> model = TextModel().fit(["guitar lessons", "lessons in cooking"])
        >>> model.shared_terms(model.transform(["guitar"]), model.transform(["a guitar"]))
        ('guitar',)
        """
        common = first.multiply(second).tocoo()
        order = sorted(zip(-common.data, self.terms_[common.coords[-1]].tolist(), strict=True))
        return tuple(term for _, term in order if not term.startswith("="))[:limit]


def count_matrix(counts: Sequence[Mapping[str, int]], positions: Mapping[str, int]) -> csr_array:
    """Put counted terms into a sparse array.

    Parameters
    ----------
    counts : sequence of mapping of str to int
        The terms of each text with how often they stand there.
    positions : mapping of str to int
        The column of each known term; others are left out.

    Returns
    -------
    scipy.sparse.csr_array of int64, shape (len(counts), len(positions))
        With sorted indices.

    Examples
    --------
    >>> count_matrix([{"day": 2, "night": 1}], {"day": 0}).toarray().tolist()
    [[2]]
    """
    # Here and not above: scipy.sparse takes as long to import as all the rest of matching.
    from scipy.sparse import csr_array

    rows = [
        sorted((positions[term], count) for term, count in row.items() if term in positions) for row in counts
    ]
    columns = np.array([column for row in rows for column, _ in row], dtype=np.int32)
    values = np.array([value for row in rows for _, value in row], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
    return csr_array((values, columns, starts), shape=(len(rows), len(positions)))
