"""Organizations are founded and verified; people become members and leave."""

from linli.organizations.actions.members import account_to_add, add_member, end_membership
from linli.organizations.actions.register import create_organization, found_organization
from linli.organizations.actions.verification import verify_organization, withdraw_verification

__all__ = [
    "account_to_add",
    "add_member",
    "create_organization",
    "end_membership",
    "found_organization",
    "verify_organization",
    "withdraw_verification",
]
