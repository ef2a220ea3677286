"""Simple orders to be compared with, behind the same interface as the ranker that serves.

None of them knows the gates; like every ranker they order only the pairs that passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from matching.columns import Floats
from matching.errors import NotFittedError
from matching.features import text_cosine
from matching.nearness import distance_km
from matching.ranking import Ranker, Scores
from matching.settings import Settings
from matching.tables import Needs, Volunteers
from matching.text_model import count_matrix
from matching.tokens import checked_texts, terms

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class NewestRanker(Settings, Ranker):
    """Newest first: the order of most public lists, and the one shown without personalisation.

    Parameters
    ----------
    of : {"needs", "volunteers"}
        Which side's `created_minute` counts.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["old", "new"], vocabulary=Vocabulary(), created_minute=np.array([10, 20]))
    >>> NewestRanker().score(needs, Volunteers(ids=["li"], vocabulary=Vocabulary())).total.tolist()
    [[0.5], [1.0]]
    """

    def __init__(self, of: Literal["needs", "volunteers"] = "needs") -> None:
        self.of = of

    def score(self, needs: Needs, volunteers: Volunteers) -> Scores:
        """Score by age: the share of rows that are not newer."""
        created = needs.created_minute[:, None] if self.of == "needs" else volunteers.created_minute[None, :]
        place = np.searchsorted(np.sort(created.ravel()), created, side="right") / max(created.size, 1)
        return _one_part("newest", np.broadcast_to(place, (len(needs), len(volunteers))))


class DistanceRanker(Settings, Ranker):
    """Nearest first: 1 / (1 + km), and 0 where a point is unknown.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> here = {"longitude": np.array([107.5]), "latitude": np.array([27.1]), "vocabulary": Vocabulary()}
    >>> DistanceRanker().score(Needs(ids=["n"], **here), Volunteers(ids=["v"], **here)).total.tolist()
    [[1.0]]
    """

    def __init__(self) -> None:
        pass

    def score(self, needs: Needs, volunteers: Volunteers) -> Scores:
        """Score by distance."""
        return _one_part("distance", np.nan_to_num(1 / (1 + distance_km(needs, volunteers))))


class CosineRanker(Settings, Ranker):
    """Text alone: the cosine of the text vectors, 0 where one is missing.

    Examples
    --------
    >>> from matching.text_model import TextModel
    >>> from matching.vocabulary import Vocabulary
    >>> vectors = TextModel().fit(["cooking"]).transform(["cooking"])
    >>> needs = Needs(ids=["n"], vocabulary=Vocabulary(), text_vectors=vectors)
    >>> people = Volunteers(ids=["v"], vocabulary=Vocabulary(), text_vectors=vectors)
    >>> CosineRanker().score(needs, people).total.tolist()
    [[1.0]]
    """

    def __init__(self) -> None:
        pass

    def score(self, needs: Needs, volunteers: Volunteers) -> Scores:
        """Score by cosine."""
        return _one_part("cosine", np.nan_to_num(text_cosine(needs, volunteers)))


class BM25Ranker(Settings, Ranker):
    """Text alone: Okapi BM25 of the need's text as the query and the volunteer's as the document.

    s(q, d) = sum over terms t of q of ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5))
    f(t, d) (k1 + 1) / (f(t, d) + k1 (1 - b + b |d| / mean |d|));
    the score is s / (1 + s), which keeps the order.

    Parameters
    ----------
    k1 : float, default=1.2
        How quickly repetitions stop counting.
    b : float, default=0.75
        How much long texts are held back, from 0 to 1.

    Attributes
    ----------
    idf_ : ndarray of float64, shape (n_terms,)
    mean_length_ : float
        Terms per text.

    References
    ----------
    Robertson and Zaragoza (2009), The probabilistic relevance framework: BM25 and beyond.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> texts = ["cooking lunch", "driving"]
    >>> needs = Needs(ids=["n"], vocabulary=Vocabulary(), texts=["who can cook"])
    >>> people = Volunteers(ids=["a", "b"], vocabulary=Vocabulary(), texts=texts)
    >>> BM25Ranker().fit(texts).score(needs, people).total.round(2).tolist()
    [[0.37, 0.0]]
    """

    idf_: Floats
    mean_length_: float

    def __init__(self, k1: float = 1.2, b: float = 0.75) -> None:
        self.k1 = k1
        self.b = b

    def fit(self, texts: Iterable[str]) -> BM25Ranker:
        """Learn the terms, their weights and the mean length of the documents.

        Parameters
        ----------
        texts : iterable of str
            Of the volunteers.

        Raises
        ------
        ValueError
            If no text holds a term.
        """
        counts = [Counter(terms(text)) for text in checked_texts(texts)]
        documents = Counter(term for row in counts for term in row)
        if not documents:
            raise ValueError("wanted at least one text with a word or character in it")
        self._positions = {term: position for position, term in enumerate(sorted(documents))}
        found = np.array([documents[term] for term in self._positions], dtype=np.float64)
        self.idf_ = np.log(1 + (len(counts) - found + 0.5) / (found + 0.5))
        self.mean_length_ = sum(row.total() for row in counts) / len(counts)
        return self

    def score(self, needs: Needs, volunteers: Volunteers) -> Scores:
        """Score by BM25.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If a table holds no texts.
        """
        if not hasattr(self, "idf_"):
            raise NotFittedError("this BM25Ranker has seen no texts yet: call fit(texts) first")
        if needs.texts is None or volunteers.texts is None:
            raise ValueError("BM25 reads the column texts of both tables, but one of them has none")
        queries = count_matrix([set(terms(text)) for text in needs.texts], self._positions)
        raw = (queries @ self._weigh(volunteers.texts).T).toarray()
        return _one_part("bm25", raw / (1 + raw))

    def _weigh(self, texts: Iterable[str]) -> csr_array:
        rows = [terms(text) for text in texts]
        weights = count_matrix(rows, self._positions)
        lengths = np.array([len(row) for row in rows], dtype=np.float64)
        damping = self.k1 * (1 - self.b + self.b * lengths / self.mean_length_)
        damping_of_entry = np.repeat(damping, np.diff(weights.indptr))
        weights.data *= (self.k1 + 1) / (weights.data + damping_of_entry) * self.idf_[weights.indices]
        return weights


class RandomRanker(Settings, Ranker):
    """A draw per pair that depends on the two ids and the seed only.

    Parameters
    ----------
    seed : int, default=0

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["n"], vocabulary=Vocabulary())
    >>> people = Volunteers(ids=["v"], vocabulary=Vocabulary())
    >>> [RandomRanker(seed).score(needs, people).total.round(3).tolist() for seed in (0, 0, 1)]
    [[[0.24]], [[0.24]], [[0.027]]]
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def score(self, needs: Needs, volunteers: Volunteers) -> Scores:
        """Score by chance, uniformly in [0, 1)."""
        of_need = np.array([_hash(f"{self.seed}:{id}") for id in needs.ids], dtype=np.uint64)
        of_volunteer = np.array([_hash(id) for id in volunteers.ids], dtype=np.uint64)
        mixed = of_need[:, None] ^ of_volunteer[None, :]
        # The finishing steps of splitmix64, which make every bit depend on all others.
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return _one_part("random", ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _one_part(name: str, total: NDArray[np.floating]) -> Scores:
    return Scores(np.asarray(total, dtype=np.float64)[None], (name,))
