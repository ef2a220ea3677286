"""What is missing for one person to take a place in a shift: asked by the page, and again by the action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.accounts.queries import has_consent
from linli.accounts.rules import ADULT_AGE_YEARS, ConsentPurpose, age_on
from linli.conversations.blocks import blocked_by
from linli.conversations.rules import Side, refuse_writing
from linli.core import i18n, seed
from linli.core.i18n import Message
from linli.insurance.queries import belonging_of, insurances_for, missing_in, named_risks
from linli.insurance.rules import A_STRANGER, Belonging, Insured
from linli.needs.models import Need, Shift
from linli.participation import queries, rules
from linli.participation.queries import Promise
from linli.participation.rules import State

NOT_AT_PRESENT: Final = Message("Not to be asked at present.")
BLOCKED_BY_YOU: Final = Message("Your organization has blocked this person.")


@dataclass(frozen=True)
class Obstacle:
    """Why somebody cannot take a place, how to get what is missing, and what an officer may know of it."""

    sentence: Message
    told_to_officers: Message
    how: object | None = None
    # The organization can still mend it: who asks to come may wait for that.
    may_wait: bool = False


@dataclass(frozen=True)
class Standing:
    """What a person brings to the times of one need, read once for all of them."""

    account: Account
    credentials: Mapping[str, date | None]
    has_guardian_consent: bool
    promises: Sequence[Promise]
    blocked_by: Side | None
    insurances: Sequence[Insured] = ()
    belongs: Belonging = A_STRANGER


async def obstacles(
    session: AsyncSession, *, need: Need, shift: Shift, account: Account, now: datetime
) -> list[Obstacle]:
    """Everything in the way, in the order a person can do something about it; empty when they may come."""
    shifts = need.times_with(shift, now)
    standing = await standing_of(session, need=need, shifts=shifts, account=account)
    return obstacles_in_all(standing, need=need, shifts=shifts, now=now)


async def standing_of(
    session: AsyncSession, *, need: Need, shifts: Sequence[Shift], account: Account
) -> Standing:
    insurances = await insurances_for(session, need)
    is_minor = any(_age_in(shift, account) < ADULT_AGE_YEARS for shift in shifts)
    return Standing(
        account=account,
        credentials=await queries.checked_credentials(session, account.id) if need.credentials else {},
        has_guardian_consent=is_minor
        and await has_consent(session, account_id=account.id, purpose=ConsentPurpose.guardian),
        promises=await queries.promises_during(session, shifts=shifts, account_id=account.id),
        blocked_by=await blocked_by(session, organization_id=need.organization_id, account_id=account.id),
        insurances=insurances,
        belongs=await belonging_of(session, organization_id=need.organization_id, account_id=account.id)
        if insurances
        else A_STRANGER,
    )


def obstacles_in_all(
    standing: Standing, *, need: Need, shifts: Sequence[Shift], now: datetime
) -> list[Obstacle]:
    """What is in the way of coming to each of these times; the same thing once."""
    found: dict[Message, Obstacle] = {}
    for shift in shifts:
        for each in obstacles_in_shift(standing, need=need, shift=shift, now=now):
            found.setdefault(each.sentence, each)
    return list(found.values())


def obstacles_in_shift(standing: Standing, *, need: Need, shift: Shift, now: datetime) -> list[Obstacle]:
    if sentence := rules.refuse_time(shift.starts_at, now):
        return [Obstacle(sentence, sentence)]
    return [
        *_block(standing),
        *_consent(standing),
        *_age(standing, need, shift),
        *_papers(standing, need, shift),
        *_promise(standing, shift),
        *_insurance(standing, need, shift),
    ]


def _block(standing: Standing) -> list[Obstacle]:
    """Officers are not told that somebody has blocked them."""
    if standing.blocked_by is None:
        return []
    sentence = refuse_writing(Side.volunteer, blocked_by=standing.blocked_by, is_over=False)
    told = BLOCKED_BY_YOU if standing.blocked_by is Side.organization else NOT_AT_PRESENT
    assert sentence is not None
    return [Obstacle(sentence, told)]


def _consent(standing: Standing) -> list[Obstacle]:
    if standing.account.stopped_at is None:
        return []
    sentence = Message("You have withdrawn your consent. Give it again under “My account” first.")
    return [Obstacle(sentence, NOT_AT_PRESENT)]


def _age(standing: Standing, need: Need, shift: Shift) -> list[Obstacle]:
    sentence = rules.refuse_age(
        age_years=_age_in(shift, standing.account),
        minimum_age_years=need.minimum_age_years,
        has_guardian_consent=standing.has_guardian_consent,
    )
    return (
        [Obstacle(sentence, Message("Too young for this, or a guardian has yet to agree."))]
        if sentence
        else []
    )


def _age_in(shift: Shift, account: Account) -> int:
    return age_on(account.birth_on, i18n.local(shift.starts_at).date())


def _papers(standing: Standing, need: Need, shift: Shift) -> list[Obstacle]:
    required = [each.credential_id for each in need.credentials]
    on_day = i18n.local(shift.ends_at).date()
    known = seed.credentials()
    missing = [
        known[each] for each in rules.missing_credentials(required, standing.credentials, on_day=on_day)
    ]
    sentences = [(Message("This needs: {credential}.", credential=each), each.how) for each in missing]
    return [Obstacle(sentence, sentence, how) for sentence, how in sentences]


def _insurance(standing: Standing, need: Need, shift: Shift) -> list[Obstacle]:
    """Whoever asks for people insures them first."""
    missing = missing_in(need, shift, standing.insurances, standing.belongs)
    if not missing:
        return []
    risks = named_risks(missing)
    return [
        Obstacle(
            Message("You are not insured for this yet: {risks}.", risks=risks),
            Message("Nobody has checked an insurance that covers them on this day: {risks}.", risks=risks),
            Message(
                "The organization takes out an accident insurance and enters it here; it costs you nothing. "
                "Nobody is confirmed before."
            ),
            may_wait=True,
        )
    ]


def _promise(standing: Standing, shift: Shift) -> list[Obstacle]:
    """One is enough; whom else they promised something is nobody's business."""
    other = next((each for each in standing.promises if each.overlaps(shift)), None)
    if other is None:
        return []
    if other.state is State.offered:
        sentence = Message(
            "At this time a place is kept for you in “{title}” ({start}). Please answer that first.",
            title=other.title,
            start=other.starts_at,
        )
    else:
        sentence = Message(
            "At this time you have already promised “{title}” ({start}).",
            title=other.title,
            start=other.starts_at,
        )
    return [Obstacle(sentence, Message("Busy at this time."))]
