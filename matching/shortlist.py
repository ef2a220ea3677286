"""The best few of very many people for a need, without asking and scoring everybody.

A sieve of a few quick columns lets everybody through who could pass the gates; the gates and the ranker are
asked only of those, and texts are compared only where they can still change who is among the best. What comes
out is what `check` and `Ranker.rank_volunteers` give for everybody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from matching.columns import Booleans, Whole
from matching.commitments import Bookings, Pairs
from matching.eligibility import check
from matching.features import Feature, check_same_vocabulary, text_similarity
from matching.picked import pick
from matching.ranking import AdditiveRanker, Ranking, Scores, ranking_of
from matching.tables import Answer, Needs, Volunteers

ROUNDING = 1e-9
"""Far above what the last digits of a number may differ by, far below what matters."""


def shortlist(
    ranker: AdditiveRanker,
    needs: Needs,
    volunteers: Volunteers,
    *,
    k: int,
    today: date,
    bookings: Bookings | None = None,
    pairs: Pairs | None = None,
) -> list[Ranking]:
    """Rank for each need the k best of the volunteers that pass all its gates.

    The same as ``ranker.rank_volunteers(needs, volunteers, check(...), k)``, in less time where only some
    pass. Who is kept out by which gate is not counted; `check` tells that.

    Parameters
    ----------
    ranker : AdditiveRanker
        `SimilarityRanker` or `InformedRanker`.
    needs : Needs, m rows
    volunteers : Volunteers, n rows
    k : int
        How many at most.
    today, bookings, pairs
        As in `check`.

    Returns
    -------
    list of Ranking, length m
        Rows are those of `volunteers`.

    Raises
    ------
    ValueError
        If the tables do not share a vocabulary, or k is negative.

    Examples
    --------
    >>> from matching.rankers import SimilarityRanker
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["lunch"], vocabulary=Vocabulary(), minimum_age=np.array([16]))
    >>> people = Volunteers(ids=["li", "wang"], vocabulary=Vocabulary(), opted_in=np.array([True, True]),
    ...                     born_on=np.array(["2012-01-01", "1990-01-01"], dtype="datetime64[D]"))
    >>> [best] = shortlist(SimilarityRanker(), needs, people, k=20, today=date(2026, 11, 24))
    >>> best.ids.tolist()
    ['wang']
    """
    check_same_vocabulary(needs, volunteers)
    found = []
    for row in range(len(needs)):
        need, rows = pick(needs, np.array([row])), np.flatnonzero(_could_pass(needs, row, volunteers))
        people = pick(volunteers, rows)
        passes = check(
            need,
            people,
            today=today,
            bookings=bookings and bookings.among(rows, len(volunteers)),
            pairs=pairs and pairs.among(row, rows, len(volunteers)),
        ).passes[0]
        found.append(_best(ranker, need, volunteers, rows[passes], k))
    return found


def _could_pass(needs: Needs, row: int, volunteers: Volunteers) -> Booleans:
    """False only for people who fail a gate for sure."""
    could = volunteers.opted_in & ~volunteers.barred
    for paper in np.flatnonzero(needs.credentials_required[row]).tolist():
        could &= volunteers.of_column("credential", paper) == Answer.YES
    if needs.has_shift[row]:
        for cell in np.flatnonzero(needs.cells[row]).tolist():
            could &= volunteers.of_column("availability", cell) != Answer.NO
    if needs.has_point[row]:
        # The cosine of the angle between two points; NaN, for an unknown point, is not below anything.
        cosine = needs.unit_vectors[:, row] @ volunteers.unit_vectors
        could &= ~(cosine < volunteers.cosine_of_reach)
    return could


def _best(ranker: AdditiveRanker, need: Needs, volunteers: Volunteers, rows: Whole, k: int) -> Ranking:
    """The best of some rows that may all be asked. Texts are dear: they are added last, and not for all."""
    scores = ranker.score(need, pick(volunteers, rows, with_texts=False))
    text = scores.parts.index(Feature.TEXT)

    def with_texts(some: Whole) -> Scores:
        contributions = scores.contributions[:, :, some]
        likeness = text_similarity(need, pick(volunteers, rows[some]))
        contributions[text] = ranker.adds(Feature.TEXT, likeness)
        return replace(scores, contributions=contributions)

    rest = (scores.total - scores.contributions[text])[0]
    could = np.arange(len(rows))
    if 0 < k < len(rows):
        first = np.argpartition(rest, len(rest) - k)[-k:]
        to_reach = with_texts(first).total.min() - float(ranker.adds(Feature.TEXT, np.array(1.0)))
        could = np.flatnonzero(rest >= to_reach - ROUNDING)
    people = pick(volunteers, rows[could])
    best = ranking_of(with_texts(could), 0, np.ones(len(could), dtype=np.bool_), people, k)
    return replace(best, rows=rows[could][best.rows])
