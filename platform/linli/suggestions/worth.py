"""What a need counts for: how urgent it is, and how far its community and its field stand behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.needs.rules import Priority
from linli.suggestions.outcomes import Area, outcomes_in
from matching import Shortfall

LEARNT_FROM: Final = timedelta(weeks=12)
COMMUNITY_DIGITS: Final = 12
# How much more a need counts that cannot wait: judgement, as in `matching/serve/rules.py`.
URGENCY: Final[Mapping[Priority, float]] = {Priority.urgent: 1.7, Priority.soon: 1.15, Priority.normal: 1.0}


@dataclass(frozen=True)
class Standing:
    """How far the communities and fields of a county stand behind what is served there on the whole."""

    shortfall: Shortfall

    def value(self, *, community: str, field_id: str, priority: Priority) -> float:
        """1 for a need that can wait, of a community and a field that go short of nothing; else more."""
        return URGENCY[priority] * self.shortfall.lift(community, field_id)


async def standing_in(session: AsyncSession, county: str | None, now: datetime) -> Standing:
    """From the places that were due in the last twelve weeks; one query."""
    area, shortfall = Area(county or "", COMMUNITY_DIGITS), Shortfall()
    for outcome in await outcomes_in(session, area=area, begin=now - LEARNT_FROM, now=now):
        shortfall.note(outcome.unit, outcome.field_id, outcome.mean, outcome.needs)
    return Standing(shortfall)
