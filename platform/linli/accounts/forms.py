"""Reads what people type when they sign up, sign in or change their account."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from linli.accounts.rules import (
    KEY_DAYS,
    LONGEST_KEY_NAME,
    LONGEST_NAME,
    MOST_KEY_DAYS,
    PRIVACY_VERSION,
    Address,
    AddressKind,
    Scope,
    is_too_young,
    read_address,
    refuse_birth_date,
    refuse_password,
)
from linli.core.forms import Form, clean
from linli.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, Message
from linli.divisions.names import label, path
from linli.divisions.queries import with_code
from linli.divisions.rules import Division, Level
from linli.divisions.search import search

LONGEST_PLACE = 200  # a path in English is long
MOST_PLACES = 12
FEWEST_LETTERS = 3  # one or two letters of pinyin fit half the country
SEVERAL_PLACES = Message("There are several places with this name. Please choose yours.")
UNKNOWN_PLACE = Message(
    "We do not know this place. Please type the name of your community, township or county."
)
NO_TEXT_MESSAGES = Message(
    "No text messages are sent from here at present, so a code cannot reach a mobile number. "
    "Please give an e-mail address."
)
NEAR_ENOUGH = frozenset({Level.COUNTY, Level.TOWNSHIP, Level.COMMUNITY})


@dataclass(frozen=True)
class SignUp:
    """Who wants to sign up; kept only beside the code that confirms the address."""

    birth_on: date
    privacy_version: str
    name: str
    address: Address
    division: str
    language: str


@dataclass(frozen=True)
class SettingsDraft:
    name: str
    language: str
    large_text: bool
    personalised: bool
    division: str
    version: int


@dataclass(frozen=True)
class AccessKeyDraft:
    """An access key for a program, for so many days."""

    name: str
    scopes: tuple[Scope, ...]
    days: int


def is_from_a_child(form: Form, *, today: date) -> bool:
    birth_on = Form({"birth_on": form.typed_many("birth_on")}).day("birth_on")
    return birth_on is not None and is_too_young(birth_on, today)


def read_sign_up(form: Form, *, today: date, language: str, can_text: bool = True) -> SignUp:
    """Birth date and consent first: nothing else is looked at before both are valid."""
    birth_on = form.day("birth_on", required=True)
    if birth_on is not None and (refusal := refuse_birth_date(birth_on, today)):
        form.refuse("birth_on", refusal)
    if not form.flag("consent"):
        form.refuse("consent", Message("Please read how your data is used, and tick the box if you agree."))
    form.check()
    name = form.text("name", longest=LONGEST_NAME, required=True)
    address = _address(form, can_text=can_text)
    division = read_place(form)
    form.check()
    # check() has raised where one of them is missing.
    assert birth_on is not None
    assert address is not None
    assert division is not None
    return SignUp(birth_on, PRIVACY_VERSION, name, address, division, language)


def read_address_field(form: Form, *, can_text: bool = True) -> Address:
    """`can_text` is False where a code is to be sent and no text message reaches anybody."""
    address = _address(form, can_text=can_text)
    form.check()
    assert address is not None
    return address


def read_new_password(form: Form, *, about: Sequence[str] = ()) -> str:
    password = form.secret("new_password")
    if refusal := refuse_password(password, about=about):
        form.refuse("new_password", refusal)
    form.check()
    return password


def read_settings(form: Form) -> SettingsDraft:
    name = form.text("name", longest=LONGEST_NAME, required=True)
    chosen = form.one_of("language", LANGUAGES, required=True)
    division = read_place(form)
    version = form.whole("version", least=1, most=2**31 - 1, required=True)
    form.check()
    return SettingsDraft(
        name=name,
        language=chosen or DEFAULT_LANGUAGE,
        large_text=form.flag("large_text"),
        personalised=form.flag("personalised"),
        division=division or "",
        version=version or 0,
    )


def read_access_key(form: Form) -> AccessKeyDraft:
    name = form.text("name", longest=LONGEST_KEY_NAME, required=True)
    scopes = form.some_of("scopes", [scope.value for scope in Scope])
    days = form.whole("days", least=1, most=MOST_KEY_DAYS, required=True)
    if not scopes:
        form.refuse("scopes", Message("Please choose at least one."))
    form.check()
    return AccessKeyDraft(name, tuple(Scope(scope) for scope in scopes), days or KEY_DAYS)


def read_place(form: Form, levels: Collection[Level] = NEAR_ENOUGH) -> str | None:
    """The code of a place that was typed, prefilled or chosen among several; of a home, a county at most."""
    typed = form.text("community", longest=LONGEST_PLACE, required=True)
    if not typed:
        return None
    chosen = place_with_code(form.typed.get("division"), levels)
    # A code belongs to the words it was offered for; when these were changed since, they count.
    if chosen and clean(form.typed.get("division_of", "")) == typed:
        return chosen.code
    found = places_called(typed, levels)
    same = [place for place in found if typed in (place.name, label(place), *_paths(place))]
    certain = same or found
    if len(certain) == 1:
        return certain[0].code
    form.refuse("community", SEVERAL_PLACES if found else UNKNOWN_PLACE)
    return None


def places_called(typed: str, levels: Collection[Level] = NEAR_ENOUGH) -> list[Division]:
    """Places of these levels to choose from, however the words of an address are ordered."""
    if typed.isascii() and len(typed) < FEWEST_LETTERS:
        return []
    return _called(typed, levels) or _called(" ".join(reversed(typed.split())), levels)


def _called(typed: str, levels: Collection[Level]) -> list[Division]:
    near = (place for place in search(typed, limit=3 * MOST_PLACES) if place.level in levels)
    return list(islice(near, MOST_PLACES))


def places_to_choose(form: Form, levels: Collection[Level] = NEAR_ENOUGH) -> list[Division]:
    """The places to choose from, when it was not clear which was meant."""
    if "community" not in form.errors:
        return []
    return places_called(clean(form.typed.get("community", "")), levels)


def place_with_code(code: str | None, levels: Collection[Level] = NEAR_ENOUGH) -> Division | None:
    place = with_code(code) if code else None
    return place if place and place.level in levels else None


def _paths(place: Division) -> tuple[str, ...]:
    return tuple(path(place, language) for language in LANGUAGES)


def _address(form: Form, *, can_text: bool) -> Address | None:
    typed = form.text("address", longest=300, required=True)
    address = read_address(typed)
    if address is not None and address.kind is AddressKind.mobile and not can_text:
        form.refuse("address", NO_TEXT_MESSAGES)
        return None
    if address is None and typed:
        form.refuse("address", Message("Please give a mobile number with 11 digits, or an e-mail address."))
    return address
