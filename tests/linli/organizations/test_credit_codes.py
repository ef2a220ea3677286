"""Codes of real organizations are public facts: printed on their certificates and looked up by anyone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.organizations.credit_codes import (
    ALPHABET,
    WRONG_CHECK,
    WRONG_SHAPE,
    check_character,
    complete_credit_code,
    organization_check_character,
    read_credit_code,
    refuse_credit_code,
)

departments = st.text(ALPHABET, min_size=2, max_size=2)
division_digits = st.text("0123456789", min_size=6, max_size=6)
organizations = st.text(ALPHABET, min_size=8, max_size=8)
codes = st.builds(
    lambda department, digits, organization: complete_credit_code(department + digits, organization),
    departments,
    division_digits,
    organizations,
)


@pytest.mark.parametrize(
    ("code", "whose"),
    [
        ("53100000500019795A", "中国社会福利基金会, a foundation; as on its certificate"),
        ("53100000MJ0065049E", "三峡集团公益基金会, a foundation; as on its certificate"),
        ("5144030050267905XD", "深圳市审计学会, an association; X as a check character inside"),
        ("12100000400009127B", "北京理工大学, a public institution"),
        ("12110108MB012357XN", "a community health centre in Haidian, a public institution"),
        ("91340600MA2PBM9HXD", "an enterprise, from the tests of python-stdnum"),
    ],
)
def test_codes_of_real_organizations_are_right(code: str, whose: str) -> None:
    assert refuse_credit_code(code) is None, whose


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("53100000500019795B", WRONG_CHECK),  # the last character
        ("53100000500019705A", WRONG_CHECK),  # a digit of the organization code
        (
            "53100000500020462H",
            WRONG_CHECK,
        ),  # found in a seed script under a famous name: only the outer check fails
        ("531000005000197959", WRONG_CHECK),
        ("5310000050001979A", WRONG_SHAPE),  # too short
        ("53100000500019795AA", WRONG_SHAPE),  # too long
        ("53310000MJ1FOUND01", WRONG_SHAPE),  # the letter O is not used
        ("53A00000500019795A", WRONG_SHAPE),  # a letter among the digits of the division
        ("", WRONG_SHAPE),
        ("５３１", WRONG_SHAPE),
        ("社会信用代码社会信用代码社会信用代码", WRONG_SHAPE),
    ],
)
def test_a_wrong_code_is_refused_with_what_is_wrong(code: str, sentence: object) -> None:
    assert refuse_credit_code(code) is sentence


def test_the_inner_check_counts_even_where_the_outer_one_fits() -> None:
    inside_wrong = "53100000" + "50001979" + "6"
    code = inside_wrong + check_character(inside_wrong)
    assert organization_check_character("50001979") == "5"
    assert refuse_credit_code(code) is WRONG_CHECK


def test_a_code_is_read_as_people_type_it() -> None:
    assert read_credit_code(" 53100000-5000 19795a\n") == "53100000500019795A"
    assert read_credit_code("５３１０００００５０００１９７９５Ａ") == "53100000500019795A"


@given(codes)
def test_every_completed_code_is_right(code: str) -> None:
    assert refuse_credit_code(code) is None


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code: str, at: int, other: str) -> None:
    mistyped = code[:at] + other + code[at + 1 :]
    assert (refuse_credit_code(mistyped) is None) == (mistyped == code)


@given(codes, st.integers(0, 16))
def test_two_swapped_neighbours_are_always_noticed(code: str, at: int) -> None:
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (refuse_credit_code(swapped) is None) == (swapped == code)


@given(st.text(max_size=40))
def test_no_text_is_too_strange_to_be_refused(typed: str) -> None:
    refusal = refuse_credit_code(read_credit_code(typed))
    assert refusal in (None, WRONG_SHAPE, WRONG_CHECK)
