"""Who may have an account, what an address and a password are, and how long proofs live."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from linli.core.i18n import Message


class CodePurpose(StrEnum):
    sign_up = "sign_up"
    sign_in = "sign_in"
    reset_password = "reset_password"  # noqa: S105 - a purpose
    change_address = "change_address"


class ConsentPurpose(StrEnum):
    privacy = "privacy"
    guardian = "guardian"
    location = "location"


class AddressKind(StrEnum):
    mobile = "mobile"
    email = "email"


class Scope(StrEnum):
    """What a program may do in somebody's name; their rights still bound it."""

    needs_read = "needs:read"
    needs_post = "needs:post"
    organizations_read = "organizations:read"
    teams_read = "teams:read"
    suggestions_read = "suggestions:read"


SCOPE_NAMES: Final[Mapping[Scope, Message]] = {
    Scope.needs_read: Message("Read needs"),
    Scope.needs_post: Message("Post needs for your organizations"),
    Scope.organizations_read: Message("Read organizations"),
    Scope.teams_read: Message("Read teams"),
    Scope.suggestions_read: Message("Read suggestions: who would fit a need of your organizations"),
}
PRIVACY_VERSION: Final = "2026-11"
# PIPL art. 28 and 31: data of children under 14 is sensitive and needs a guardian's separate consent.
LEAST_AGE_YEARS: Final = 14
ADULT_AGE_YEARS: Final = 18
OLDEST_AGE_YEARS: Final = 120
CODE_LIFE: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
SESSION_LIFE: Final = timedelta(hours=12)
STAFF_IDLE: Final = timedelta(hours=2)
TRUST_LIFE: Final = timedelta(days=30)
# Between the password and the second factor, and between the picture to scan and its first code.
FACTOR_PATIENCE: Final = timedelta(minutes=15)
SEEN_EVERY: Final = timedelta(minutes=5)
WRONG_TRIES: Final = 20
WRONG_TRIES_WINDOW: Final = timedelta(minutes=15)
# Codes cost money and wake people up, so one address gets only a few.
CODES_PER_ADDRESS: Final = ((5, timedelta(minutes=15)), (15, timedelta(days=1)))
CODES_WINDOW: Final = timedelta(minutes=15)
KEYS_KEPT: Final = timedelta(hours=48)
# Access keys of programs.
KEY_DAYS: Final = 90
MOST_KEY_DAYS: Final = 365
MOST_KEYS: Final = 20
LONGEST_KEY_NAME: Final = 60
ENDED_KEYS_KEPT: Final = timedelta(days=90)
# How long a browser may stay at a provider, and how long a new identity waits to be connected.
VISIT_LIFE: Final = timedelta(minutes=10)
CONNECTING_LIFE: Final = timedelta(minutes=30)
# Longer than any token we accept lives, leeway included: what was used once is refused until then.
VISIT_KEPT: Final = timedelta(days=1)
LONGEST_NAME: Final = 60
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256
# What the lists and patterns of common passwords reach stays far below this.
FEWEST_GUESSES: Final = 10**8
GUESSED_CHARACTERS: Final = 64  # the estimate of a longer text would take too long, and is high enough
LONGEST_EMAIL: Final = 254  # RFC 5321
LONGEST_LOCAL_PART: Final = 64
# Words that people who sign up here think of first, besides those of the common lists.
WORDS_NEARBY: Final = (
    "linli", "邻里", "zhiyuan", "zhiyuanzhe", "志愿者", "volunteer", "shequ", "woaini", "我爱你", "aini",
    "zhongguo", "mima", "密码", "5201314", "1314520", "5211314", "7758521",
)  # fmt: skip

_MOBILE = re.compile("1[3-9][0-9]{9}")
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Address:
    """A mobile number of mainland China (11 digits) or an e-mail address (lower case)."""

    kind: AddressKind
    value: str

    @property
    def masked(self) -> str:
        """Enough to recognise one's own address by.

        Examples
        --------
        >>> Address(AddressKind.mobile, "13912345678").masked
        '139****5678'
        >>> Address(AddressKind.email, "wang@example.org").masked
        'w***@example.org'
        """
        if self.kind is AddressKind.mobile:
            return f"{self.value[:3]}****{self.value[-4:]}"
        local, _, domain = self.value.partition("@")
        return f"{local[:1]}***@{domain}"


def read_address(typed: str) -> Address | None:
    """Read a mobile number or an e-mail address as people type them.

    Parameters
    ----------
    typed : str
        Spaces, hyphens, full-width characters and the country code 86 are tolerated.

    Returns
    -------
    Address or None
        None where it is neither.

    Examples
    --------
    >>> read_address("+86 139-1234 5678").value
    '13912345678'
    >>> read_address("Wang@Example.org").value
    'wang@example.org'
    >>> read_address("12345678901") is None
    True
    """
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    if "@" in text:
        local, _, domain = text.rpartition("@")
        fits = len(text) <= LONGEST_EMAIL and len(local) <= LONGEST_LOCAL_PART
        is_email = fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
        return Address(AddressKind.email, text) if is_email else None
    digits = re.sub(r"[\s().-]", "", text)
    number = re.sub(r"^(\+|00)?86(?=1)", "", digits) if len(digits) > 11 else digits
    return Address(AddressKind.mobile, number) if _MOBILE.fullmatch(number) else None


def age_on(birth_on: date, day: date) -> int:
    """Completed years of life.

    Parameters
    ----------
    birth_on, day : date
        `day` is not before `birth_on`.

    Returns
    -------
    int
        Years, 0 or more. Born on 29 February, one comes of age on 1 March.

    Examples
    --------
    >>> age_on(date(2008, 2, 29), date(2026, 2, 28)), age_on(date(2008, 2, 29), date(2026, 3, 1))
    (17, 18)
    """
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def is_too_young(birth_on: date, today: date) -> bool:
    """Whether a person born on this day needs a guardian's consent before anything is stored.

    Examples
    --------
    >>> today = date(2026, 11, 23)
    >>> is_too_young(date(2012, 11, 24), today), is_too_young(date(2012, 11, 23), today)
    (True, False)
    """
    return birth_on <= today and age_on(birth_on, today) < LEAST_AGE_YEARS


def refuse_birth_date(birth_on: date, today: date) -> Message | None:
    """Whether a person born on this day may have an account yet.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> refuse_birth_date(date(1990, 1, 1), date(2026, 11, 23)) is None
    True
    >>> refuse_birth_date(date(2015, 1, 1), date(2026, 11, 23)).text[:12]
    'Thank you fo'
    """
    if birth_on > today or age_on(birth_on, today) > OLDEST_AGE_YEARS:
        return Message("Please check the birth date.")
    if is_too_young(birth_on, today):
        return Message(
            "Thank you for wanting to help. Under 14 you cannot sign up yet: "
            "come with your parents, or ask your teacher about activities for the whole class."
        )
    return None


def refuse_password(password: str, *, about: Iterable[str] = ()) -> Message | None:
    """Whether a password is too short, too long, or among those that are guessed first.

    Parameters
    ----------
    password : str
        Any characters, exactly as typed.
    about : iterable of str
        What others know about the person, such as the name; a password made of it is guessed quickly.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Notes
    -----
    The number of guesses is estimated by zxcvbn (Wheeler, USENIX Security 2016), whose lists hold the 30,000
    most common passwords, names, words, dates, repetitions and keyboard rows.

    Examples
    --------
    >>> refuse_password("correct horse battery") is None
    True
    >>> refuse_password("password1234").text[:24]
    'This password is guessed'
    """
    if len(password) < SHORTEST_PASSWORD:
        return Message(
            "Please use at least {n} characters. A short sentence is easy to remember.", n=SHORTEST_PASSWORD
        )
    if len(password) > LONGEST_PASSWORD:
        return Message("Please use at most {n} characters.", n=LONGEST_PASSWORD)
    known = [*WORDS_NEARBY, *(word for word in about if word)]
    if zxcvbn(password[:GUESSED_CHARACTERS], user_inputs=known)["guesses"] < FEWEST_GUESSES:
        return Message(
            "This password is guessed quickly because many people use it or one like it. "
            "Please choose another, for example four words that have nothing to do with each other."
        )
    return None
