"""Whether one person is insured: the days, the risks and whom it covers."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from linli.insurance.rules import (
    Belonging,
    Cover,
    Gap,
    Insured,
    gap_in,
    refuse_term,
    risks_running_out,
    uninsured_risks,
)

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


def following(
    starts_on: date, *risks: str, covers: Cover = Cover.everybody, ends_on: date = date(2027, 11, 30)
) -> Insured:
    return Insured(starts_on, ends_on, covers, frozenset(risks))


@pytest.mark.parametrize(
    ("others", "today", "missing"),
    [
        ([], DAY, {"water", "heights"}),
        ([POLICY], DAY, {"water", "heights"}),
        ([], date(2026, 10, 30), set()),
        ([], date(2026, 10, 31), {"water", "heights"}),
        ([], date(2026, 12, 30), {"water", "heights"}),
        ([], date(2026, 12, 31), set()),
        ([following(date(2026, 12, 1), "water", "heights")], DAY, set()),
        ([following(date(2026, 12, 1), "water")], DAY, {"heights"}),
        ([following(date(2026, 12, 1), "water"), following(DAY, "heights")], DAY, set()),
        ([following(date(2026, 12, 2), "water", "heights")], DAY, {"water", "heights"}),
        ([following(DAY, "water", "heights", covers=Cover.own_people)], DAY, {"water", "heights"}),
        ([following(DAY, "water", "heights", ends_on=POLICY.ends_on)], DAY, {"water", "heights"}),
    ],
)
def test_a_risk_runs_out_where_no_other_insurance_follows_in_time(
    others: list[Insured], today: date, missing: set[str]
) -> None:
    assert risks_running_out(POLICY, others, today=today) == missing


@pytest.mark.parametrize(("named", "missing"), [({ONE, OTHER}, set()), ({OTHER}, {"water", "heights"})])
def test_an_insurance_of_teams_follows_where_it_names_them_all(named: set[UUID], missing: set[str]) -> None:
    next_year = following(date(2026, 12, 1), "water", "heights", covers=Cover.named_teams)
    others = [replace(next_year, teams=frozenset(named))]
    assert risks_running_out(TEAMS, others, today=DAY) == missing


def test_an_insurance_for_everybody_follows_one_for_ones_own_people() -> None:
    everybody = following(date(2027, 1, 1), "machines", ends_on=date(2027, 12, 31))
    assert risks_running_out(OWN, [everybody], today=date(2026, 12, 20)) == set()


@pytest.mark.parametrize(
    ("risks", "insurances", "days", "gap"),
    [
        ([], [], [(DAY, DAY)], None),
        (["water"], [], [], None),
        (["water"], [POLICY], [(DAY, DAY)], None),
        (["heights", "water"], [], [(DAY, DAY)], Gap(("heights", "water"), False, False)),
        (["water"], [POLICY], [(DAY, DAY), NIGHT_SHIFT], Gap(("water",), False, False)),
        (["machines"], [OWN], [(DAY, DAY), NIGHT_SHIFT], Gap(("machines",), True, False)),
        (["machines", "water"], [OWN], [(DAY, DAY)], Gap(("machines", "water"), False, False)),
        (["water"], [TEAMS], [(DAY, DAY)], Gap(("water",), False, True)),
        (["water"], [TEAMS], [(DAY, DAY), NIGHT_SHIFT], Gap(("water",), False, False)),
        (["machines", "water"], [POLICY, OWN], [(DAY, DAY)], Gap(("machines",), True, False)),
    ],
)
def test_the_gap_is_what_a_stranger_is_not_insured_for_and_says_who_is(
    risks: list[str], insurances: list[Insured], days: list[tuple[date, date]], gap: Gap | None
) -> None:
    assert gap_in(risks, insurances, days=days) == gap


def test_two_half_insured_teams_are_no_insured_team() -> None:
    water = replace(TEAMS, risk_kinds=frozenset({"water"}))
    heights = replace(TEAMS, risk_kinds=frozenset({"heights"}), teams=frozenset({OTHER}))
    gap = gap_in(["water", "heights"], [water, heights], days=[(DAY, DAY)])
    assert gap is not None
    assert gap.nobody_is_insured
