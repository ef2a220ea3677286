"""The steps of the text model that scikit-learn does not bring along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from matching.text_model import BLOCKS, NOTHING, count_matrix, topics_of
from matching.tokens import Lexicon, Piece, terms_by_block


class Terms(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Count the terms of one block: characters, concepts, pairs, parts or words.

    Parameters
    ----------
    block : {"characters", "concepts", "pairs", "parts", "words"}, default="words"
        What is counted, see the functions of the same names in `matching.tokens`.
    lexicon : sequence of sequence of str, default=()
        Phrases of one meaning; each found phrase is a concept shared by all scripts.

    Attributes
    ----------
    terms_ : ndarray of object (str), shape (n_terms,)
        The terms seen while fitting, sorted; none where no text holds any.

    Raises
    ------
    ValueError
        For an unknown block.

    Examples
    --------
    >>> from matching.tokens import read
    >>> Terms("characters").fit_transform(read(["天天", "天 a day"])).toarray().tolist()
    [[2.0, 1.0], [1.0, 0.0]]
    """

    def __init__(self, block: str = "words", lexicon: Sequence[Sequence[str]] = ()) -> None:
        self.block = block
        self.lexicon = lexicon

    def fit(self, X: Iterable[Sequence[Piece]], y: None = None) -> Terms:
        """Learn the terms of the texts.

        Parameters
        ----------
        X : iterable of list of Piece
            Texts as `matching.tokens.read` splits them.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        self._learn(self._terms(X))
        return self

    def fit_transform(self, X: Iterable[Sequence[Piece]], y: None = None) -> sp.csr_array:
        """Learn the terms of the texts and count them, going through each text once.

        Parameters
        ----------
        X : iterable of list of Piece
        y : None
            Ignored.

        Returns
        -------
        scipy.sparse.csr_array of float64, shape (texts, n_terms)
        """
        rows = self._terms(X)
        self._learn(rows)
        return count_matrix(rows, self._positions)

    def transform(self, X: Iterable[Sequence[Piece]]) -> sp.csr_array:
        """Count the known terms of each text.

        Parameters
        ----------
        X : iterable of list of Piece
            Terms not seen while fitting are left out.

        Returns
        -------
        scipy.sparse.csr_array of float64, shape (texts, n_terms)
        """
        check_is_fitted(self)
        return count_matrix(self._terms(X), self._positions)

    def _terms(self, texts: Iterable[Sequence[Piece]]) -> list[list[str]]:
        if self.block not in BLOCKS:
            raise ValueError(f"block must be one of {', '.join(BLOCKS)}, but is {self.block!r}")
        lexicon = Lexicon(self.lexicon)
        return [list(terms_by_block(found, lexicon)[self.block]) for found in texts]

    def _learn(self, rows: Iterable[Iterable[str]]) -> None:
        self.terms_ = np.array(sorted(set(chain.from_iterable(rows))), dtype=object)
        self._positions = {term: position for position, term in enumerate(self.terms_.tolist())}

    def get_feature_names_out(self, input_features: None = None) -> NDArray[np.object_]:
        """Return the terms in column order."""
        check_is_fitted(self)
        names: NDArray[np.object_] = self.terms_
        return names

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


class TermWeights(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Weigh counts: (1 + ln c) (1 + ln((1 + n) / (1 + d)))^p for a term in d of n texts.

    Parameters
    ----------
    idf_power : float, default=1.0
        p: how much more a rare term counts.

    Attributes
    ----------
    idf_ : ndarray of float64, shape (n_terms,)
        The second factor, at least 1.

    Examples
    --------
    >>> TermWeights().fit_transform([[1, 1], [0, 1]]).toarray().round(3).tolist()
    [[1.405, 1.0], [0.0, 1.0]]
    """

    def __init__(self, idf_power: float = 1.0) -> None:
        self.idf_power = idf_power

    def fit(self, X: Any, y: None = None) -> TermWeights:
        """Learn how rare each term is.

        Parameters
        ----------
        X : array or sparse array of numbers at least 0, shape (texts, n_terms)
        y : None
            Ignored.

        Returns
        -------
        self
        """
        counts = self._checked(X, reset=True)
        texts, of_term = counts.shape[0], np.bincount(counts.indices, minlength=counts.shape[1])
        self.idf_ = (1 + np.log((1 + texts) / (1 + of_term))) ** self.idf_power
        return self

    def transform(self, X: Any) -> sp.csr_array:
        """Weigh counts.

        Parameters
        ----------
        X : array or sparse array of numbers at least 0, shape (texts, n_terms)

        Returns
        -------
        scipy.sparse.csr_array of float64, shape (texts, n_terms)
        """
        check_is_fitted(self)
        weights = self._checked(X, reset=False)
        weights.data = (1 + np.log(weights.data)) * self.idf_[weights.indices]
        return weights

    def _checked(self, X: Any, *, reset: bool) -> sp.csr_array:
        checked = _checked_rows(self, X, reset=reset)
        check_non_negative(checked, type(self).__name__)
        counts = sp.csr_array(checked, dtype=np.float64, copy=True)
        counts.eliminate_zeros()
        return counts

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags


class Topics(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Truncated SVD of the terms that at least two texts hold: what is said in other words meets.

    A row of topics is made as long as the row of terms that it stands for, so that a text with few of these
    terms says little by them.

    Parameters
    ----------
    n_topics : int, default=128
        At most so many; never more than texts or terms.
    seed : int, default=0

    Attributes
    ----------
    columns_ : ndarray of int64, shape (m,)
        The columns that at least two texts hold.
    components_ : ndarray of float64, shape (m, k)
        One column a topic, the strongest first, each of length 1.

    Examples
    --------
    >>> rows = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    >>> Topics(1).fit_transform(rows).shape
    (3, 1)
    """

    def __init__(self, n_topics: int = 128, seed: int = 0) -> None:
        self.n_topics = n_topics
        self.seed = seed

    def fit(self, X: Any, y: None = None) -> Topics:
        """Learn the topics.

        Parameters
        ----------
        X : array or sparse array, shape (texts, n_terms)
        y : None
            Ignored.

        Returns
        -------
        self
        """
        rows = sp.csr_array(_checked_rows(self, X, reset=True), dtype=np.float64)
        rows.eliminate_zeros()
        held = np.bincount(rows.indices, minlength=rows.shape[1])
        self.columns_ = np.flatnonzero(held >= min(2, rows.shape[0]))
        self.components_ = self._components(rows[:, self.columns_])
        return self

    def _components(self, rows: sp.csr_array) -> NDArray[np.float64]:
        if rows.shape[1] < 2:
            return np.eye(rows.shape[1])
        svd = TruncatedSVD(min(self.n_topics, *rows.shape), n_iter=4, random_state=self.seed)
        with np.errstate(invalid="ignore"):  # all rows alike: the share of variance, unused here, is 0 / 0
            svd.fit(normalize(rows))
        is_there = svd.singular_values_ > NOTHING * svd.singular_values_[0]
        return np.ascontiguousarray(svd.components_[is_there].T)

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Say how much each text is about each topic.

        Parameters
        ----------
        X : array or sparse array, shape (texts, n_terms)

        Returns
        -------
        ndarray of float64, shape (texts, k)
        """
        check_is_fitted(self)
        rows = sp.csr_array(_checked_rows(self, X, reset=False), dtype=np.float64)
        return topics_of(rows[:, self.columns_], self.components_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _checked_rows(estimator: BaseEstimator, X: Any, *, reset: bool) -> Any:
    """Numbers as scikit-learn checks them, except that no columns at all are a block nobody uses."""
    empty_is_fine = {"ensure_min_features": 0, "ensure_min_samples": 1 if reset else 0}
    if not sp.issparse(X):
        empty_is_fine = {}
    return validate_data(estimator, X, reset=reset, accept_sparse="csr", dtype=np.float64, **empty_is_fine)
