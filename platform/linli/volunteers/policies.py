"""Who may look at papers."""

from typing import Final

from linli.organizations.policies import member_of_path_organization
from linli.organizations.rules import Role

CHECKING_ROLES: Final = (Role.officer, Role.social_worker, Role.bureau_staff)

# Which papers they see is for the query to say: those in the organization's circle, as far as their role may.
may_check_papers = member_of_path_organization(*CHECKING_ROLES, verified=True)
