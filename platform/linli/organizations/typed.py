"""An organization as its form shows it: from what is kept, or from what was typed and refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from linli.core.forms import Form
from linli.core.i18n import Name
from linli.divisions.queries import with_code
from linli.divisions.shown import path_named
from linli.organizations.forms.registration import MOST_AREAS, MOST_CONTACTS, contact_rows
from linli.organizations.models import OrganizationContact
from linli.organizations.profiles import Profile

PLAIN = (
    "nature", "name", "credit_code", "community", "division", "division_of", "area_text",
    "readiness", "about", "phone", "address", "version",
)  # fmt: skip
CONTACT = ("contact_name", "contact_phone", "contact_email")
FIRST_CONTACTS = 2


def _empty() -> dict[str, str]:
    return dict.fromkeys(PLAIN, "")


@dataclass(frozen=True)
class TypedOrganization:
    text: Mapping[str, str] = field(default_factory=_empty)
    areas: Sequence[str] = ()
    fields: Sequence[str] = ()
    skills: Sequence[str] = ()
    contacts: Sequence[Mapping[str, str]] = ({}, {})

    def __or__(self, text: Mapping[str, str]) -> "TypedOrganization":
        return replace(self, text={**self.text, **text})

    @property
    def area_names(self) -> list[tuple[str, Name]]:
        return [(code, name) for code in self.areas if (name := path_named(code))]


def typed_form(form: Form) -> TypedOrganization:
    rows = min(contact_rows(form) + form.has("more_contacts"), MOST_CONTACTS)
    return TypedOrganization(
        _empty() | {name: form.typed.get(name, "") for name in PLAIN},
        [code for code in dict.fromkeys(form.typed_many("area")) if with_code(code)][:MOST_AREAS],
        form.typed_many("fields"),
        form.typed_many("skills"),
        [
            {name: form.typed.get(f"{name}-{n}", "") for name in CONTACT}
            for n in range(max(rows, FIRST_CONTACTS))
        ],
    )


def typed_profile(
    profile: Profile, contacts: Sequence[OrganizationContact], *, language: str
) -> TypedOrganization:
    one = profile.organization
    home = path_named(one.division)
    shown = (home.zh if language == "zh" else home.en) if home else ""
    text = {
        "nature": f"{one.kind}.{one.sub_kind}" if one.sub_kind else str(one.kind),
        "name": one.name,
        "credit_code": one.credit_code or "",
        "community": shown,
        "division_of": shown,
        "division": one.division,
        "readiness": one.readiness,
        "about": one.about,
        "phone": one.phone,
        "address": one.address,
        "version": str(one.version),
    }
    rows = [
        {"contact_name": each.name, "contact_phone": each.phone, "contact_email": each.email}
        for each in contacts
    ]
    return TypedOrganization(
        _empty() | text,
        profile.areas,
        [each.id for each in profile.fields],
        [each.id for each in profile.skills],
        rows + [{}] * (FIRST_CONTACTS - len(rows)),
    )
