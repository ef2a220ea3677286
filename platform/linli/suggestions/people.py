"""The people of a stored answer as an officer may see them, with what has happened since it was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from linli.accounts.models import Account
from linli.conversations.blocks import stands_between
from linli.core import i18n
from linli.core.i18n import Message, Named
from linli.divisions.shown import named
from linli.needs.models import Need, Shift
from linli.notifications.rules import reaches_at
from linli.participation.asking.queries import loads_of
from linli.participation.asking.rules import is_too_late_to_ask
from linli.participation.models import Participation
from linli.participation.rules import OPEN, SAID_NO, TAKES_A_PLACE, State
from linli.suggestions import wording
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.suggestions.reads import TURNED_DOWN
from linli.volunteers.asking.rules import Load, has_budget
from linli.volunteers.models import VolunteerProfile
from linli.volunteers.names import shown_name

TOWNSHIP_DIGITS: Final = 9
SHOWN: Final = 50
# The shift that a list of suggestions is for, beside those that people have promised.
ITS_SHIFT: Final = aliased(Shift)


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
    # They add up to the score, or to its log-odds where the matcher has learnt.
    contributions: tuple[tuple[Message, float], ...]
    is_learnt: bool
    ask_when: Message | None
    load: Message
    was_asked_this_week: bool
    state: str | None
    may_be_proposed: bool
    # Now or, where only the question of the day has been put already, in a day.
    may_be_asked_soon: bool

    @property
    def together(self) -> float:
        return sum(value for _, value in self.contributions)

    @property
    def reasons(self) -> tuple[Message, ...]:
        return tuple(sentence for _, sentence in self.coded_reasons)


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
        still_suggested(now)
        .where(Suggestion.run_id == run.id, Suggestion.rank > after_rank)
        .order_by(Suggestion.rank)
        .limit(limit)
    )
    found = [(row[0], row[1], row[2]) for row in rows]
    ids = [suggestion.account_id for suggestion, _, _ in found]
    states = await _states(session, shift_id=shift.id, account_ids=ids)
    loads = await loads_of(session, accounts=[account for _, account, _ in found], now=now)
    return [
        _person(
            suggestion,
            account,
            profile,
            states.get(account.id),
            loads.get(account.id, Load()),
            is_reached=can_be_reached(account, shift.starts_at, now),
        )
        for suggestion, account, profile in found
    ]


def still_suggested(now: datetime) -> Select[tuple[Suggestion, Account, VolunteerProfile]]:
    """Suggestions with the people, but for those of whom something that changed since says otherwise."""
    return (
        select(Suggestion, Account, VolunteerProfile)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .join(ITS_SHIFT, ITS_SHIFT.id == SuggestionRun.shift_id)
        .join(Account, Account.id == Suggestion.account_id)
        .join(VolunteerProfile, VolunteerProfile.account_id == Suggestion.account_id)
        .where(*_may_still_be_shown(now))
    )


def is_left_alone(profile: VolunteerProfile, load: Load) -> bool:
    """Whether nobody is to be asked by itself just now who has this profile."""
    return profile.silent_since is not None or not has_budget(load, profile.questions_per_week)


def can_be_reached(account: Account, starts_at: datetime, now: datetime) -> bool:
    """Whether a question that is put now arrives early enough to be answered, quiet hours kept."""
    return not is_too_late_to_ask(reaches_at(now, account.quiet_hours, i18n.zone()), starts_at)


def _may_still_be_shown(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What changed since the run was made, asked anew."""
    person = Suggestion.account_id
    said_no = select(Participation.id).where(
        Participation.account_id == person,
        Participation.need_id == SuggestionRun.need_id,
        Participation.state.in_(SAID_NO),
    )
    turned_down = select(Participation.id).where(
        Participation.account_id == person,
        Participation.shift_id == SuggestionRun.shift_id,
        Participation.state.in_(TURNED_DOWN),
    )
    promised = (
        select(Participation.id)
        .join(Shift, Shift.id == Participation.shift_id)
        .where(
            Participation.account_id == person,
            Participation.state.in_(TAKES_A_PLACE),
            Shift.id != ITS_SHIFT.id,
            Shift.starts_at < ITS_SHIFT.ends_at,
            Shift.ends_at > ITS_SHIFT.starts_at,
        )
    )
    is_blocked = select(Need.id).where(
        Need.id == SuggestionRun.need_id, stands_between(Need.organization_id, person)
    )
    return (
        VolunteerProfile.may_be_asked_on(i18n.local(now).date()),
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


def _person(
    suggestion: Suggestion,
    account: Account,
    profile: VolunteerProfile,
    state: State | None,
    load: Load,
    *,
    is_reached: bool,
) -> SuggestedPerson:
    is_resting = is_left_alone(profile, load)
    return SuggestedPerson(
        account_id=account.id,
        name=shown_name(account.name),
        township=named(profile.division[:TOWNSHIP_DIGITS]) if profile.division else None,
        nearness=wording.nearness(suggestion.nearness),
        score=suggestion.score,
        likely=suggestion.likely,
        coded_reasons=wording.coded_reasons(suggestion.reasons),
        contributions=wording.contributions(suggestion.contributions),
        is_learnt=suggestion.is_learnt,
        ask_when=wording.please_ask(suggestion.unknown),
        load=wording.load(load, is_left_alone=is_resting),
        was_asked_this_week=load.this_week > 0,
        state=state.value if state else None,
        may_be_proposed=state is None and not is_resting and is_reached,
        may_be_asked_soon=state is None
        and profile.silent_since is None
        and has_budget(replace(load, today=0), profile.questions_per_week),
    )
