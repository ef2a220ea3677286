"""What a person typed about an organization, its members and its registration."""

from linli.organizations.forms.decisions import read_reason, read_version
from linli.organizations.forms.members import NewMember, read_new_member, read_readmission
from linli.organizations.forms.papers import SentDocument, read_sent_document
from linli.organizations.forms.registration import (
    ANYWHERE,
    ContactDraft,
    OrganizationDraft,
    areas_to_choose,
    read_organization,
)

__all__ = [
    "ANYWHERE",
    "ContactDraft",
    "NewMember",
    "OrganizationDraft",
    "SentDocument",
    "areas_to_choose",
    "read_new_member",
    "read_organization",
    "read_readmission",
    "read_reason",
    "read_sent_document",
    "read_version",
]
