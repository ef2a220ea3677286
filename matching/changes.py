"""What would change it: the one change of a person, or of a need, that brings a pair most.

Every change that is considered is made, and the gates and the ranker are asked again: what is said is what
would happen. Only what the person or the need itself says enters; nothing of anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.columns import Booleans
from matching.commitments import Bookings, Pairs
from matching.eligibility import check
from matching.ranking import Ranker
from matching.single_changes import (
    ChangeCode,
    Changed,
    Known,
    Limits,
    Param,
    changes_of_need,
    changes_of_person,
)
from matching.tables import Needs, Volunteers


@dataclass(frozen=True)
class Change:
    """One change, and what it brings.

    Attributes
    ----------
    code : ChangeCode
    params : mapping of str to str, number or tuple
        See `ChangeCode`.
    score : float
        Of the pair after the change, in [0, 1].
    gain : float
        By how much the score rises; 0 where the change only lets the pair through.
    brings_in : bool
        True where the pair was excluded before and passes after it.

    Examples
    --------
    >>> change = Change(ChangeCode.GO_FARTHER, {"km": 3.0}, score=0.6, gain=0.0, brings_in=True)
    >>> str(change.code), change.params["km"]
    ('go_farther', 3.0)
    """

    code: ChangeCode
    params: Mapping[str, Param]
    score: float
    gain: float
    brings_in: bool


def persons_change(
    ranker: Ranker,
    needs: Needs,
    need: int,
    volunteers: Volunteers,
    volunteer: int,
    *,
    today: date,
    bookings: Bookings | None = None,
    pairs: Pairs | None = None,
) -> Change | None:
    """Find the one change of a person that brings one pair most.

    Of an excluded pair only changes count after which it passes; of one that passes, those that raise its
    score. Of several the one with the highest score after it, then the first in the order of `ChangeCode`.

    Parameters
    ----------
    ranker : Ranker
    needs, volunteers : Needs, Volunteers
    need, volunteer : int
        Rows of the pair.
    today, bookings, pairs
        As in `matching.eligibility.check`.

    Returns
    -------
    Change or None
        None where no single change brings anything.

    Examples
    --------
    >>> from matching.rankers import SimilarityRanker
    >>> from matching.vocabulary import Taxonomy, Vocabulary
    >>> words = Vocabulary(credentials=Taxonomy(["first_aid"]))
    >>> needs = Needs(ids=["race"], vocabulary=words, credentials_required=np.array([[True]]))
    >>> people = Volunteers(ids=["li"], vocabulary=words, opted_in=np.array([True]),
    ...                     born_on=np.array(["1990-01-01"], dtype="datetime64[D]"))
    >>> change = persons_change(SimilarityRanker(), needs, 0, people, 0, today=date(2026, 11, 24))
    >>> str(change.code), change.params, change.brings_in
    ('confirm_credential', {'credential_id': 'first_aid'}, True)
    """
    known = Known(today, _of_person(bookings, volunteer), _of_pair(pairs, need, volunteer))
    one, other = needs.take([need]), volunteers.take([volunteer])
    return _best(ranker, one, other, known, changes_of_person(one, other, known))


def needs_change(
    ranker: Ranker,
    needs: Needs,
    need: int,
    volunteers: Volunteers,
    volunteer: int,
    *,
    today: date,
    limits: Limits | None = None,
    bookings: Bookings | None = None,
    pairs: Pairs | None = None,
) -> Change | None:
    """Find the one relaxation of a need that brings one pair most.

    Parameters, result and choice are those of `persons_change`.

    Parameters
    ----------
    limits : Limits, optional
        What may be relaxed.

    Examples
    --------
    >>> from matching.rankers import SimilarityRanker
    >>> from matching.tables import Answer
    >>> from matching.vocabulary import Vocabulary
    >>> needs = Needs(ids=["walk"], vocabulary=Vocabulary(), minimum_age=np.array([18]))
    >>> people = Volunteers(ids=["li"], vocabulary=Vocabulary(), opted_in=np.array([True]),
    ...                     guardian_consent=np.array([Answer.YES]),
    ...                     born_on=np.array(["2010-01-01"], dtype="datetime64[D]"))
    >>> change = needs_change(SimilarityRanker(), needs, 0, people, 0, today=date(2026, 11, 24),
    ...                       limits=Limits(lowest_age=16))
    >>> str(change.code), change.params
    ('lower_age', {'age': 16})
    """
    known = Known(today, _of_person(bookings, volunteer), _of_pair(pairs, need, volunteer))
    one, other = needs.take([need]), volunteers.take([volunteer])
    return _best(ranker, one, other, known, changes_of_need(one, other, limits or Limits()))


def _best(
    ranker: Ranker, need: Needs, person: Volunteers, known: Known, changes: Iterator[Changed]
) -> Change | None:
    passed, before = _passes(need, person, known), _score(ranker, need, person)
    found = []
    for each in changes:
        if not _passes(each.need, each.person, known):
            continue
        score = _score(ranker, each.need, each.person)
        if not passed or score > before + 1e-9:
            found.append(Change(each.code, each.params, score, score - before, not passed))
    order = list(ChangeCode)
    return min(found, key=lambda one: (-round(one.score, 9), order.index(one.code)), default=None)


def _passes(need: Needs, person: Volunteers, known: Known) -> bool:
    answer = check(need, person, today=known.today, bookings=known.bookings, pairs=known.pairs)
    return bool(answer.passes[0, 0])


def _score(ranker: Ranker, need: Needs, person: Volunteers) -> float:
    return float(ranker.score(need, person).values[0, 0])


def _of_person(bookings: Bookings | None, volunteer: int) -> Bookings | None:
    if bookings is None:
        return None
    own = bookings.volunteer == volunteer
    return Bookings(
        volunteer=np.zeros(int(own.sum()), dtype=np.int64),
        start_minute=bookings.start_minute[own],
        end_minute=bookings.end_minute[own],
        local_day=bookings.local_day[own],
        load=bookings.load[own],
    )


def _of_pair(pairs: Pairs | None, need: int, volunteer: int) -> Pairs | None:
    if pairs is None:
        return None
    own: Booleans = (pairs.need == need) & (pairs.volunteer == volunteer)
    nought = np.zeros(int(own.sum()), dtype=np.int64)
    return Pairs(need=nought, volunteer=nought, kind=pairs.kind[own])
