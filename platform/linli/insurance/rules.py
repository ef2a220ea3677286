"""Whether people are insured on a day for work in which they may be hurt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from linli.core.i18n import Message
from linli.organizations.registration import RENEW_WITHIN


class Cover(StrEnum):
    """Whom an insurance covers."""

    everybody = "everybody"
    own_people = "own_people"
    named_teams = "named_teams"


COVER_NAMES: Final = {
    Cover.everybody: Message("Everybody who takes part"),
    Cover.own_people: Message("Only our own members and teams"),
    Cover.named_teams: Message("Only the members of certain teams"),
}
LONGEST_TERM: Final = timedelta(days=3 * 366)
MOST_TEAMS_NAMED: Final = 50


@dataclass(frozen=True)
class Belonging:
    """What a person is to the organization that asks; `teams` are all the agreed ones they belong to."""

    is_own: bool = False
    teams: frozenset[UUID] = frozenset()


A_STRANGER: Final = Belonging()


@dataclass(frozen=True)
class Insured:
    """A checked insurance as far as rules care about it; both days are insured."""

    starts_on: date
    ends_on: date
    covers: Cover
    risk_kinds: frozenset[str]
    teams: frozenset[UUID] = frozenset()

    def covers_all_of(self, other: "Insured") -> bool:
        """Whether everybody whom the other covers is among those whom it covers."""
        is_same = self.covers is other.covers and self.teams >= other.teams
        return self.covers is Cover.everybody or is_same

    def covers_person(self, who: Belonging) -> bool:
        """Whether somebody is among those whom it covers."""
        match self.covers:
            case Cover.everybody:
                return True
            case Cover.own_people:
                return who.is_own
            case Cover.named_teams:
                return not self.teams.isdisjoint(who.teams)


def uninsured_risks(
    risk_kinds: Iterable[str],
    insurances: Sequence[Insured],
    *,
    first_on: date,
    last_on: date,
    who: Belonging = A_STRANGER,
) -> list[str]:
    """The risks of a piece of work for which one person is not insured.

    Accident insurance comes before possibly dangerous service (志愿服务条例, art. 17).
    Several insurances may cover the risks together, but each must cover all of its days.

    Parameters
    ----------
    risk_kinds : iterable of str
        Ids of what may hurt somebody in this work.
    insurances : sequence of Insured
        Checked ones of the organization that asks, none of them taken back.
    first_on, last_on : date
        The first and the last day of the work, in the place's own time.
    who : Belonging
        Whether the person belongs to the organization or to one of its teams, and to which teams at all.

    Returns
    -------
    list of str
        In the order of `risk_kinds`; empty when the person is insured.

    Examples
    --------
    >>> policy = Insured(date(2026, 11, 1), date(2026, 11, 30), Cover.everybody, frozenset({"water"}))
    >>> day = date(2026, 11, 30)
    >>> uninsured_risks(["water", "heights"], [policy], first_on=day, last_on=day)
    ['heights']
    >>> uninsured_risks(["water"], [policy], first_on=day, last_on=date(2026, 12, 1))
    ['water']
    """
    counting = [
        each
        for each in insurances
        if each.starts_on <= first_on and last_on <= each.ends_on and each.covers_person(who)
    ]
    covered = frozenset[str]().union(*(each.risk_kinds for each in counting))
    return [each for each in risk_kinds if each not in covered]


@dataclass(frozen=True)
class Gap:
    """The risks of coming work for which not everybody is insured, and who is insured for all of them."""

    risks: tuple[str, ...]
    own_people_are_insured: bool
    some_teams_are_insured: bool

    @property
    def nobody_is_insured(self) -> bool:
        """Not even the organization's own people."""
        return not (self.own_people_are_insured or self.some_teams_are_insured)


def gap_in(
    risk_kinds: Sequence[str], insurances: Sequence[Insured], *, days: Sequence[tuple[date, date]]
) -> Gap | None:
    """What an organization has to insure before just anybody can be confirmed for its coming work.

    Parameters
    ----------
    risk_kinds : sequence of str
        Ids of what may hurt somebody in this work.
    insurances : sequence of Insured
        As for `uninsured_risks`.
    days : sequence of pairs of date
        The first and the last day of each coming time.

    Returns
    -------
    Gap or None
        Its risks in the order of `risk_kinds`; None where everybody is insured at all times.

    Examples
    --------
    >>> own = Insured(date(2026, 11, 1), date(2026, 11, 30), Cover.own_people, frozenset({"water"}))
    >>> gap_in(["water"], [own], days=[(date(2026, 11, 30), date(2026, 11, 30))])
    Gap(risks=('water',), own_people_are_insured=True, some_teams_are_insured=False)
    >>> gap_in(["water"], [own], days=[(date(2026, 11, 30), date(2026, 12, 1))]).nobody_is_insured
    True
    >>> gap_in(["water"], [own], days=[]) is None
    True
    """

    def missing_for(who: Belonging) -> set[str]:
        return {
            risk
            for first_on, last_on in days
            for risk in uninsured_risks(risk_kinds, insurances, first_on=first_on, last_on=last_on, who=who)
        }

    missing = missing_for(A_STRANGER)
    if not missing:
        return None
    named = {team for each in insurances for team in each.teams}
    return Gap(
        tuple(risk for risk in risk_kinds if risk in missing),
        not missing_for(Belonging(is_own=True)),
        any(not missing_for(Belonging(teams=frozenset([team]))) for team in named),
    )


def refuse_term(starts_on: date, ends_on: date, today: date) -> Message | None:
    """Whether an insurance can be entered with these days.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> refuse_term(date(2026, 1, 1), date(2025, 12, 31), date(2026, 1, 1)).text
    'The last day must not be before the first.'
    >>> refuse_term(date(2026, 1, 1), date(2026, 12, 31), date(2026, 11, 24)) is None
    True
    """
    if ends_on < starts_on:
        return Message("The last day must not be before the first.")
    if ends_on < today:
        return Message("This insurance has already run out. Please enter the present one.")
    if ends_on - starts_on > LONGEST_TERM:
        return Message("An insurance runs for three years at most. Please look at the days again.")
    return None


def risks_running_out(insurance: Insured, others: Sequence[Insured], *, today: date) -> frozenset[str]:
    """The risks for which nobody takes over when an insurance ends soon, or has just ended.

    Soon is as with the papers of an organization; what ended longer ago is no longer a matter of days.

    Parameters
    ----------
    insurance : Insured
    others : sequence of Insured
        What else the same organization has, checked and not taken back; `insurance` may be among them.
    today : date
        In the place's own time.

    Returns
    -------
    frozenset of str
        Ids of risks; empty while there is time, or where another insurance follows without a gap.

    Examples
    --------
    >>> this_year = Insured(date(2026, 1, 1), date(2026, 12, 20), Cover.everybody, frozenset({"water"}))
    >>> next_year = Insured(date(2026, 12, 21), date(2027, 12, 20), Cover.everybody, frozenset({"water"}))
    >>> sorted(risks_running_out(this_year, [], today=date(2026, 11, 28)))
    ['water']
    >>> sorted(risks_running_out(this_year, [next_year], today=date(2026, 11, 28)))
    []
    >>> sorted(risks_running_out(this_year, [], today=date(2026, 10, 1)))
    []
    """
    if not today - RENEW_WITHIN <= insurance.ends_on <= today + RENEW_WITHIN:
        return frozenset()
    following = (
        each.risk_kinds
        for each in others
        if each.ends_on > insurance.ends_on
        and each.starts_on <= insurance.ends_on + timedelta(days=1)
        and each.covers_all_of(insurance)
    )
    return insurance.risk_kinds.difference(*following)
