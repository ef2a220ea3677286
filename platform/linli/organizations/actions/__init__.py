"""Organizations register and are verified; people become members and leave."""

from linli.organizations.actions.documents import (
    add_document,
    note_document_seen,
    remove_document,
    tell_renewals,
)
from linli.organizations.actions.invitations import (
    accept_invitation,
    decline_invitation,
    forget_invitations,
    invite_member,
    take_back_invitation,
)
from linli.organizations.actions.members import add_member, end_membership
from linli.organizations.actions.readmission import readmit_member
from linli.organizations.actions.register import create_organization, found_organization
from linli.organizations.actions.registration import (
    appeal,
    edit_organization,
    register_organization,
    submit_registration,
    take_up_registration,
    withdraw_registration,
)
from linli.organizations.actions.verification import (
    answer_registration,
    claim_registration,
    verify_organization,
)

__all__ = [
    "accept_invitation",
    "add_document",
    "add_member",
    "answer_registration",
    "appeal",
    "claim_registration",
    "create_organization",
    "decline_invitation",
    "edit_organization",
    "end_membership",
    "forget_invitations",
    "found_organization",
    "invite_member",
    "note_document_seen",
    "readmit_member",
    "register_organization",
    "remove_document",
    "submit_registration",
    "take_back_invitation",
    "take_up_registration",
    "tell_renewals",
    "verify_organization",
    "withdraw_registration",
]
