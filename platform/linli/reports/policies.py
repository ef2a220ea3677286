"""Who sees every number of an area; what the public sees has no policy but `anyone`."""

from linli.organizations.policies import member_of_path_organization
from linli.organizations.rules import Role

may_see_figures = member_of_path_organization(
    Role.social_worker, Role.bureau_staff, Role.auditor, verified=True
)
