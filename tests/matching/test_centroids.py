"""The nearest mean by cosine, and no answer where none is near or two are."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from matching import NearestCentroid, NotFittedError, TextVectors

HALF = np.sqrt(0.5)


def vectors(*rows: list[float]) -> TextVectors:
    """Two terms and a topic."""
    return TextVectors(
        csr_array([row[:2] for row in rows]), np.array([row[2:] for row in rows], dtype=np.float32)
    )


VECTORS = vectors([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
LABELS = ["sea", "sea", "hill"]


def fitted(**settings: float) -> NearestCentroid:
    return NearestCentroid(**settings).fit(VECTORS, LABELS)


def test_centroids_are_means_of_length_one() -> None:
    assert fitted().labels_ == ("hill", "sea")
    assert np.allclose(fitted().centroids_, [[0, 0, 1], [HALF, HALF, 0]])


def test_cosines_are_products_with_the_centroids() -> None:
    text = vectors([0.6, 0.0, 0.8])
    assert np.allclose(fitted().cosines(text), [[0.8, 0.6 * HALF]])
    assert fitted().predict(text) == ["hill"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ([1.0, 0.0, 0.0], "sea"),
        ([0.0, 0.0, 1.0], "hill"),
        ([0.0, 0.0, 0.0], None),
        ([HALF, 0.0, 0.5], None),
    ],
    ids=["clear", "clear too", "no known term", "two as near"],
)
def test_it_abstains_where_it_cannot_tell(text: list[float], answer: str | None) -> None:
    assert fitted(least_cosine=0.1, least_lead=0.01).predict(vectors(text)) == [answer]


def test_a_higher_bar_leaves_more_unanswered() -> None:
    text = vectors([0.3, 0.0, 0.0])
    assert fitted(least_cosine=0.2).predict(text) == ["sea"]
    assert fitted(least_cosine=0.3).predict(text) == [None]


def test_the_order_of_the_texts_never_matters() -> None:
    turned = NearestCentroid().fit(VECTORS[[2, 0, 1]], ["hill", "sea", "sea"])
    assert np.allclose(turned.centroids_, fitted().centroids_)


def test_wrong_input_says_what_was_seen_and_wanted() -> None:
    with pytest.raises(ValueError, match="got 2 labels for 3 texts"):
        NearestCentroid().fit(VECTORS, ["sea", "hill"])
    with pytest.raises(ValueError, match="got 1 classes, wanted two or more"):
        NearestCentroid().fit(VECTORS, ["sea"] * 3)
    with pytest.raises(NotFittedError, match="call fit"):
        NearestCentroid().predict(VECTORS)
