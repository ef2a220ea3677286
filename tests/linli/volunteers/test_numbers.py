from hypothesis import given
from hypothesis import strategies as st

from linli.volunteers.numbers import check_digit, is_volunteer_number, volunteer_number

numbers = st.builds(
    volunteer_number,
    county=st.from_regex("[1-9][0-9]{5}([0-9]{6})?", fullmatch=True),
    year=st.integers(2020, 2120),
    drawn=st.integers(0, 999_999),
)


def test_the_check_digit_is_that_of_the_standard() -> None:
    assert check_digit("0794") == "5"  # the example of ISO/IEC 7064, 9.2


def test_a_number_tells_the_county_and_the_year_and_nothing_of_the_person() -> None:
    assert volunteer_number(county="522725100001", year=2026, drawn=7) == "V52272526000007" + check_digit(
        "52272526000007"
    )
    assert volunteer_number(county="52", year=2026, drawn=0).startswith("V00000026")


@given(numbers)
def test_every_number_made_is_one(number: str) -> None:
    assert is_volunteer_number(number)
    assert len(number) == 16


@given(numbers, st.integers(1, 15), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(number: str, at: int, digit: str) -> None:
    mistyped = number[:at] + digit + number[at + 1 :]
    assert is_volunteer_number(mistyped) == (mistyped == number)


@given(st.text(max_size=30))
def test_no_text_is_too_strange(text: str) -> None:
    assert is_volunteer_number(text) in (True, False)
