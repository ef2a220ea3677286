"""The volunteer number: "V", the county's six digits, the year, six drawn digits and a check digit.

It is no ID number and holds nothing of one; the letter keeps it from being taken for the old ID numbers,
which had fifteen digits. Drawn rather than counted, so that a number tells nothing about how many there are
and nobody waits for the next one.
"""

import re
from typing import Final

DRAWN: Final = 1_000_000
NO_COUNTY: Final = "000000"
_SHAPE: Final = re.compile("V[0-9]{15}")


def volunteer_number(*, county: str, year: int, drawn: int) -> str:
    """
    Parameters
    ----------
    county : str
        An unpadded division code, of which the county counts; "000000" where it ends above the county.
    year : int
    drawn : int
        From 0 to 999,999.

    Examples
    --------
    >>> volunteer_number(county="522725100001", year=2026, drawn=4711)
    'V522725260047111'
    """
    digits = f"{county[:6] if len(county) >= 6 else NO_COUNTY}{year % 100:02d}{drawn:06d}"
    return f"V{digits}{check_digit(digits)}"


def is_volunteer_number(text: str) -> bool:
    """Whether a typed number can be one: its shape and its check digit.

    Examples
    --------
    >>> is_volunteer_number("V522725260047111"), is_volunteer_number("V522725260047113")
    (True, False)
    """
    return _SHAPE.fullmatch(text) is not None and check_digit(text[1:-1]) == text[-1]


def check_digit(digits: str) -> str:
    """The check digit of the hybrid system MOD 11,10, which notices every single wrong digit.

    References
    ----------
    ISO/IEC 7064:2003, 9; GB/T 17710-2008, 数据处理 校验码系统.

    Examples
    --------
    >>> check_digit("0794")
    '5'
    """
    rest = 10
    for digit in digits:
        total = (rest + int(digit)) % 10 or 10
        rest = total * 2 % 11
    return str((11 - rest) % 10)
