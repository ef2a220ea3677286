"""The tabs of a desk are exactly the pages that open to who sees them."""

import re

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.organizations.rules import ROLES, OrganizationKind, Role
from tests.conftest import NOW, Visitor
from tests.factories import make_member, make_organization

SEATS = sorted((kind, role) for kind, roles in ROLES.items() for role in roles)
# What a tab leads to; the board of needs stands under two names.
PAGES = [
    "waiting",
    "desk",
    "dispatch",
    "fitting-needs",
    "register",
    "unanswered",
    "figures",
    "teams",
    "people",
    "credentials",
    "registration",
    "reports",
    "audit",
    "answer-limits",
    "matcher",
    "members",
]


@pytest.mark.parametrize("is_verified", [True, False], ids=["verified", "not-verified"])
@pytest.mark.parametrize(("kind", "role"), SEATS)
async def test_every_tab_opens_and_nothing_that_opens_is_without_one(
    session: AsyncSession, visitor: Visitor, kind: OrganizationKind, role: Role, is_verified: bool
) -> None:
    home = await make_organization(session, kind, verified_at=NOW if is_verified else None)
    await visitor.sign_in(await make_member(session, home, role=role))
    base = f"/organizations/{home.id}"
    page = (await visitor.get(f"{base}/members")).text
    shown = set(re.findall(rf'<li><a href="{base}/([\w-]+)"', page))
    opened = {each for each in PAGES if (await visitor.get(f"{base}/{each}")).status_code == 200}
    assert "members" in shown
    assert (shown - opened, opened - shown) == (set(), set())
