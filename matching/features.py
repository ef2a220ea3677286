"""What speaks for a volunteer at a need: six numbers in [0, 1] per pair, higher is better.

A value that nobody knows is not an absence: it gets the neutral value of its feature, `NEUTRAL`, which is
above the worst and never above what a known yes gets. Features decide nothing: who may be asked at all is
said by `matching.eligibility`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matching.columns import Booleans, Floats, has_any
from matching.nearness import Tier, distance_km, shared_tier
from matching.tables import Answer, Needs, Volunteers
from matching.vocabulary import Taxonomy

if TYPE_CHECKING:
    from matching.text_vectors import TextVectors


class Feature(StrEnum):
    """The features, in the order of every array that holds them.

    Examples
    --------
    >>> list(Feature).index(Feature.TEXT), str(Feature.TEXT)
    (4, 'text')
    """

    SKILLS = "skills"
    NEARNESS = "nearness"
    TIME = "time"
    FIELD = "field"
    TEXT = "text"
    LANGUAGE = "language"


HALF_COSINE = 0.15
"""Cosine of two texts that counts half: short texts that fit well seldom share more than a third."""

EDGE_OF_REACH = 0.25
"""Nearness at the very edge of a person's reach; nearness halves with every half reach."""

SILENT_SKILL = 0.2
"""What somebody who has said no skill is credited with, as a share of one; see `skills_covered`."""

NEARNESS_OF_TIER: Mapping[Tier, float] = {
    Tier.COMMUNITY: 0.85,
    Tier.TOWNSHIP: 0.6,
    Tier.COUNTY: EDGE_OF_REACH,
    Tier.PREFECTURE: 0.1,
    Tier.PROVINCE: 0.02,
    Tier.NONE: 0.0,
    Tier.UNKNOWN: EDGE_OF_REACH,
}
"""Nearness where a point is missing. Within a county the distance is unknown, so it is worth the edge."""

NEUTRAL: Mapping[Feature, float] = {
    Feature.SKILLS: 0.5,
    Feature.NEARNESS: EDGE_OF_REACH,
    Feature.TIME: 0.5,
    Feature.FIELD: 0.5,
    Feature.TEXT: 0.25,
    Feature.LANGUAGE: 0.5,
}
"""What an unknown value is worth; see `skills_covered` for people who have not said what they can do."""


def pair_features(needs: Needs, volunteers: Volunteers) -> Floats:
    """Compute all features of all pairs.

    Parameters
    ----------
    needs : Needs, m rows
    volunteers : Volunteers, n rows
        With the same vocabulary.

    Returns
    -------
    ndarray of float64, shape (6, m, n)
        In the order of `Feature`, each in [0, 1], higher is better.

    Raises
    ------
    ValueError
        If the tables do not share a vocabulary, or their text vectors do not share a text model.

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> vocabulary = Vocabulary(skills=Taxonomy(["cooking"]))
    >>> needs = Needs(ids=["lunch"], vocabulary=vocabulary, skills_wanted=np.array([[1]]))
    >>> people = Volunteers(ids=["li", "wang"], vocabulary=vocabulary, skill_level=np.array([[2], [0]]))
    >>> pair_features(needs, people)[0].tolist()
    [[1.0, 0.2]]
    """
    check_same_vocabulary(needs, volunteers)
    words = volunteers.vocabulary
    return np.stack(
        [
            skills_covered(needs, volunteers),
            nearness(needs, volunteers),
            time_fit(needs, volunteers),
            shared_ids(words.fields, needs.fields, volunteers.fields, NEUTRAL[Feature.FIELD]),
            text_similarity(needs, volunteers),
            shared_ids(words.languages, needs.languages, volunteers.languages, NEUTRAL[Feature.LANGUAGE]),
        ]
    )


def check_same_vocabulary(needs: Needs, volunteers: Volunteers) -> None:
    """Refuse tables whose columns do not mean the same."""
    if needs.vocabulary is not volunteers.vocabulary and needs.vocabulary != volunteers.vocabulary:
        raise ValueError("needs and volunteers must share one vocabulary, but their vocabularies differ")


def skills_covered(needs: Needs, volunteers: Volunteers) -> Floats:
    """Share of the skills asked for that a volunteer covers.

    Mean over the skills asked of max over the skills held of closeness times min(1, level held / level
    asked), with the closeness of `Taxonomy.closeness`. Who has not said any skill ranks
    above who has said only others, and below who has one that is at least a neighbour: a fifth of what the
    cheapest single skill would add. 0.5 where a need asks for none.

    Returns
    -------
    ndarray of float64, shape (needs, volunteers), in [0, 1]

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> vocabulary = Vocabulary(skills=Taxonomy(["cooking", "driving"]))
    >>> needs = Needs(ids=["lunch"], vocabulary=vocabulary, skills_wanted=np.array([[2, 1]]))
    >>> people = Volunteers(ids=["a", "b"], vocabulary=vocabulary, skill_level=np.array([[1, 0], [0, 0]]))
    >>> skills_covered(needs, people).tolist()
    [[0.25, 0.05]]
    """
    asked = needs.skills_asked
    covered = np.zeros((len(needs), len(volunteers)))
    for skill, level, rows in needs.rows_by_skill:
        covered[rows] += _strength(volunteers, skill, level)
    covered[:, ~volunteers.says_skills] = SILENT_SKILL / np.maximum(asked.max(axis=1, initial=0), 1)[:, None]
    covered /= np.maximum(np.count_nonzero(asked, axis=1), 1)[:, None]
    covered[~has_any(asked)] = NEUTRAL[Feature.SKILLS]
    return covered


def _strength(volunteers: Volunteers, skill: int, asked_level: int) -> Floats:
    """How well each person covers one skill at one level, in [0, 1]."""
    values, _ = volunteers.vocabulary.skills.strengths(skill, asked_level)
    return np.asarray(values[volunteers.worked_out(_place_of_strength, skill, asked_level)], dtype=np.float64)


def _place_of_strength(volunteers: Volunteers, skill: int, asked_level: int) -> NDArray[np.uint8]:
    """The same as its place among all values there are: a byte for each person."""
    _, places = volunteers.vocabulary.skills.strengths(skill, asked_level)
    best, held = np.zeros(len(volunteers), dtype=np.uint8), volunteers.skills_held
    for one in held[places[held].any(axis=1)].tolist():
        np.maximum(best, places[one][volunteers.of_column("skill_level", one)], out=best)
    return best


def nearness(needs: Needs, volunteers: Volunteers) -> Floats:
    """How near the volunteer is, measured by how far they go.

    4 ** (-distance / reach): 1 on the spot, one half at half the reach, one quarter at its edge. Where a
    point is missing, the value of the lowest shared division, `NEARNESS_OF_TIER`.

    Returns
    -------
    ndarray of float64, shape (needs, volunteers), in [0, 1]

    Examples
    --------
    >>> from matching.vocabulary import Vocabulary
    >>> point = {"longitude": np.array([107.47]), "latitude": np.array([27.08])}
    >>> needs = Needs(ids=["n"], vocabulary=Vocabulary(), **point)
    >>> people = Volunteers(ids=["v", "w"], vocabulary=Vocabulary(), longitude=np.array([107.47, np.nan]),
    ...                     latitude=np.array([27.08, np.nan]))
    >>> nearness(needs, people).tolist()
    [[1.0, 0.25]]
    """
    ratio = distance_km(needs, volunteers) / volunteers.effective_reach_km[None, :]
    value = EDGE_OF_REACH**ratio
    pointless = np.isnan(ratio)
    if pointless.any():
        tier, _ = shared_tier(needs, volunteers)
        worth = np.array([NEARNESS_OF_TIER[tier] for tier in sorted(Tier)])
        value[pointless] = worth[tier[pointless] - min(Tier)]
    return np.asarray(value, dtype=np.float64)


def time_fit(needs: Needs, volunteers: Volunteers) -> Floats:
    """Share of the shift's cells in which the volunteer is free: 1 for a yes, 0.5 for an unknown, 0 for a no.

    Returns
    -------
    ndarray of float64, shape (needs, volunteers), in [0, 1]
        0.5 where a need has no shift.
    """
    fit = np.full((len(needs), len(volunteers)), NEUTRAL[Feature.TIME])
    worth = np.array([0.0, NEUTRAL[Feature.TIME], 1.0])[np.array([Answer.NO, Answer.UNKNOWN, Answer.YES])]
    for rows, cells in needs.rows_by_cells:
        fit[rows] = np.mean([worth[volunteers.of_column("availability", cell)] for cell in cells], axis=0)
    return fit


def shared_ids(taxonomy: Taxonomy, wanted: Booleans, held: Booleans, neutral: float) -> Floats:
    """Closeness of the best held id to the best of several wanted ones.

    Parameters
    ----------
    taxonomy : Taxonomy
        Of the fields or languages.
    wanted : ndarray of bool, shape (m, ids)
        Any one of them will do.
    held : ndarray of bool, shape (n, ids)
    neutral : float
        Where a need wants none or a volunteer has not said any.

    Returns
    -------
    ndarray of float64, shape (m, n), in [0, 1]

    Examples
    --------
    >>> dialects = Taxonomy(["mandarin", "guiyang"], {"guiyang": "mandarin"})
    >>> held = np.array([[True, False], [False, False]])
    >>> shared_ids(dialects, np.array([[False, True]]), held, 0.3).tolist()
    [[0.5, 0.3]]
    """
    value = np.zeros((len(wanted), len(held)))
    for one in np.flatnonzero(wanted.any(axis=0)):
        close = np.flatnonzero(taxonomy.closeness[one])
        for other, worth in zip(close, taxonomy.closeness[one, close], strict=True):
            np.maximum(value, wanted[:, one, None] * (worth * held[None, :, other]), out=value)
    value[:, ~has_any(held)] = neutral
    value[~has_any(wanted)] = neutral
    return value


def text_cosine(needs: Needs, volunteers: Volunteers) -> Floats:
    """Cosine of the texts, NaN where one is missing, shape (needs, volunteers), in [0, 1].

    Raises
    ------
    ValueError
        If the text vectors have different numbers of terms.
    """
    shape = (len(needs), len(volunteers))
    if needs.text_vectors is None or volunteers.text_vectors is None:
        return np.full(shape, np.nan)
    seen, wanted = volunteers.text_vectors.shape[1], needs.text_vectors.shape[1]
    if seen != wanted:
        raise ValueError(f"texts must come from one model, but needs have {wanted} terms, volunteers {seen}")
    cosine = np.clip(needs.text_vectors.cosines(volunteers.text_vectors), 0.0, 1.0)
    cosine[needs.text_vectors.says_nothing] = np.nan
    cosine[:, volunteers.text_vectors.says_nothing] = np.nan
    return np.asarray(cosine, dtype=np.float64)


def text_similarity(needs: Needs, volunteers: Volunteers) -> Floats:
    """Similarity of the texts: 1.15 c / (c + 0.15) for a cosine c; 0.25 where a text is missing.

    Returns
    -------
    ndarray of float64, shape (needs, volunteers), in [0, 1]
    """
    similarity = likeness(text_cosine(needs, volunteers))
    return np.where(np.isnan(similarity), NEUTRAL[Feature.TEXT], similarity)


def likeness(cosine: Floats) -> Floats:
    """Similarity of texts by their cosine c: 1.15 c / (c + 0.15), in [0, 1]; NaN stays NaN."""
    return cosine / (cosine + HALF_COSINE) * (1 + HALF_COSINE)


def texts_alike(texts: TextVectors, text: TextVectors) -> Floats:
    """How alike each of several texts and one text are, for the column `Partners.text`.

    Parameters
    ----------
    texts : TextVectors, n rows
        `TextModel.transform` of the texts. A row that says nothing is a missing text.
    text : TextVectors, one row
        From the same model.

    Returns
    -------
    ndarray of float64, shape (n,), in [0, 1]
        1.15 c / (c + 0.15) for a cosine c, as between people and needs; NaN where either text is missing.

    Raises
    ------
    ValueError
        If the two have different numbers of terms.

    Examples
    --------
    >>> from matching.text_model import TextModel
    >>> model = TextModel().fit(["guitar lessons", "cooking for many"])
    >>> seen = texts_alike(model.transform(["guitar", "cooking", ""]), model.transform(["guitar lessons"]))
    >>> bool(seen[0] > seen[1]), bool(np.isnan(seen[2]))
    (True, True)
    """
    if texts.shape[1] != text.shape[1]:
        raise ValueError(
            f"texts must come from one model, but have {texts.shape[1]} and {text.shape[1]} terms"
        )
    cosine = np.clip(texts.cosines(text)[:, 0], 0.0, 1.0)
    cosine[texts.says_nothing | text.says_nothing[0]] = np.nan
    return likeness(cosine)
