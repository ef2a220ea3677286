"""Reads the one form in which an organization says what it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from linli.accounts.forms import places_called, read_place
from linli.accounts.rules import AddressKind, read_address
from linli.core import seed
from linli.core.errors import Invalid
from linli.core.forms import REQUIRED, Form, clean
from linli.core.i18n import Message, counted
from linli.divisions.queries import with_code
from linli.divisions.rules import Division, Level
from linli.organizations.credit_codes import read_credit_code, refuse_credit_code
from linli.organizations.rules import (
    KIND_NAMES,
    KINDS_WITH_CREDIT_CODE,
    NAME_LENGTH,
    REGISTRABLE,
    SUB_KINDS,
    OrganizationKind,
    SubKind,
    refuse_division,
)

LONGEST_ABOUT: Final = 2000
LONGEST_READINESS: Final = 500
MOST_AREAS: Final = 30
MOST_SKILLS: Final = 50
MOST_CONTACTS: Final = 5
# A foundation may belong to a province, and a charity may serve one.
ANYWHERE: Final = frozenset(Level)
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/,;转-]{4,38}")
# What the form lets one choose: a kind, with its sub-kind where there are some.
NATURES: Final[Mapping[str, tuple[OrganizationKind, SubKind | None]]] = {
    f"{kind}.{sub}" if sub else str(kind): (kind, sub)
    for kind in REGISTRABLE
    for sub in SUB_KINDS.get(kind, (None,))
}


@dataclass(frozen=True)
class ContactDraft:
    name: str
    phone: str
    email: str


@dataclass(frozen=True)
class OrganizationDraft:
    kind: OrganizationKind
    sub_kind: SubKind | None
    name: str
    credit_code: str | None
    division: str
    areas: tuple[str, ...]
    fields: tuple[str, ...]
    skills: tuple[str, ...]
    readiness: str
    about: str
    phone: str
    address: str
    contacts: tuple[ContactDraft, ...]


def read_organization(form: Form) -> OrganizationDraft:
    """The draft, or Invalid with a sentence for each field that cannot be used."""
    nature = NATURES.get(form.one_of("nature", NATURES, required=True) or "")
    division = read_place(form, ANYWHERE)
    if nature and division and (refusal := refuse_division(nature[0], division)):
        form.refuse("community", refusal)
    skills = {skill.id for skill in seed.skills().values() if not skill.is_group}
    draft = {
        "name": form.text("name", longest=NAME_LENGTH, required=True),
        "credit_code": _read_code(form, nature[0] if nature else None),
        "areas": _read_areas(form, division),
        "fields": _read_fields(form),
        "skills": form.some_of("skills", skills, most=MOST_SKILLS),
        "readiness": form.text("readiness", longest=LONGEST_READINESS, many_lines=True),
        "about": form.text("about", longest=LONGEST_ABOUT, many_lines=True, required=True),
        "phone": _read_phone(form, "phone", required=True),
        "address": form.text("address", longest=200, required=True),
        "contacts": _read_contacts(form),
    }
    if nature is None or division is None or form.errors:
        raise Invalid(form.errors)
    return OrganizationDraft(kind=nature[0], sub_kind=nature[1], division=division, **draft)  # type: ignore[arg-type]


def contact_rows(form: Form) -> int:
    """How many contact persons the form had room for."""
    return sum(form.has(f"contact_name-{n}") for n in range(MOST_CONTACTS))


def areas_to_choose(typed: str) -> list[Division]:
    """Places that a half-typed area may mean."""
    return places_called(clean(typed)[:200], ANYWHERE)


def _read_code(form: Form, kind: OrganizationKind | None) -> str | None:
    code = read_credit_code(form.text("credit_code", longest=40))
    if not code:
        if kind in KINDS_WITH_CREDIT_CODE:
            form.refuse(
                "credit_code", Message("{kind}: please give the social credit code.", kind=KIND_NAMES[kind])
            )
        return None
    if refusal := refuse_credit_code(code):
        form.refuse("credit_code", refusal)
    return code


def _read_areas(form: Form, home: str | None) -> tuple[str, ...]:
    """The divisions ticked, and the one typed if it is clear which; without any, the home."""
    chosen = [code for code in dict.fromkeys(form.typed_many("area")) if with_code(code)]
    typed = form.text("area_text", longest=200)
    if typed:
        found = areas_to_choose(typed)
        if not any(place.code in chosen for place in found):
            if len(found) == 1:
                chosen.append(found[0].code)
            else:
                form.refuse("area_text", Message("Please tick the place that you mean, or empty this."))
    if len(chosen) > MOST_AREAS:
        form.refuse(
            "area_text", counted(MOST_AREAS, "Please choose at most {n}.", "Please choose at most {n}.")
        )
    return tuple(chosen or ([home] if home else []))


def _read_fields(form: Form) -> tuple[str, ...]:
    fields = form.some_of("fields", seed.fields())
    if not fields:
        form.refuse("fields", Message("Please choose at least one field of service."))
    return fields


def _read_contacts(form: Form) -> tuple[ContactDraft, ...]:
    contacts = []
    for n in range(MOST_CONTACTS):
        name = form.text(f"contact_name-{n}", longest=60)
        email = form.text(f"contact_email-{n}", longest=254)
        phone = _read_phone(form, f"contact_phone-{n}", required=bool(n == 0 or name or email))
        if n and not (name or phone or email):
            continue
        if not name:
            form.refuse(f"contact_name-{n}", REQUIRED)
        read = read_address(email)
        if email and (read is None or read.kind is not AddressKind.email):
            form.refuse(f"contact_email-{n}", Message("This is no e-mail address."))
        contacts.append(ContactDraft(name, phone, read.value if read else ""))
    return tuple(contacts)


def _read_phone(form: Form, name: str, *, required: bool) -> str:
    phone = form.text(name, longest=40, required=required)
    if phone and not _PHONE.fullmatch(phone):
        form.refuse(name, Message("Please give a phone number, with the area code if it has one."))
    return phone
