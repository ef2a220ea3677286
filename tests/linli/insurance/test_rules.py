"""Whether one person is insured: the days, the risks and whom it covers."""

from datetime import date

import pytest

from linli.insurance.rules import Cover, Insured, refuse_term, uninsured_risks

DAY = date(2026, 11, 28)
NIGHT_SHIFT = (date(2026, 11, 30), date(2026, 12, 1))
POLICY = Insured(date(2026, 11, 1), date(2026, 11, 30), Cover.everybody, frozenset({"water", "heights"}))
OWN = Insured(date(2026, 1, 1), date(2026, 12, 31), Cover.own_people, frozenset({"machines"}))


@pytest.mark.parametrize(
    ("risks", "insurances", "days", "is_own", "missing"),
    [
        ([], [], (DAY, DAY), False, []),
        (["water"], [], (DAY, DAY), False, ["water"]),
        (["water"], [POLICY], (DAY, DAY), False, []),
        (["water", "driving"], [POLICY], (DAY, DAY), False, ["driving"]),
        (["water"], [POLICY], (date(2026, 11, 1), date(2026, 11, 1)), False, []),
        (["water"], [POLICY], (date(2026, 10, 31), date(2026, 10, 31)), False, ["water"]),
        (["water"], [POLICY], NIGHT_SHIFT, False, ["water"]),
        (["machines"], [OWN], (DAY, DAY), False, ["machines"]),
        (["machines"], [OWN], (DAY, DAY), True, []),
        (["water", "machines"], [POLICY, OWN], (DAY, DAY), True, []),
    ],
)
def test_a_person_is_insured_for_what_the_policies_cover_on_all_days(
    risks: list[str],
    insurances: list[Insured],
    days: tuple[date, date],
    is_own: bool,
    missing: list[str],
) -> None:
    first_on, last_on = days
    assert uninsured_risks(risks, insurances, first_on=first_on, last_on=last_on, is_own=is_own) == missing


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
