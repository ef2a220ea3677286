"""The text model at work: the arrays of the fitted pipeline, scoring without scikit-learn."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.errors import NotFittedError
from matching.settings import Settings
from matching.text_vectors import TextVectors
from matching.tokens import CONCEPT_MARK, PART_MARK, Lexicon, checked_texts, pieces, terms_by_block

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BLOCKS: Final = ("characters", "concepts", "pairs", "parts", "words")
"""The kinds of terms, in the order of their columns; see the functions of these names in `tokens`."""

WEIGHTS: Final[Mapping[str, float]] = dict.fromkeys(BLOCKS, 1.0) | {
    "characters": 0.5,
    "parts": 0.5,
    "topics": 0.5,
}
"""What each kind counts. Parts and topics repeat what words have said; characters have the higher power."""

IDF_POWERS: Final[Mapping[str, float]] = dict.fromkeys(BLOCKS, 1.0) | {"characters": 1.5}
"""How much more a rare term counts. Characters are few, and so even the rare ones stand in many texts."""

TOPIC_BLOCKS: Final = ("concepts", "words")
"""What topics are made of. Chinese words that mean the same mostly share a character already."""

TOPICS: Final = 128
"""How many."""


class TextModel(Settings):
    """TF-IDF over characters, words and concepts with topics: the fitted pipeline, kept as arrays.

    Parameters
    ----------
    lexicon : sequence of sequence of str, default=()
        Phrases of one meaning in any language, for example ``[("陪诊", "hospital visits")]``.

    Attributes
    ----------
    terms_ : ndarray of object (str), shape (n_terms,)
        The known terms in column order: the blocks of `BLOCKS`, each sorted.
    weights_ : ndarray of float64, shape (n_terms,)
        Weight of a term that stands once in a text.
    topic_columns_ : ndarray of int64, shape (m,)
        The terms that speak of a topic.
    topics_ : ndarray of float64, shape (m, k)
        How much each of them does.

    See Also
    --------
    matching.text.bilingual_pipeline : the same as a scikit-learn pipeline, with the formula.

    Examples
    --------
    >>> model = TextModel(lexicon=[("陪诊", "hospital visits")])
    >>> model = model.fit(["陪诊和聊天", "hospital visits", "cooking"])
    >>> alike = model.transform(["陪诊"]).cosines(model.transform(["hospital visit", "cooking"]))
    >>> alike.round(2).tolist()
    [[0.21, 0.0]]
    """

    terms_: NDArray[np.object_]
    weights_: NDArray[np.float64]
    topic_columns_: NDArray[np.int64]
    topics_: NDArray[np.float64]

    def __init__(self, lexicon: Sequence[Sequence[str]] = ()) -> None:
        self.lexicon = lexicon

    def fit(self, texts: Iterable[str]) -> TextModel:
        """Learn the terms, their weights and the topics. This alone imports scikit-learn: it takes seconds.

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

        listed = list(checked_texts(texts))
        if not any(map(pieces, listed)):
            raise ValueError("nothing to learn from: wanted at least one text with a word or character in it")
        return self.set_arrays(**_arrays(bilingual_pipeline(self.lexicon).fit(listed)))

    def set_arrays(
        self,
        terms_: NDArray[np.object_],
        weights_: NDArray[np.float64],
        topic_columns_: NDArray[np.int64],
        topics_: NDArray[np.float64],
    ) -> TextModel:
        """Take over the arrays of a fitted pipeline or of a saved model."""
        self._lexicon = Lexicon(self.lexicon)
        self.terms_, self.weights_ = terms_, weights_
        self.topic_columns_, self.topics_ = topic_columns_, topics_
        self._positions = {term: position for position, term in enumerate(terms_.tolist())}
        return self

    def check_is_fitted(self) -> None:
        """Raise a NotFittedError that says what to do, if there is nothing learnt yet."""
        if not hasattr(self, "terms_"):
            raise NotFittedError(
                "this TextModel knows no terms yet: call fit(texts) or load a saved model first"
            )

    def transform(self, texts: Iterable[str]) -> TextVectors:
        """Weigh the terms and the topics of texts.

        Parameters
        ----------
        texts : iterable of str

        Returns
        -------
        TextVectors
            Rows of length 1, or 0 where a text holds no known term.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If one string is given instead of several texts.
        """
        self.check_is_fitted()
        weights = count_matrix(map(self._terms, checked_texts(texts)), self._positions)
        weights.data = (1.0 + np.log(weights.data)) * self.weights_[weights.indices]
        topics = WEIGHTS["topics"] * topics_of(weights[:, self.topic_columns_], self.topics_)
        squares = row_squares(weights) + (topics**2).sum(axis=1)
        lengths = np.sqrt(np.where(squares > 0, squares, 1.0))
        weights.data /= np.repeat(lengths, np.diff(weights.indptr))
        return TextVectors(weights, (topics / lengths[:, None]).astype(np.float32))

    def _terms(self, text: str) -> Iterator[str]:
        return chain.from_iterable(terms_by_block(pieces(text), self._lexicon).values())

    def shared_terms(self, first: TextVectors, second: TextVectors, limit: int = 3) -> tuple[str, ...]:
        """Name the terms that make two texts alike, the weightiest first.

        Parameters
        ----------
        first, second : TextVectors, one row
            From `transform`.
        limit : int
            How many terms at most.

        Examples
        --------
        >>> model = TextModel().fit(["guitar lessons", "lessons in cooking"])
        >>> model.shared_terms(model.transform(["guitar"]), model.transform(["a guitar"]))
        ('guitar',)
        """
        common = first.terms.multiply(second.terms).tocoo()
        order = sorted(zip(-common.data, self.terms_[common.coords[-1]].tolist(), strict=True))
        return tuple(term for _, term in order if not term.startswith((CONCEPT_MARK, PART_MARK)))[:limit]


def _arrays(pipeline: Any) -> dict[str, NDArray[Any]]:
    """What a fitted pipeline has learnt, in the order of its columns."""
    blend = dict(pipeline["blend"].transformer_list)
    terms = [blend[block]["count"].terms_ for block in BLOCKS]
    ends = np.cumsum([len(each) for each in terms])
    of_topics = [np.arange(*ends[[at - 1, at]]) for at in map(BLOCKS.index, TOPIC_BLOCKS)]
    topics = blend["topics"]["topics"]
    return {
        "terms_": np.concatenate(terms),
        "weights_": np.concatenate([WEIGHTS[block] * blend[block]["weigh"].idf_ for block in BLOCKS]),
        "topic_columns_": np.concatenate(of_topics)[topics.columns_].astype(np.int64),
        "topics_": topics.components_,
    }


def topics_of(terms: csr_array, components: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project terms on topics, keeping the length of each row.

    Parameters
    ----------
    terms : csr_array, shape (n, m)
    components : ndarray of float64, shape (m, k)

    Returns
    -------
    ndarray of float64, shape (n, k)
        0 where the topics know none of a text's terms.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> topics_of(csr_array([[3.0, 4.0]]), np.array([[1.0], [0.0]])).tolist()
    [[5.0]]
    """
    topics: NDArray[np.float64] = np.asarray(terms @ components)
    wanted, seen = np.sqrt(row_squares(terms)), np.linalg.norm(topics, axis=1)
    factors = np.divide(wanted, seen, out=np.zeros_like(seen), where=seen > NOTHING * wanted)
    return np.asarray(topics * factors[:, None])


NOTHING: Final = 1e-9
"""Shorter projections are rounding, not a topic."""


def row_squares(rows: csr_array) -> NDArray[np.float64]:
    """The squared length of each row.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> row_squares(csr_array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [25.0, 0.0]
    """
    row_of_entry = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    return np.asarray(np.bincount(row_of_entry, rows.data**2, minlength=rows.shape[0]), dtype=np.float64)


def count_matrix(texts: Iterable[Iterable[str]], positions: Mapping[str, int]) -> csr_array:
    """Count terms into a sparse array.

    Parameters
    ----------
    texts : iterable of iterable of str
        The terms of each text, as often as they stand there.
    positions : mapping of str to int
        The column of each known term; others are left out.

    Returns
    -------
    scipy.sparse.csr_array of float64, shape (texts, len(positions))
        With sorted indices.

    Examples
    --------
    >>> count_matrix([["day", "day", "night"]], {"day": 0}).toarray().tolist()
    [[2.0]]
    """
    # Here and not above: scipy.sparse takes as long to import as all the rest of matching.
    from scipy.sparse import csr_array

    columns, ends = array("i"), array("q", [0])
    for terms in texts:
        columns.extend([column for column in map(positions.get, terms) if column is not None])
        ends.append(len(columns))
    shape = len(ends) - 1, len(positions)
    counts = csr_array((np.ones(len(columns)), np.asarray(columns), np.asarray(ends)), shape=shape)
    counts.sum_duplicates()
    return counts
