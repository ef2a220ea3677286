"""A version of the matcher that is simply there."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.ext.asyncio import AsyncSession

from linli.suggestions.matcher import matcher
from linli.suggestions.models import MatcherVersion
from matching import Comparison, HistoryFeature, Judgement, LearntRanker, compare, pack, version_of
from matching.additive import linear_tables
from matching.learnt import FEATURES


def ranker_that_weighs(**slopes: float) -> LearntRanker:
    """Log-odds of a yes between the least and the most of each feature."""
    return LearntRanker(
        linear_tables(np.array([slopes.get(name, 0.0) for name in FEATURES]), -1.0), "logistic"
    )


WHO_SAID_YES_BEFORE = {HistoryFeature.YES_RATE.value: 8.0}


def a_comparison(*, better: bool = True) -> Comparison:
    """Forty needs with four questions each, half of them answered with a yes; as learnt, it said too much."""
    random = np.random.default_rng(3)
    needs, yes = np.repeat(np.arange(40), 4).astype(str), np.tile([True, False], 80)
    good = np.clip(np.where(yes, 0.65, 0.35) + random.normal(0, 0.15, 160), 0.02, 0.98)
    flat = np.clip(0.5 + random.normal(0, 0.1, 160), 0.02, 0.98)
    new, old = (good, flat) if better else (flat, good)
    plain = np.sqrt(new)
    return compare(
        Judgement(new, new), Judgement(old, old), yes=yes, needs=needs, plain=Judgement(plain, plain)
    )


async def make_version(
    session: AsyncSession, now: datetime, ranker: LearntRanker | None = None, **values: Any
) -> MatcherVersion:
    ranker = ranker or ranker_that_weighs(skills=3.0)
    version = MatcherVersion(
        **{
            "name": version_of(ranker),
            "ranker": pack(ranker),
            "stage": ranker.stage,
            "answers": 1240,
            "yes": 420,
            "needs": 310,
            "asked_from": now - timedelta(days=90),
            "asked_until": now - timedelta(days=2),
            "compared_with": matcher().version,
            "comparison": asdict(a_comparison()),
            "made_at": now - timedelta(days=1),
            "serves": True,
        }
        | values
    )
    session.add(version)
    await session.flush()
    return version
