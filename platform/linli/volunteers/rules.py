"""What a profile may say, when a paper counts, and who may look at it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message


class SkillLevel(StrEnum):
    some = "some"
    good = "good"
    professional = "professional"


class Means(StrEnum):
    """How a volunteer gets around."""

    on_foot = "on_foot"
    bicycle = "bicycle"
    transit = "transit"
    car = "car"


class CredentialState(StrEnum):
    stated = "stated"
    counts = "counts"
    expired = "expired"


LEVEL_NAMES: Final = {
    SkillLevel.some: Message("I have tried it"),
    SkillLevel.good: Message("I am good at it"),
    SkillLevel.professional: Message("It is my profession"),
}
MEANS_NAMES: Final = {
    Means.on_foot: Message("On foot"),
    Means.bicycle: Message("By bicycle or e-bike"),
    Means.transit: Message("By bus or train"),
    Means.car: Message("By car"),
}
# How far each takes a person in about half an hour, where they did not say themselves.
USUAL_REACH_KM: Final = {Means.on_foot: 2.0, Means.bicycle: 6.0, Means.transit: 10.0, Means.car: 20.0}
# Where they said nothing at all about getting around.
DEFAULT_REACH_KM: Final = 10.0
DAYPARTS: Final = ("morning", "afternoon", "evening")
# Availability is one character per weekday and daypart, Monday morning first.
SLOTS: Final = 21
FREE, BUSY, UNKNOWN = "1", "0", "?"
SLOT_NAMES: Final = tuple(f"{day}-{part}" for day in range(1, 8) for part in DAYPARTS)
MOST_PER_WEEK: Final = SLOTS
MOST_SKILLS: Final = 60
FARTHEST_KM: Final = 500
LONGEST_ABOUT: Final = 1000
# A thousandth of a degree is about 100 metres: enough for a distance, too little to find a door.
POINT_DECIMALS: Final = 3
TOWNSHIP_DIGITS: Final = 9
LOCATION_TEXT_VERSION: Final = "2026-11"
# A paper without a printed end is looked at again after so many months at the latest.
LONGEST_CHECK_MONTHS: Final = 120


def availability_of(free: Iterable[str]) -> str:
    """The stored form of the free slots; none at all means that nobody knows yet.

    Parameters
    ----------
    free : iterable of str
        Names of `SLOT_NAMES`, such as "1-morning" for Monday morning.

    Returns
    -------
    str
        21 characters, Monday morning first: "1" free, "0" busy; all "?" when nothing was chosen.

    Examples
    --------
    >>> availability_of(["1-morning", "7-evening"])
    '100000000000000000001'
    >>> availability_of([])
    '?????????????????????'
    """
    chosen = set(free)
    if not chosen:
        return UNKNOWN * SLOTS
    return "".join(FREE if name in chosen else BUSY for name in SLOT_NAMES)


def free_slots(availability: str) -> tuple[str, ...]:
    """The names of the free slots, in the order of the week.

    Examples
    --------
    >>> free_slots("100000000000000000001")
    ('1-morning', '7-evening')
    """
    return tuple(name for name, each in zip(SLOT_NAMES, availability, strict=True) if each == FREE)


def reach_km(stated_km: float | None, means: Means | None) -> float | None:
    """How far somebody comes, in kilometres; None where they said nothing about it.

    Examples
    --------
    >>> reach_km(4.0, Means.car), reach_km(None, Means.bicycle), reach_km(None, None)
    (4.0, 6.0, None)
    """
    if stated_km is not None:
        return stated_km
    return USUAL_REACH_KM[means] if means else None


def credential_counts(*, is_checked: bool, expires_on: date | None, on_day: date) -> bool:
    """Whether a paper opens a need on a day: seen by somebody who may check it, and still valid then.

    Parameters
    ----------
    is_checked : bool
    expires_on : date or None
        The last day it is valid, as seen on the paper; None where it does not expire.
    on_day : date
        The day of the service.

    Examples
    --------
    >>> until = date(2026, 11, 24)
    >>> credential_counts(is_checked=True, expires_on=until, on_day=date(2026, 11, 24))
    True
    >>> credential_counts(is_checked=True, expires_on=until, on_day=date(2026, 11, 25))
    False
    >>> credential_counts(is_checked=False, expires_on=None, on_day=until)
    False
    """
    return is_checked and (expires_on is None or on_day <= expires_on)


def credential_state(
    *, is_checked: bool, expires_on: date | None, stated_expires_on: date | None, today: date
) -> CredentialState:
    """How a stated paper stands today, for its holder.

    Examples
    --------
    >>> yesterday, today = date(2026, 11, 22), date(2026, 11, 23)
    >>> about = {"expires_on": None, "stated_expires_on": None, "today": today}
    >>> credential_state(is_checked=False, **about).value, credential_state(is_checked=True, **about).value
    ('stated', 'counts')
    >>> credential_state(is_checked=True, **about | {"expires_on": yesterday}).value
    'expired'
    """
    if credential_counts(is_checked=is_checked, expires_on=expires_on, on_day=today):
        return CredentialState.counts
    ends_on = expires_on if is_checked else stated_expires_on
    return CredentialState.expired if ends_on is not None and ends_on < today else CredentialState.stated


def latest_valid_day(today: date, valid_months: int | None) -> date:
    """Until when a paper seen today can count at most; then it is looked at again.

    Parameters
    ----------
    today : date
    valid_months : int or None
        How long the paper is valid from its issue (seed/credentials.toml); None where it does not expire.

    Examples
    --------
    >>> latest_valid_day(date(2026, 1, 31), 1), latest_valid_day(date(2024, 2, 29), 12)
    (datetime.date(2026, 3, 1), datetime.date(2025, 3, 1))
    """
    months = today.month - 1 + (valid_months or LONGEST_CHECK_MONTHS)
    year, month = today.year + months // 12, months % 12 + 1
    try:
        return today.replace(year=year, month=month)
    except ValueError:  # the month is shorter: the first day of the next
        return date(year, month + 1, 1)


def refuse_valid_until(until: date | None, *, today: date, valid_months: int | None) -> Message | None:
    """Whether a paper seen today can be valid until that day.

    Parameters
    ----------
    until : date or None
        The last valid day on the paper; None where none is printed.
    today : date
    valid_months : int or None
        As in `latest_valid_day`.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> today = date(2026, 11, 23)
    >>> refuse_valid_until(date(2027, 5, 1), today=today, valid_months=12) is None
    True
    >>> refuse_valid_until(date(2026, 11, 22), today=today, valid_months=12).text
    'This paper has expired. It can be checked again once it is renewed.'
    """
    if until is None:
        return Message("Please give the last day on which the paper is valid.") if valid_months else None
    if until < today:
        return Message("This paper has expired. It can be checked again once it is renewed.")
    latest = latest_valid_day(today, valid_months)
    if until > latest:
        return Message("This paper counts until {day} at most; then please look at it again.", day=latest)
    return None


def checking_circle(*, division: str, is_bureau: bool) -> str:
    """Whose papers an organization may look at: people of its township; a bureau's, of its whole division.

    Papers are shown in person, so that somebody near enough to be visited sees them; a wider circle
    would show more people's names than anybody can check.

    Parameters
    ----------
    division : str
        The organization's unpadded code.
    is_bureau : bool

    Returns
    -------
    str
        The beginning of the codes of the communities inside the circle.

    Examples
    --------
    >>> checking_circle(division="522725100001", is_bureau=False)
    '522725100'
    >>> checking_circle(division="522725", is_bureau=True)
    '522725'
    """
    return division if is_bureau else division[:TOWNSHIP_DIGITS]


def can_be_found(division: str | None) -> bool:
    """Whether a committee can find somebody's papers: only with a community or township.

    Examples
    --------
    >>> can_be_found("522725100001"), can_be_found("522725"), can_be_found(None)
    (True, False, False)
    """
    return division is not None and len(division) >= TOWNSHIP_DIGITS


def checkable(role: str, checkers: Mapping[str, Collection[str]]) -> list[str]:
    """The credentials that somebody in this role may check.

    Parameters
    ----------
    role : str
    checkers : mapping of str to collection of str
        For each credential the roles that may check it (seed/credentials.toml).

    Examples
    --------
    >>> checkable("officer", {"first_aid": ("officer",), "sign_language": ("bureau_staff",)})
    ['first_aid']
    """
    return [credential for credential, roles in checkers.items() if role in roles]
