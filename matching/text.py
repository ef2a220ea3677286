"""The text model, as the scikit-learn pipeline that it is.

``bilingual_pipeline()`` is the whole model: count the terms of both scripts, then weigh them by TF-IDF.
`matching.text_model.TextModel` fits it and keeps its arrays, so that scoring needs no scikit-learn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from matching.text_model import count_matrix
from matching.tokens import Lexicon, checked_texts, terms


def bilingual_pipeline(lexicon: Sequence[Sequence[str]] = ()) -> Pipeline:
    """Build the text model.

    A term t that stands c times in a text and in d of n fitted texts weighs
    (1 + ln c) (1 + ln((1 + n) / (1 + d))); the weights of a text are scaled to length 1, so that the
    product of two texts is their cosine, in [0, 1].

    Parameters
    ----------
    lexicon : sequence of sequence of str, optional
        Phrases of one meaning, see `matching.tokens.Lexicon`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Takes a sequence of texts, gives a sparse array (texts, terms) with rows of length 1 or 0.

    References
    ----------
    Salton and Buckley (1988), Term-weighting approaches in automatic text retrieval.

    Examples
    --------
    >>> weights = bilingual_pipeline().fit_transform(["陪老人聊天", "Cooking for elders"])
    >>> weights.shape
    (2, 12)
    """
    return Pipeline(
        [("terms", BilingualTerms(lexicon=lexicon)), ("weights", TfidfTransformer(sublinear_tf=True))]
    )


class BilingualTerms(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Count the terms of texts: characters and their pairs for Chinese, words and their pairs otherwise.

    Parameters
    ----------
    lexicon : sequence of sequence of str, default=()
        Phrases of one meaning; each found phrase counts as a term shared by all scripts.

    Attributes
    ----------
    terms_ : ndarray of object (str), shape (n_terms,)
        The terms seen while fitting, sorted.

    Raises
    ------
    ValueError
        From `fit`, if no text holds any term; from both, if a single text is given instead of several.

    Examples
    --------
    >>> BilingualTerms().fit_transform(["天天", "a day"]).toarray().tolist()
    [[0, 2, 1], [1, 0, 0]]
    """

    def __init__(self, lexicon: Sequence[Sequence[str]] = ()) -> None:
        self.lexicon = lexicon

    def fit(self, X: Iterable[str], y: None = None) -> BilingualTerms:
        """Learn the terms of the texts.

        Parameters
        ----------
        X : iterable of str
            Texts in any mixture of scripts.
        y : None
            Ignored.

        Returns
        -------
        self
        """
        lexicon = Lexicon(self.lexicon)
        seen = {term for text in checked_texts(X) for term in terms(text, lexicon)}
        if not seen:
            raise ValueError("empty vocabulary: wanted at least one text with a word or character in it")
        self.terms_ = np.array(sorted(seen), dtype=object)
        return self

    def transform(self, X: Iterable[str]) -> sp.csr_array:
        """Count the known terms of each text.

        Parameters
        ----------
        X : iterable of str
            Texts; terms not seen while fitting are left out.

        Returns
        -------
        scipy.sparse.csr_array of int64, shape (texts, n_terms)
        """
        check_is_fitted(self)
        lexicon = Lexicon(self.lexicon)
        positions = {term: position for position, term in enumerate(self.terms_.tolist())}
        return count_matrix([Counter(terms(text, lexicon)) for text in checked_texts(X)], positions)

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
