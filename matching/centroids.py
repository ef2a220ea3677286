"""What a text is about: the class whose mean it lies nearest to, or no answer when that is not clear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matching.columns import Floats
from matching.errors import NotFittedError
from matching.settings import Settings

if TYPE_CHECKING:
    from matching.text_vectors import TextVectors


class NearestCentroid(Settings):
    """A linear classifier over text vectors that abstains: one centroid a class, compared by cosine.

    The centroid of a class is the mean of its vectors, scaled to length 1. A text belongs to the class with
    the highest cosine, if that is at least `least_cosine` and leads the second by at least `least_lead`.

    Parameters
    ----------
    least_cosine : float, default=0.1
        In [0, 1]; below it nothing in the text speaks for any class.
    least_lead : float, default=0.01
        In [0, 1]; below it two classes are as likely.

    Attributes
    ----------
    labels_ : tuple of str, length k
        The classes, sorted.
    centroids_ : ndarray of float64, shape (k, terms and topics)
        Rows of length 1.

    References
    ----------
    Rocchio (1971), Relevance feedback in information retrieval; Han and Karypis (2000), Centroid-based
    document classification.

    Examples
    --------
    >>> from matching import TextModel
    >>> texts = ["陪老人聊天", "older people", "清理垃圾", "litter in the park"]
    >>> model = TextModel().fit(texts)
    >>> topics = NearestCentroid().fit(model.transform(texts), ["elderly", "elderly", "park", "park"])
    >>> topics.predict(model.transform(["给老人读报", "the park", "星期六"]))
    ['elderly', 'park', None]
    """

    labels_: tuple[str, ...]
    centroids_: Floats

    def __init__(self, least_cosine: float = 0.1, least_lead: float = 0.01) -> None:
        self.least_cosine = least_cosine
        self.least_lead = least_lead

    def fit(self, vectors: TextVectors, labels: Sequence[str]) -> NearestCentroid:
        """Learn the centroid of each class.

        Parameters
        ----------
        vectors : TextVectors, n rows
            Rows of length 1, as `TextModel.transform` gives them.
        labels : sequence of str, length n

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there are not as many labels as rows, or fewer than two classes.
        """
        if len(labels) != vectors.shape[0]:
            raise ValueError(f"got {len(labels)} labels for {vectors.shape[0]} texts")
        self.labels_ = tuple(sorted(set(labels)))
        if len(self.labels_) < 2:
            raise ValueError(f"got {len(self.labels_)} classes, wanted two or more")
        classes = np.array(labels)
        means = np.vstack([_mean(vectors[np.flatnonzero(classes == each)]) for each in self.labels_])
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        self.centroids_ = np.divide(means, lengths, out=np.zeros_like(means), where=lengths > 0)
        return self

    def cosines(self, vectors: TextVectors) -> NDArray[np.float64]:
        """How near each text is to each class.

        Parameters
        ----------
        vectors : TextVectors, n rows

        Returns
        -------
        ndarray of float64, shape (n, k)
            In [0, 1], higher is nearer; columns in the order of `labels_`.

        Raises
        ------
        NotFittedError
            Before `fit`.
        """
        if not hasattr(self, "labels_"):
            raise NotFittedError("this NearestCentroid knows no classes yet: call fit(vectors, labels) first")
        terms, topics = np.hsplit(self.centroids_, [vectors.terms.shape[1]])
        return np.asarray(vectors.terms @ terms.T + vectors.topics @ topics.T, dtype=np.float64)

    def predict(self, vectors: TextVectors) -> list[str | None]:
        """Name the class of each text.

        Parameters
        ----------
        vectors : TextVectors, n rows

        Returns
        -------
        list of str or None, length n
            None where it abstains.
        """
        cosines = self.cosines(vectors)
        ranked = np.sort(cosines, axis=1)
        is_clear = (ranked[:, -1] >= self.least_cosine) & (ranked[:, -1] - ranked[:, -2] >= self.least_lead)
        best = cosines.argmax(axis=1)
        return [self.labels_[k] if clear else None for k, clear in zip(best, is_clear, strict=True)]


def _mean(vectors: TextVectors) -> Floats:
    return np.concatenate([np.asarray(vectors.terms.mean(axis=0)).ravel(), vectors.topics.mean(axis=0)])
