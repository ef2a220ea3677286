"""The chances of the version that serves are put right by what was answered since (docs/adr/0054).

Pure, and for a thread. Learning decides who stands before whom; this only says how high the chances are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from linli.suggestions.learning.material import Booleans, Floats, Questions, days
from matching import LearntRanker, Recalibration, put_right_day_by_day

# As much as about a hundred answers: those to one need are alike, and a week has few needs.
CAUTION: Final = 25.0
# What moves no chance by one in a hundred is no news: everything stored would be made anew for it.
LEAST_MOVE: Final = 0.01
LOOKED_AT: Final = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


@dataclass(frozen=True)
class Correction:
    """The line, and how many answers it was learnt from."""

    line: Recalibration
    answers: int

    def is_news(self, serves: Recalibration) -> bool:
        return self.line.moves(serves, LOOKED_AT) >= LEAST_MOVE


def correction_of(plain: LearntRanker, asked_until: datetime, questions: Questions) -> Correction:
    """Learnt from the settled questions that were asked after the version had learnt, and from no others."""
    since = questions.take(questions.outcomes.days > days(asked_until))
    since = since.take(np.argsort(since.settled, kind="stable"))
    said = plain.chance_of_yes(since.outcomes.features.T)
    return Correction(Recalibration.of(said, since.outcomes.yes, CAUTION), len(since))


def said_day_by_day(plain: LearntRanker, questions: Questions, since: Booleans) -> Floats:
    """Of every question the chance, shape (n,): those `since` put right as it was possible on their day."""
    chances = plain.chance_of_yes(questions.outcomes.features.T)
    chances[since] = put_right_day_by_day(
        chances[since],
        questions.outcomes.yes[since],
        asked=questions.outcomes.days[since],
        known=questions.settled[since],
        caution=CAUTION,
    )
    return chances
