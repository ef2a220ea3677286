from datetime import date

import pytest

from linli.accounts.rules import (
    Address,
    AddressKind,
    is_too_young,
    read_address,
    refuse_birth_date,
    refuse_password,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13912345678", "13912345678"),
        (" 139 1234 5678 ", "13912345678"),
        ("+86 13912345678", "13912345678"),
        ("0086-139-1234-5678", "13912345678"),
        ("8613912345678", "13912345678"),
        ("１３９１２３４５６７８", "13912345678"),
        ("19912345678", "19912345678"),
    ],
)
def test_a_mobile_number_is_read_as_people_type_it(typed: str, number: str) -> None:
    assert read_address(typed) == Address(AddressKind.mobile, number)


@pytest.mark.parametrize(
    "typed",
    [
        "12345678901",
        "1391234567",
        "139123456789",
        "+1 13912345678",
        "١٣٩١٢٣٤٥٦٧٨",
        "phone",
        "",
        "8513912345678",
    ],
)
def test_what_is_no_mainland_mobile_number_is_refused(typed: str) -> None:
    assert read_address(typed) is None


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        ("Wang@Example.ORG", "wang@example.org"),
        ("a.b+c@mail.example.co", "a.b+c@mail.example.co"),
        ("wang＠example.org", "wang@example.org"),
    ],
)
def test_an_email_address_is_kept_in_lower_case(typed: str, email: str) -> None:
    assert read_address(typed) == Address(AddressKind.email, email)


@pytest.mark.parametrize(
    "typed",
    [
        "wang@",
        "@example.org",
        "wang@example",
        "wang@@example.org",
        ".wang@example.org",
        "wa..ng@example.org",
        "wang@-example.org",
        "wang@example.org\nBcc: all@example.org",
        "wang li@example.org",
        "王@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 60}.org",
    ],
)
def test_what_is_no_email_address_is_refused(typed: str) -> None:
    assert read_address(typed) is None


def test_one_may_sign_up_on_the_fourteenth_birthday_and_not_the_day_before() -> None:
    assert refuse_birth_date(date(2012, 11, 23), TODAY) is None
    assert refuse_birth_date(date(2012, 11, 24), TODAY) is not None
    assert is_too_young(date(2012, 11, 24), TODAY)


@pytest.mark.parametrize("birth_on", [date(2026, 11, 24), date(1905, 1, 1)])
def test_a_birth_date_in_the_future_or_of_nobody_alive_is_a_mistake_and_no_child(birth_on: date) -> None:
    assert refuse_birth_date(birth_on, TODAY) is not None
    assert not is_too_young(birth_on, TODAY)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "x7#kq2!mfp0z",
        "春天的小河边有两只鸭子慢慢游",
        " spaces at both ends ",
        "a\x00" * 3 + "zt9?Lq",
    ],
)
def test_any_characters_make_a_password(password: str) -> None:
    assert refuse_password(password) is None


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password1234!",
        "123456789012",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaa",
        "a" * 256,
        "passwordpassword",
        "woaini1314520",
        "linlilinlilinli",
        "abcdefghijklm",
    ],
)
def test_a_common_password_is_refused(password: str) -> None:
    refusal = refuse_password(password)
    assert refusal is not None
    assert "guessed quickly" in refusal.text


def test_a_password_made_of_what_others_know_is_refused() -> None:
    assert refuse_password("zhangwenqing1987") is None
    assert refuse_password("zhangwenqing1987", about=["zhangwenqing", "19870612"]) is not None


@pytest.mark.parametrize(("length", "is_refused"), [(11, True), (12, False), (256, False), (257, True)])
def test_a_password_has_12_to_256_characters(length: int, is_refused: bool) -> None:
    varied = "".join(chr(0x4E00 + 37 * n % 20000) for n in range(length))
    assert (refuse_password(varied) is not None) is is_refused


def test_a_masked_address_shows_its_owner_enough() -> None:
    assert Address(AddressKind.mobile, "13912345678").masked == "139****5678"
    assert Address(AddressKind.email, "wang@example.org").masked == "w***@example.org"
