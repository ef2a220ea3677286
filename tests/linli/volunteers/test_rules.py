from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import seed
from linli.volunteers.rules import (
    LEVEL_NAMES,
    MEANS_NAMES,
    SLOT_NAMES,
    UNKNOWN,
    USUAL_REACH_KM,
    CredentialState,
    Means,
    SkillLevel,
    availability_of,
    checkable,
    checking_circle,
    credential_counts,
    credential_state,
    free_slots,
    latest_valid_day,
    reach_km,
    refuse_valid_until,
)

TODAY = date(2026, 11, 23)
YESTERDAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 24)


@given(st.sets(st.sampled_from(SLOT_NAMES), min_size=1))
def test_a_week_reads_back_as_it_was_ticked(ticked: set[str]) -> None:
    assert set(free_slots(availability_of(ticked))) == ticked


def test_a_week_without_a_tick_is_unknown_and_not_busy() -> None:
    assert availability_of([]) == UNKNOWN * 21
    assert free_slots(UNKNOWN * 21) == ()


@pytest.mark.parametrize(
    ("is_checked", "expires_on", "on_day", "counts"),
    [
        (True, None, TODAY, True),
        (True, TODAY, TODAY, True),  # the last valid day still counts
        (True, TODAY, TOMORROW, False),
        (True, YESTERDAY, TODAY, False),
        (False, None, TODAY, False),  # what is only stated never counts
        (False, TOMORROW, TODAY, False),
    ],
)
def test_a_paper_counts_only_checked_and_unexpired(
    is_checked: bool, expires_on: date | None, on_day: date, counts: bool
) -> None:
    assert credential_counts(is_checked=is_checked, expires_on=expires_on, on_day=on_day) is counts


@pytest.mark.parametrize(
    ("is_checked", "expires_on", "stated_expires_on", "state"),
    [
        (False, None, None, CredentialState.stated),
        (False, None, TOMORROW, CredentialState.stated),
        (False, None, YESTERDAY, CredentialState.expired),
        (True, None, YESTERDAY, CredentialState.counts),  # what was seen outweighs what was said
        (True, TODAY, None, CredentialState.counts),
        (True, YESTERDAY, TOMORROW, CredentialState.expired),
    ],
)
def test_the_holder_sees_how_a_paper_stands(
    is_checked: bool, expires_on: date | None, stated_expires_on: date | None, state: CredentialState
) -> None:
    assert state is credential_state(
        is_checked=is_checked, expires_on=expires_on, stated_expires_on=stated_expires_on, today=TODAY
    )


@pytest.mark.parametrize(
    ("until", "valid_months", "sentence"),
    [
        (TODAY, 12, None),
        (date(2027, 11, 23), 12, None),
        (date(2027, 11, 24), 12, "This paper counts until"),
        (YESTERDAY, 12, "This paper has expired"),
        (None, 12, "Please give the last day"),
        (None, None, None),  # where the paper does not expire
        (date(2036, 11, 23), None, None),
        (date(2099, 1, 1), None, "This paper counts until"),
    ],
)
def test_whoever_checks_enters_a_day_that_can_be(
    until: date | None, valid_months: int | None, sentence: str | None
) -> None:
    refusal = refuse_valid_until(until, today=TODAY, valid_months=valid_months)
    assert (
        (refusal is None) if sentence is None else (refusal is not None and refusal.text.startswith(sentence))
    )


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 120))
def test_the_latest_valid_day_exists_and_lies_so_many_months_ahead(today: date, months: int) -> None:
    latest = latest_valid_day(today, months)
    ahead = (latest.year - today.year) * 12 + latest.month - today.month
    assert ahead == months or (ahead == months + 1 and latest.day == 1)


def test_officers_see_papers_of_their_township_and_a_bureau_of_its_division() -> None:
    assert checking_circle(division="522725100001", is_bureau=False) == "522725100"
    assert checking_circle(division="522725100", is_bureau=False) == "522725100"
    assert checking_circle(division="522725", is_bureau=True) == "522725"


def test_an_officer_does_not_check_what_only_social_workers_can_judge() -> None:
    checkers = {id: each.checked_by for id, each in seed.credentials().items()}
    assert "background_check" in checkable("officer", checkers)
    assert "child_safeguarding" not in checkable("officer", checkers)
    assert "child_safeguarding" in checkable("social_worker", checkers)
    assert checkable("auditor", checkers) == checkable("coordinator", checkers) == []


def test_a_stated_distance_counts_more_than_the_means() -> None:
    assert reach_km(1.5, Means.car) == 1.5
    assert reach_km(None, Means.car) == USUAL_REACH_KM[Means.car]
    assert reach_km(None, None) is None


def test_levels_and_means_have_names_in_both_languages() -> None:
    assert set(LEVEL_NAMES) == set(SkillLevel)
    assert set(MEANS_NAMES) == set(Means)
    for name in (*LEVEL_NAMES.values(), *MEANS_NAMES.values()):
        assert name.in_language("zh") != name.in_language("en")
