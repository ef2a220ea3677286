"""What a person typed about members and the register."""

from dataclasses import dataclass

from linli.accounts.rules import Address, read_address
from linli.core.errors import Invalid
from linli.core.forms import Form
from linli.core.i18n import Message
from linli.organizations.rules import NAME_LENGTH, OrganizationKind, Role, refuse_role


@dataclass(frozen=True)
class NewMember:
    """Who should become a member, as the person who adds them knows them."""

    name: str
    address: Address
    role: Role


def read_new_member(form: Form, *, kind: OrganizationKind) -> NewMember:
    name = form.text("name", longest=NAME_LENGTH, required=True)
    typed = form.text("address", longest=200, required=True)
    address = read_address(typed)
    if typed and address is None:
        form.refuse("address", Message("This is neither a mobile number nor an e-mail address."))
    role = form.choice("role", Role, required=True)
    if role and (refusal := refuse_role(kind, role)):
        form.refuse("role", refusal)
    if address is None or role is None or form.errors:
        raise Invalid(form.errors)
    return NewMember(name, address, role)


def read_version(form: Form) -> int:
    """Which version the page showed; 0, which nothing ever has, where it is missing."""
    return form.whole("version", least=0, most=10**9) or 0
