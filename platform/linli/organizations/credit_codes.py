"""The unified social credit code (统一社会信用代码) and the organization code inside it, both checked.

Eighteen characters: who registered it and as what (1-2), the division at that time (3-8, possibly
historical, so it is not compared with today's), the organization code with its own check character (9-17),
and the check character of the whole (18).
"""

import re
import unicodedata
from typing import Final

from linli.core.i18n import Message

# GB 32100-2015, table 2: digits and letters without I, O, S, V, Z; the position is the value.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))
# GB 11714-1997, 4.2: there A is 10, B is 11 and so on up to Z, which is 35.
ORGANIZATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANIZATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE: Final = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{8}}[0-9X][{ALPHABET}]")

WRONG_SHAPE: Final = Message(
    "A social credit code has 18 characters: digits and capital letters, never I, O, S, V or Z."
)
WRONG_CHECK: Final = Message(
    "There is a slip in this code: its check characters do not fit. Please compare it with the certificate."
)


def read_credit_code(typed: str) -> str:
    """The code as the register writes it: capitals, without spaces, hyphens and wide characters.

    Examples
    --------
    >>> read_credit_code(" 91340600ma2pbm9hxd ")
    '91340600MA2PBM9HXD'
    """
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()


def refuse_credit_code(code: str) -> Message | None:
    """Whether a code can be right: its shape and both check characters.

    Parameters
    ----------
    code : str
        As `read_credit_code` returns it.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> refuse_credit_code("91340600MA2PBM9HXD") is None
    True
    >>> refuse_credit_code("91340600MA2PBM9HX0") is WRONG_CHECK
    True
    """
    if not _SHAPE.fullmatch(code):
        return WRONG_SHAPE
    if code[16] != organization_check_character(code[8:16]) or code[17] != check_character(code[:17]):
        return WRONG_CHECK
    return None


def check_character(first_17: str) -> str:
    """The eighteenth character.

    Parameters
    ----------
    first_17 : str
        17 characters of `ALPHABET`.

    Returns
    -------
    str
        (31 - sum mod 31) mod 31 as a character, where the sum is of value times 3^(i-1) mod 31.

    References
    ----------
    GB 32100-2015, 法人和其他组织统一社会信用代码编码规则, appendix B.

    Examples
    --------
    >>> check_character("91340600MA2PBM9HX")
    'D'
    """
    total = sum(ALPHABET.index(each) * weight for each, weight in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organization_check_character(first_8: str) -> str:
    """The ninth character of an organization code.

    Parameters
    ----------
    first_8 : str
        8 digits or capital letters.

    Returns
    -------
    str
        11 - sum mod 11, where 10 is written X and 11 is written 0.

    References
    ----------
    GB 11714-1997, 全国组织机构代码编制规则, 4.3.

    Examples
    --------
    >>> organization_check_character("MA2PBM9H")
    'X'
    """
    total = sum(
        ORGANIZATION_ALPHABET.index(each) * weight
        for each, weight in zip(first_8, ORGANIZATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def complete_credit_code(first_8: str, organization: str) -> str:
    """A whole code from its parts, for samples.

    Parameters
    ----------
    first_8 : str
        Registering department, kind and the six digits of the division.
    organization : str
        The first eight characters of the organization code.

    Examples
    --------
    >>> complete_credit_code("91340600", "MA2PBM9H")
    '91340600MA2PBM9HXD'
    """
    first_17 = first_8 + organization + organization_check_character(organization)
    return first_17 + check_character(first_17)
