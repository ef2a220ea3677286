"""After signing in one stands where one's work is."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.organizations.rules import ROLES, OrganizationKind, Role
from tests.conftest import Visitor
from tests.factories import make_member, make_organization, make_volunteer


@pytest.mark.parametrize(
    ("kind", "desk"),
    [
        *((kind, "desk") for kind in OrganizationKind if kind is not OrganizationKind.bureau),
        (OrganizationKind.bureau, "register"),
    ],
)
async def test_who_works_for_an_organization_begins_at_its_desk(
    session: AsyncSession, visitor: Visitor, kind: OrganizationKind, desk: str
) -> None:
    division = "520302" if kind is OrganizationKind.bureau else "520302002001"
    organization = await make_organization(session, kind, division=division)
    for role in ROLES[kind] - {Role.auditor}:
        await visitor.sign_in(await make_member(session, organization, role=role))
        answer = await visitor.get("/start")
        assert answer.headers["location"] == f"/organizations/{organization.id}/{desk}"
        assert (await visitor.get(answer.headers["location"])).status_code == 200


async def test_an_auditor_begins_with_what_was_done(session: AsyncSession, visitor: Visitor) -> None:
    bureau = await make_organization(session, OrganizationKind.bureau, division="520302")
    await visitor.sign_in(await make_member(session, bureau, role=Role.auditor))
    answer = await visitor.get("/start")
    assert answer.headers["location"] == f"/organizations/{bureau.id}/audit"


async def test_a_volunteer_begins_at_home(session: AsyncSession, visitor: Visitor) -> None:
    await visitor.sign_in(await make_volunteer(session))
    assert (await visitor.get("/start")).headers["location"] == "/home"
