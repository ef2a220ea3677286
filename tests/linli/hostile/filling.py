"""Fills a form as somebody would who means it: what stands there, and a good word where nothing does."""

from collections.abc import Mapping
from typing import Final

from linli.accounts import factor
from linli.core import clock
from tests.factories import FACTOR_SECRET
from tests.linli.hostile.finding import Found
from tests.linli.hostile.reading import TYPED, Field
from tests.linli.hostile.scenes import PASSWORD
from tests.linli.hostile.sending import Sent
from tests.linli.organizations.registering import CODE, photo

# By the name of the field.
GOOD: Final[Mapping[str, str]] = {
    "address": "13977778888",
    "mobile": "13977779999",
    "birth_on": "1988-08-08",
    "community": "红花岗区",
    "credit_code": CODE,
    "days": "30",
    "day": "2026-12-01",
    "day-0": "2026-12-01",
    "from-0": "09:00",
    "to-0": "11:00",
    "password": PASSWORD,
    "new_password": "another four quiet words",
    "starts_on": "2026-11-01",
    "minimum_age_years": "18",
    "longitude": "106.9",
    "latitude": "27.7",
}
BY_KIND: Final[Mapping[str, str]] = {
    "date": "2027-06-01",
    "time": "09:00",
    "number": "2",
    "email": "a@example.org",
}
# What has to be ticked; everything else may stay as it is.
TICKED: Final = {"consent", "agree", "sure", "seen", "scopes", "person", "risk_kinds"}
ROSTER: Final = "id,name,birth_on\n,石阿公,1948-01-02\n".encode()


def filled(found: Found) -> Sent:
    """What is sent when this form is filled properly and its first button pressed."""
    fields = found.form.fields
    sent = {name: tuple(_values_of(found, name, field)) for name, field in fields.items()}
    if found.form.has_plain_button:
        return {name: values for name, values in sent.items() if fields[name].kind != "button"}
    return sent


def _values_of(found: Found, name: str, field: Field) -> list[bytes]:
    if field.kind == "file":
        return [ROSTER if found.route.endswith("/roster/imports") else photo()]
    return [value.encode() for value in _texts_of(found, name, field)]


def _texts_of(found: Found, name: str, field: Field) -> list[str]:
    stands = [value for value in field.values if value]
    offered = [value for value in field.options if value]
    match field.kind:
        case "hidden":
            return field.values
        case "button":
            return offered[:1]
        case "radio" | "select":
            return stands[:1] or offered[:1]
        case "checkbox":
            return stands or (offered[:1] if name in TICKED else [])
        case kind if kind in TYPED:
            return stands or [_known(found, name) or GOOD.get(name) or BY_KIND.get(kind, "好的")]
    return [GOOD[name]]


def _known(found: Found, name: str) -> str | None:
    """The code that was sent to somebody, else what their app shows at this moment."""
    if name == "code":
        return found.who.code or factor.next_code(FACTOR_SECRET, None, clock.now())
    return None
