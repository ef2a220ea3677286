"""Why this one: contributions that add up to the score, and a few reasons as codes that the site words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import NamedTuple

import numpy as np

from matching.columns import Booleans, Floats
from matching.features import Feature
from matching.history import HistoryFeature
from matching.nearness import Tier, distance_km, shared_tier
from matching.ranking import Ranker, Scores
from matching.tables import Answer, Needs, Volunteers
from matching.text_model import TextModel
from matching.vocabulary import Taxonomy

Param = str | int | float | tuple[str, ...] | tuple[int, ...]


class ReasonCode(StrEnum):
    """What can speak for a pair, with the parameters of its reason.

    Examples
    --------
    >>> ReasonCode("near").name
    'NEAR'
    """

    SKILL = "skill"
    """skill_id, level (held), asked_level, covered, asked (how many skills fully held, and asked for)."""
    RELATED_SKILL = "related_skill"
    """skill_id (held), asked_skill_id, level, asked_level, covered, asked."""
    NEAR = "near"
    """km. Whoever shows it decides how coarse it must be."""
    SAME_COMMUNITY = "same_community"
    """No parameter."""
    SAME_TOWNSHIP = "same_township"
    """No parameter."""
    FREE_THEN = "free_then"
    """cells: of the week, weekday * 3 + daypart."""
    FIELD = "field"
    """field_id: the one the person named."""
    LANGUAGE = "language"
    """language_id: the one the person speaks."""
    TEXT = "text"
    """terms: up to three that both texts share; empty without a text model."""
    EARLIER_ANSWERS = "earlier_answers"
    """No parameter: what somebody answered before is said to nobody in particular."""


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for a pair.

    Attributes
    ----------
    code : ReasonCode
    params : mapping of str to str, number or tuple
        See `ReasonCode`.
    gain : float
        Contribution above that of a stranger who has said nothing, in points of the score or of its log-odds.

    Examples
    --------
    >>> reason = Reason(ReasonCode.NEAR, {"km": 0.8}, gain=0.1)
    >>> str(reason.code), reason.params
    ('near', {'km': 0.8})
    """

    code: ReasonCode
    params: Mapping[str, Param]
    gain: float


@dataclass(frozen=True)
class Explanation:
    """A score taken apart.

    Attributes
    ----------
    score : float
        In [0, 1], higher is better; the chance of a yes where that was learnt.
    contributions : mapping of str to float
        By the ranker's parts. They sum to the score, or to the log-odds of it where it was learnt.
    reasons : tuple of Reason
        The largest gain first; empty if nothing is known that speaks for the pair.

    Examples
    --------
    >>> told = Explanation(score=0.3, contributions={"skills": 0.3}, reasons=())
    >>> sum(told.contributions.values()) == told.score
    True
    """

    score: float
    contributions: Mapping[str, float]
    reasons: tuple[Reason, ...]


def explain_pair(
    ranker: Ranker,
    needs: Needs,
    need: int,
    volunteers: Volunteers,
    volunteer: int,
    *,
    text_model: TextModel | None = None,
    limit: int = 3,
) -> Explanation:
    """Explain one score.

    Parameters
    ----------
    ranker : SimilarityRanker or InformedRanker
    needs, volunteers : Needs, Volunteers
    need, volunteer : int
        Rows of the pair.
    text_model : TextModel, optional
        Names the terms that two texts share.
    limit : int, default=3
        How many reasons at most.

    Returns
    -------
    Explanation

    Examples
    --------
    >>> from matching.rankers import SimilarityRanker
    >>> from matching.vocabulary import Vocabulary
    >>> vocabulary = Vocabulary(skills=Taxonomy(["cooking"]))
    >>> needs = Needs(ids=["lunch"], vocabulary=vocabulary, skills_wanted=np.array([[1]]))
    >>> people = Volunteers(ids=["li"], vocabulary=vocabulary, skill_level=np.array([[2]]))
    >>> reason = explain_pair(SimilarityRanker(), needs, 0, people, 0).reasons[0]
    >>> str(reason.code), reason.params["skill_id"]
    ('skill', 'cooking')
    """
    one, other = needs.take([need]), volunteers.take([volunteer])
    return explain_pairs(ranker, one, other, text_model=text_model, limit=limit)[0][0]


def explain_pairs(
    ranker: Ranker,
    needs: Needs,
    volunteers: Volunteers,
    *,
    text_model: TextModel | None = None,
    limit: int = 3,
) -> list[list[Explanation]]:
    """Explain all scores of two short tables, for example of one need and the people ranked for it.

    Parameters
    ----------
    ranker : SimilarityRanker or InformedRanker
    needs : Needs, m rows
    volunteers : Volunteers, n rows
        ``volunteers.take(ranking.rows)`` keeps the order of a ranking.
    text_model : TextModel, optional
        Names the terms that two texts share.
    limit : int, default=3
        How many reasons at most.

    Returns
    -------
    list of list of Explanation
        By need, then by volunteer.

    Examples
    --------
    >>> from matching.rankers import SimilarityRanker
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["lunch"], vocabulary=Vocabulary())
    >>> people = Volunteers(ids=["li", "wang"], vocabulary=Vocabulary())
    >>> [told.reasons for told in explain_pairs(SimilarityRanker(), needs, people)[0]]
    [(), ()]
    """
    scores = ranker.score(needs, volunteers)
    stranger = Volunteers(ids=["stranger"], vocabulary=volunteers.vocabulary)
    gains = _gains(scores, ranker.score(needs, stranger))
    words: dict[str, _Worder] = {**_WORDS, Feature.TEXT: partial(_text, text_model)}

    def explanation(pair: _Pair) -> Explanation:
        found = {name: float(gain[pair.need, pair.volunteer]) for name, gain in gains.items()}
        known = sorted((name for name in found if found[name] > 1e-9), key=lambda name: -found[name])
        contributions = scores.contributions[:, pair.need, pair.volunteer]
        return Explanation(
            float(scores.as_scores(contributions.sum())),
            dict(zip(scores.parts, contributions.tolist(), strict=True)),
            tuple(Reason(*words[name](pair), found[name]) for name in known[:limit]),
        )

    distances, (tiers, _) = distance_km(needs, volunteers), shared_tier(needs, volunteers)
    return [
        [
            explanation(_Pair(needs, row, volunteers, other, float(distances[row, other]), tiers[row, other]))
            for other in range(len(volunteers))
        ]
        for row in range(len(needs))
    ]


def _gains(scores: Scores, of_stranger: Scores) -> dict[str, Floats]:
    """What each feature adds above a stranger; what history adds is one thing."""
    above = dict(zip(scores.parts, scores.contributions - of_stranger.contributions, strict=True))
    gains: dict[str, Floats] = {name: above[name] for name in Feature}
    past = [above[name] for name in HistoryFeature if name in above]
    return gains | ({ReasonCode.EARLIER_ANSWERS: np.sum(past, axis=0)} if past else {})


class _Pair(NamedTuple):
    """Where the facts about one pair stand."""

    needs: Needs
    need: int
    volunteers: Volunteers
    volunteer: int
    km: float
    tier: int


_Found = tuple[ReasonCode, Mapping[str, Param]]
_Worder = Callable[[_Pair], _Found]


def _skill(pair: _Pair) -> _Found:
    skills = pair.volunteers.vocabulary.skills
    asked, held = pair.needs.skills_asked[pair.need], pair.volunteers.skill_level[pair.volunteer]
    worth = np.minimum(1.0, held / np.maximum(asked, 1)[:, None]) * skills.closeness * (asked > 0)[:, None]
    wanted, own = divmod(int(np.argmax(worth)), worth.shape[1])
    params: dict[str, Param] = {
        "skill_id": skills.ids[own],
        "level": int(held[own]),
        "asked_level": int(asked[wanted]),
        "covered": int((worth.max(axis=1) == 1.0).sum()),
        "asked": int((asked > 0).sum()),
    }
    if skills.closeness[wanted, own] == 1.0:
        return ReasonCode.SKILL, params
    return ReasonCode.RELATED_SKILL, {**params, "asked_skill_id": skills.ids[wanted]}


def _near(pair: _Pair) -> _Found:
    if not np.isnan(pair.km):
        return ReasonCode.NEAR, {"km": pair.km}
    return ReasonCode.SAME_COMMUNITY if pair.tier == Tier.COMMUNITY else ReasonCode.SAME_TOWNSHIP, {}


def _free(pair: _Pair) -> _Found:
    free = pair.needs.cells[pair.need] & (pair.volunteers.availability[pair.volunteer] == Answer.YES)
    return ReasonCode.FREE_THEN, {"cells": tuple(np.flatnonzero(free).tolist())}


def _best_shared(taxonomy: Taxonomy, wanted: Booleans, held: Booleans) -> str:
    closeness = np.where(wanted[:, None] & held[None, :], taxonomy.closeness, -1.0)
    return taxonomy.ids[int(np.argmax(closeness)) % len(taxonomy)]


def _field(pair: _Pair) -> _Found:
    wanted, held = pair.needs.fields[pair.need], pair.volunteers.fields[pair.volunteer]
    return ReasonCode.FIELD, {"field_id": _best_shared(pair.volunteers.vocabulary.fields, wanted, held)}


def _language(pair: _Pair) -> _Found:
    wanted, held = pair.needs.languages[pair.need], pair.volunteers.languages[pair.volunteer]
    return ReasonCode.LANGUAGE, {
        "language_id": _best_shared(pair.volunteers.vocabulary.languages, wanted, held)
    }


def _text(text_model: TextModel | None, pair: _Pair) -> _Found:
    one, other = pair.needs.text_vectors, pair.volunteers.text_vectors
    if text_model is None or one is None or other is None:
        return ReasonCode.TEXT, {"terms": ()}
    return ReasonCode.TEXT, {"terms": text_model.shared_terms(one[[pair.need]], other[[pair.volunteer]])}


def _earlier(_: _Pair) -> _Found:
    return ReasonCode.EARLIER_ANSWERS, {}


_WORDS: Mapping[str, _Worder] = {
    Feature.SKILLS: _skill,
    Feature.NEARNESS: _near,
    Feature.TIME: _free,
    Feature.FIELD: _field,
    Feature.LANGUAGE: _language,
    ReasonCode.EARLIER_ANSWERS: _earlier,
}
