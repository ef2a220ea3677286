"""Who is asked to become a member."""

from dataclasses import dataclass
from uuid import UUID

from linli.accounts.rules import Address, read_address
from linli.core.errors import Invalid
from linli.core.forms import Form
from linli.core.i18n import Message
from linli.organizations.rules import ACTING_ROLES, OrganizationKind, Role, refuse_role


@dataclass(frozen=True)
class NewMember:
    """Whom to ask; `takes_over`: whoever asks leaves when they accept."""

    address: Address
    role: Role
    takes_over: bool


def read_new_member(form: Form, *, kind: OrganizationKind) -> NewMember:
    typed = form.text("address", longest=200, required=True)
    address = read_address(typed)
    if typed and address is None:
        form.refuse("address", Message("This is neither a mobile number nor an e-mail address."))
    role = form.choice("role", Role, required=True)
    if role and (refusal := refuse_role(kind, role)):
        form.refuse("role", refusal)
    takes_over = form.flag("takes_over")
    if takes_over and role and role not in ACTING_ROLES:
        form.refuse(
            "takes_over", Message("Who takes over from you must be able to act: choose another role.")
        )
    if address is None or role is None or form.errors:
        raise Invalid(form.errors)
    return NewMember(address, role, takes_over)


def read_readmission(form: Form) -> UUID:
    """Whose second step is to be cleared, by somebody who says that they have seen them."""
    membership_id = form.id("member", required=True)
    if not form.flag("seen"):
        form.refuse("seen", Message("Please confirm that you have seen this person yourself."))
    form.check()
    assert membership_id is not None
    return membership_id
