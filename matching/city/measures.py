"""What a run is judged by."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum

import numpy as np

from matching.city.simulation import Course, Outcome, Policy
from matching.columns import Floats
from matching.metrics import calibration_error
from matching.serve.process import Process


class Measure(StrEnum):
    """The figures of the table, with what they count."""

    SERVED = "served in time"
    VULNERABLE = "most vulnerable served"
    WORST = "worst tenth of communities"
    NOBODY = "nobody signed up"
    MESSAGES = "messages per served need"
    LEFT = "opted out"
    NDCG = "NDCG@10"
    CALIBRATION = "calibration error"
    """Of the chances of a yes with which questions were sent; NaN for who foretells none."""
    VIOLATIONS = "credential violations"


HIGHER_IS_BETTER = frozenset({Measure.SERVED, Measure.VULNERABLE, Measure.WORST, Measure.NDCG})


def measure(outcome: Outcome, policy: Policy | None = None) -> dict[Measure, float]:
    """Judge a run by the needs posted after the warm-up.

    Parameters
    ----------
    outcome : Outcome
    policy : Policy, optional
        Whose it was; the library's own tells what it had foretold.

    Returns
    -------
    dict of Measure to float
        Shares from 0 to 1, but for the messages per served need and the number of violations.
    """
    warm_up = outcome.city.behaviour.warm_up_days
    courses = [each for each in outcome.courses if each.need.posted_day >= warm_up and each.closed]
    served = sum(_is_served(course) for course in courses)
    return {
        Measure.SERVED: _share(courses),
        Measure.VULNERABLE: _share([course for course in courses if course.need.tier == 1]),
        Measure.WORST: _worst_tenth(courses, len(outcome.city.communities.x)),
        Measure.NOBODY: 1 - float(np.mean([course.signed_up for course in courses])),
        Measure.MESSAGES: outcome.notifications / max(1, served),
        Measure.LEFT: outcome.left / len(outcome.city.people.x),
        Measure.NDCG: float(np.mean([_ndcg(true, order) for true, order in outcome.ranked])),
        Measure.CALIBRATION: _calibration(policy, warm_up),
        Measure.VIOLATIONS: float(outcome.violations),
    }


def _calibration(policy: Policy | None, warm_up: int) -> float:
    if not isinstance(policy, Process) or policy.steward is None:
        return float("nan")
    told = policy.steward.evidence.told()
    late = told.days >= warm_up
    return calibration_error(told.chances[late], told.yes[late])


def _is_served(course: Course) -> bool:
    return course.attended >= course.need.slots


def _share(courses: list[Course]) -> float:
    return float(np.mean([_is_served(course) for course in courses])) if courses else 0.0


def _worst_tenth(courses: list[Course], communities: int) -> float:
    """Mean share served in the tenth of the communities that are served least."""
    by_community = defaultdict(list)
    for course in courses:
        by_community[course.need.community].append(course)
    shares = sorted(_share(found) for found in by_community.values())
    return float(np.mean(shares[: max(1, round(communities / 10))]))


def _ndcg(true: Floats, order: list[int], k: int = 10) -> float:
    """With the square of the true chance as the gain, so that a list of fair guesses is no good list."""
    gains = true**2
    discounts = 1 / np.log2(np.arange(2, k + 2))
    best, got = np.sort(gains)[::-1][:k], gains[order[:k]]
    ideal = float(best @ discounts[: len(best)])
    return float(got @ discounts[: len(got)]) / max(1e-12, ideal)
