"""The people of a stored answer as an officer may see them, with what has happened since it was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.blocks import stands_between
from linli.core.i18n import Message, Named
from linli.divisions.shown import named
from linli.needs.models import Need, Shift
from linli.participation.models import Participation
from linli.participation.rules import OPEN, SAID_NO, TAKES_A_PLACE, State
from linli.suggestions import wording
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.suggestions.reads import TURNED_DOWN
from linli.volunteers.models import VolunteerProfile
from linli.volunteers.names import shown_name

TOWNSHIP_DIGITS: Final = 9
SHOWN: Final = 50
A_DAY, A_WEEK, A_MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
# People who are asked too often go silent, then leave: they are listed, but not proposed.
MOST_ASKED_A_DAY: Final = 1
MOST_ASKED_A_WEEK: Final = 3


@dataclass(frozen=True, kw_only=True)
class SuggestedPerson:
    """`state` is how they stand to this shift, None where nothing has been asked yet."""

    account_id: UUID
    name: Message
    township: Named | None
    nearness: Message | None
    score: float
    likely: float
    # The matcher's code beside each sentence.
    coded_reasons: tuple[tuple[str, Message], ...]
    contributions: tuple[tuple[Message, float], ...]
    ask_when: Message | None
    load: Message
    state: str | None
    may_be_proposed: bool

    @property
    def reasons(self) -> tuple[Message, ...]:
        return tuple(sentence for _, sentence in self.coded_reasons)


@dataclass(frozen=True)
class _Load:
    today: int = 0
    this_week: int = 0
    this_month: int = 0

    @property
    def is_enough(self) -> bool:
        return self.today >= MOST_ASKED_A_DAY or self.this_week >= MOST_ASKED_A_WEEK


async def suggested_people(
    session: AsyncSession,
    *,
    run: SuggestionRun,
    shift: Shift,
    now: datetime,
    limit: int = SHOWN,
    after_rank: int = 0,
) -> list[SuggestedPerson]:
    """Best first. Who has opted out, said no or promised something else since is not among them."""
    rows = await session.execute(
        select(Suggestion, Account.name, VolunteerProfile.division)
        .join(Account, Account.id == Suggestion.account_id)
        .join(VolunteerProfile, VolunteerProfile.account_id == Suggestion.account_id)
        .where(Suggestion.run_id == run.id, Suggestion.rank > after_rank, *_may_still_be_shown(run, shift))
        .order_by(Suggestion.rank)
        .limit(limit)
    )
    found = [(row[0], row[1], row[2]) for row in rows]
    ids = [suggestion.account_id for suggestion, _, _ in found]
    states = await _states(session, shift_id=shift.id, account_ids=ids)
    loads = await _loads(session, account_ids=ids, now=now)
    return [
        _person(suggestion, name, division, states.get(suggestion.account_id), loads)
        for suggestion, name, division in found
    ]


def _may_still_be_shown(run: SuggestionRun, shift: Shift) -> tuple[ColumnElement[bool], ...]:
    """What changed since the run was made, asked anew."""
    person = Suggestion.account_id
    said_no = select(Participation.id).where(
        Participation.account_id == person,
        Participation.need_id == run.need_id,
        Participation.state.in_(SAID_NO),
    )
    turned_down = select(Participation.id).where(
        Participation.account_id == person,
        Participation.shift_id == run.shift_id,
        Participation.state.in_(TURNED_DOWN),
    )
    promised = (
        select(Participation.id)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(
            Participation.account_id == person,
            Participation.state.in_(TAKES_A_PLACE),
            Shift.id != shift.id,
            Shift.starts_at < shift.ends_at,
            Shift.ends_at > shift.starts_at,
        )
    )
    is_blocked = select(Need.id).where(
        Need.id == run.need_id, stands_between(Need.organization_id, Suggestion.account_id)
    )
    return (
        VolunteerProfile.opted_in.is_(True),
        Account.stopped_at.is_(None),
        ~said_no.exists(),
        ~turned_down.exists(),
        ~promised.exists(),
        ~is_blocked.exists(),
    )


async def _states(
    session: AsyncSession, *, shift_id: UUID, account_ids: Sequence[UUID]
) -> Mapping[UUID, State]:
    rows = await session.execute(
        select(Participation.account_id, Participation.state).where(
            Participation.shift_id == shift_id,
            Participation.account_id.in_(account_ids),
            Participation.state.in_(OPEN),
        )
    )
    return {account_id: state for account_id, state in rows}


async def _loads(
    session: AsyncSession, *, account_ids: Sequence[UUID], now: datetime
) -> Mapping[UUID, _Load]:
    asked_at = Participation.asked_at

    def since(span: timedelta) -> ColumnElement[int]:
        return func.sum(case((asked_at > now - span, 1), else_=0))

    rows = await session.execute(
        select(Participation.account_id, since(A_DAY), since(A_WEEK), func.count())
        .where(Participation.account_id.in_(account_ids), asked_at > now - A_MONTH)
        .group_by(Participation.account_id)
    )
    return {account_id: _Load(*counts) for account_id, *counts in rows}


def _person(
    suggestion: Suggestion,
    name: str,
    division: str | None,
    state: State | None,
    loads: Mapping[UUID, _Load],
) -> SuggestedPerson:
    load = loads.get(suggestion.account_id, _Load())
    return SuggestedPerson(
        account_id=suggestion.account_id,
        name=shown_name(name),
        township=named(division[:TOWNSHIP_DIGITS]) if division else None,
        nearness=wording.nearness(suggestion.nearness),
        score=suggestion.score,
        likely=suggestion.likely,
        coded_reasons=wording.coded_reasons(suggestion.reasons),
        contributions=tuple(
            (sentence, suggestion.contributions.get(feature, 0.0))
            for feature, sentence in wording.FEATURE_NAMES.items()
        ),
        ask_when=wording.please_ask(suggestion.unknown),
        load=wording.load(load.today, load.this_week, load.this_month),
        state=state.value if state else None,
        may_be_proposed=state is None and not load.is_enough,
    )
