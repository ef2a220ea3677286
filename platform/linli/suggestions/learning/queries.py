"""Versions of the matcher as staff see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.participation.models import Participation
from linli.suggestions.learning.figures import (
    ComparisonFigures,
    Example,
    Verdict,
    examples_of,
    figures_of,
)
from linli.suggestions.learning.versions import MOST_VERSIONS, comparison_of
from linli.suggestions.matcher import matcher
from linli.suggestions.models import MatcherVersion, ShownList
from linli.suggestions.serving import serving
from linli.suggestions.shown import KEPT_UNUSED, came_of_list_for_person, came_of_list_for_shift
from matching import Recalibration

STAGES: Final[Mapping[str, Message]] = {
    "logistic": Message("Each thing counts along a straight line (fewer than 200 answers)"),
    "boosting": Message("Each thing counts along a curve (200 answers or more)"),
    "calibrated": Message("Along curves, set right by the latest answers (1,000 or more)"),
}
VERDICTS: Final[Mapping[Verdict, Message]] = {
    Verdict.better: Message("Better than the version before it"),
    Verdict.no_worse: Message("No difference beyond noise"),
    Verdict.worse: Message("Worse than the version before it"),
}


@dataclass(frozen=True)
class Version:
    """One version; of the packaged matcher, which has learnt from nobody, there are no figures."""

    id: UUID | None
    name: str
    serves: bool
    made_at: datetime | None = None
    made_by_id: UUID | None = None
    stage: Message | None = None
    answers: int = 0
    yes: int = 0
    needs: int = 0
    asked_from: datetime | None = None
    asked_until: datetime | None = None
    compared_with: str = ""
    figures: ComparisonFigures | None = None
    verdict: Message | None = None
    # How its chances are put right now: None until a day of answers has changed anything.
    correction: "Corrected | None" = None


@dataclass(frozen=True)
class Corrected:
    """By so many answers to questions that were asked after the version was made."""

    answers: int
    at: datetime
    examples: Sequence[Example]


@dataclass(frozen=True)
class Versions:
    """All that are kept, the newest first, the packaged one last; `serves` as stored suggestions name it."""

    rows: Sequence[Version]
    serves: str

    @property
    def serving(self) -> Version:
        return next(each for each in self.rows if each.serves)

    def chosen(self, key: str) -> Version:
        """The one with this id; the one that serves where there is none."""
        return next((each for each in self.rows if str(each.id or "packaged") == key), self.serving)


@dataclass(frozen=True)
class Use:
    """Lists that a version gave lately, and the questions and offers that came of them."""

    lists: int
    came: int


async def versions(session: AsyncSession) -> Versions:
    query = select(MatcherVersion).order_by(MatcherVersion.made_at.desc(), MatcherVersion.id.desc())
    serves = await serving(session)
    found = [_version(each, serves.id) for each in await session.scalars(query.limit(MOST_VERSIONS + 1))]
    packaged = Version(None, matcher().version, serves=serves.id is None)
    return Versions([*found, packaged], serves.name)


async def use_of(session: AsyncSession, version: Version, *, now: datetime) -> Use:
    """As long as all of its lists are kept; three queries."""
    name = f"{matcher().version}+{version.name}" if version.id else version.name
    is_its = or_(ShownList.matcher == name, ShownList.matcher.startswith(f"{name}.", autoescape=True))
    given = is_its & (ShownList.made_at > now - KEPT_UNUSED)
    counts = select(func.count()).select_from(ShownList).where(given)
    lists = await session.scalar(counts) or 0
    came = [
        await session.scalar(counts.join(Participation, of_list)) or 0
        for of_list in (came_of_list_for_shift(), came_of_list_for_person())
    ]
    return Use(lists, sum(came))


def _version(row: MatcherVersion, serves_id: UUID | None) -> Version:
    figures = figures_of(comparison_of(row))
    return Version(
        id=row.id,
        name=row.name,
        serves=row.id == serves_id,
        made_at=row.made_at,
        made_by_id=row.made_by_id,
        stage=STAGES.get(row.stage),
        answers=row.answers,
        yes=row.yes,
        needs=row.needs,
        asked_from=row.asked_from,
        asked_until=row.asked_until,
        compared_with=row.compared_with,
        figures=figures,
        verdict=VERDICTS[figures.verdict],
        correction=_correction(row),
    )


def _correction(row: MatcherVersion) -> Corrected | None:
    if not row.corrections or row.corrected_at is None:
        return None
    line = Recalibration(row.shift, row.stretch)
    return Corrected(row.corrected_by, row.corrected_at, examples_of(line))
