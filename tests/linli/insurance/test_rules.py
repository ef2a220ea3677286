"""Whether one person is insured: the days, the risks and whom it covers."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from linli.insurance.rules import Belonging, Cover, Insured, refuse_term, uninsured_risks

DAY = date(2026, 11, 28)
NIGHT_SHIFT = (date(2026, 11, 30), date(2026, 12, 1))
POLICY = Insured(date(2026, 11, 1), date(2026, 11, 30), Cover.everybody, frozenset({"water", "heights"}))
OWN = Insured(date(2026, 1, 1), date(2026, 12, 31), Cover.own_people, frozenset({"machines"}))
ONE, OTHER = UUID(int=1), UUID(int=2)
TEAMS = replace(POLICY, covers=Cover.named_teams, teams=frozenset({ONE}))
STRANGER, MEMBER = Belonging(), Belonging(is_own=True)


@pytest.mark.parametrize(
    ("risks", "insurances", "days", "who", "missing"),
    [
        ([], [], (DAY, DAY), STRANGER, []),
        (["water"], [], (DAY, DAY), STRANGER, ["water"]),
        (["water"], [POLICY], (DAY, DAY), STRANGER, []),
        (["water", "driving"], [POLICY], (DAY, DAY), STRANGER, ["driving"]),
        (["water"], [POLICY], (date(2026, 11, 1), date(2026, 11, 1)), STRANGER, []),
        (["water"], [POLICY], (date(2026, 10, 31), date(2026, 10, 31)), STRANGER, ["water"]),
        (["water"], [POLICY], NIGHT_SHIFT, STRANGER, ["water"]),
        (["machines"], [OWN], (DAY, DAY), STRANGER, ["machines"]),
        (["machines"], [OWN], (DAY, DAY), MEMBER, []),
        (["water", "machines"], [POLICY, OWN], (DAY, DAY), MEMBER, []),
        (["water"], [TEAMS], (DAY, DAY), STRANGER, ["water"]),
        (["water"], [TEAMS], (DAY, DAY), MEMBER, ["water"]),
        (["water"], [TEAMS], (DAY, DAY), Belonging(teams=frozenset({ONE})), []),
        (["water"], [TEAMS], (DAY, DAY), Belonging(teams=frozenset({OTHER})), ["water"]),
    ],
)
def test_a_person_is_insured_for_what_the_policies_cover_on_all_days(
    risks: list[str],
    insurances: list[Insured],
    days: tuple[date, date],
    who: Belonging,
    missing: list[str],
) -> None:
    first_on, last_on = days
    assert uninsured_risks(risks, insurances, first_on=first_on, last_on=last_on, who=who) == missing


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_taken"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), True),
        (DAY, DAY, True),
        (date(2026, 1, 1), date(2026, 11, 27), False),
        (date(2027, 1, 1), date(2026, 12, 31), False),
        (date(2026, 1, 1), date(2036, 12, 31), False),
    ],
)
def test_days_must_make_sense(starts_on: date, ends_on: date, is_taken: bool) -> None:
    assert (refuse_term(starts_on, ends_on, DAY) is None) is is_taken
