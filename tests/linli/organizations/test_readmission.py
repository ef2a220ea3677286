"""Phone and paper are lost: a colleague or the bureau, who has seen the person, lets them in again."""

import pytest
from sqlalchemy import select

from linli.accounts.models import Account, ApiToken, SecondFactor
from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.core.i18n import Message
from linli.notifications.models import Notice
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import OrganizationKind, Role
from tests.conftest import Visitor
from tests.factories import (
    COMMUNITY,
    make_account,
    make_key,
    make_member,
    make_organization,
)


class Scene:
    """A committee with two officers, the bureau of its county, and a bureau elsewhere."""

    committee: Organization
    lost: Account
    colleague: Account
    clerk: Account
    stranger: Account
    membership: Membership

    @property
    def path(self) -> str:
        return f"/organizations/{self.committee.id}/readmission"

    @property
    def form(self) -> dict[str, str]:
        return {"member": str(self.membership.id), "seen": "yes"}


@pytest.fixture
async def scene(database: Database) -> Scene:
    scene = Scene()
    async with database.transaction() as session:
        scene.committee = await make_organization(session)
        scene.lost = await make_member(session, scene.committee)
        scene.colleague = await make_member(session, scene.committee)
        bureau = await make_organization(session, OrganizationKind.bureau, division=COMMUNITY[:6])
        wider = await make_organization(session, OrganizationKind.bureau, division=COMMUNITY[:2])
        elsewhere = await make_organization(session, OrganizationKind.bureau, division="522725")
        scene.clerk = await make_member(session, bureau, role=Role.bureau_staff)
        await make_member(session, wider, role=Role.bureau_staff)
        scene.stranger = await make_member(session, elsewhere, role=Role.bureau_staff)
        mine = select(Membership).where(Membership.account_id == scene.lost.id)
        scene.membership = (await session.scalars(mine)).one()
    return scene


async def has_factor(database: Database, account: Account) -> bool:
    async with database.session(writes=False) as session:
        return await session.get(SecondFactor, account.id) is not None


async def test_a_colleague_lets_in_again_and_everything_that_rested_on_the_phone_ends(
    visitor: Visitor, another_visitor: Visitor, scene: Scene
) -> None:
    await another_visitor.sign_in(scene.lost)
    async with visitor.database.transaction() as session:
        key = await make_key(session, scene.lost)
    await visitor.sign_in(scene.colleague)
    assert scene.lost.name in (await visitor.get(scene.path)).text
    assert (await visitor.submit(scene.path, scene.form)).status_code == 303
    assert not await has_factor(visitor.database, scene.lost)
    assert (await another_visitor.get("/me/account")).status_code == 401
    headers = {"Authorization": f"Bearer {key}"}
    assert (await another_visitor.get("/api/v1/me", headers=headers)).status_code == 401
    await another_visitor.sign_in(scene.lost, with_factor=False)
    desk = f"/organizations/{scene.committee.id}/desk"
    assert (await another_visitor.get(desk)).status_code == 403, "until it is set up anew"


async def test_it_is_noted_and_told_to_the_person_and_the_nearest_bureau(
    visitor: Visitor, scene: Scene
) -> None:
    await visitor.sign_in(scene.colleague)
    await visitor.submit(scene.path, scene.form)
    async with visitor.database.session(writes=False) as session:
        query = select(AuditEntry).where(AuditEntry.action == "readmit_member")
        entry = (await session.scalars(query)).one()
        told = (await session.scalars(select(Notice).where(Notice.event == "organization.readmission"))).all()
        ended = (await session.scalars(select(ApiToken.id).where(ApiToken.revoked_at.is_(None)))).all()
    assert entry.actor_id == scene.colleague.id
    assert entry.organization_id == scene.committee.id
    assert entry.ids["member_id"] == str(scene.lost.id)
    assert {each.account_id for each in told} == {scene.lost.id, scene.clerk.id}
    said = {each.account_id: Message.from_json(each.sentence).in_language("zh") for each in told}
    assert scene.lost.name in said[scene.clerk.id]
    assert scene.colleague.name in said[scene.lost.id]
    assert ended == []


async def test_the_bureau_over_it_may_and_another_bureau_may_not(
    visitor: Visitor, another_visitor: Visitor, scene: Scene
) -> None:
    await another_visitor.sign_in(scene.stranger)
    assert (await another_visitor.get(scene.path)).status_code == 404
    assert (await another_visitor.submit(scene.path, scene.form)).status_code == 404
    await visitor.sign_in(scene.clerk)
    assert (await visitor.get(scene.path)).status_code == 200
    assert (await visitor.submit(scene.path, scene.form)).status_code == 303
    assert not await has_factor(visitor.database, scene.lost)


@pytest.mark.parametrize("changed", [{"seen": ""}, {"member": ""}, {"member": "x"}], ids=str)
async def test_who_has_not_seen_them_or_names_nobody_is_asked_again(
    visitor: Visitor, scene: Scene, changed: dict[str, str]
) -> None:
    await visitor.sign_in(scene.colleague)
    assert (await visitor.submit(scene.path, scene.form | changed)).status_code == 422
    assert await has_factor(visitor.database, scene.lost)


async def test_nobody_does_it_for_themselves_or_for_a_stranger(visitor: Visitor, scene: Scene) -> None:
    await visitor.sign_in(scene.lost)
    assert (await visitor.submit(scene.path, scene.form)).status_code == 409
    async with visitor.database.session(writes=False) as session:
        others = select(Membership.id).where(Membership.account_id == scene.stranger.id)
        foreign = (await session.scalars(others)).one()
    answer = await visitor.submit(scene.path, scene.form | {"member": str(foreign)})
    assert answer.status_code == 404
    assert await has_factor(visitor.database, scene.stranger)


async def test_a_committee_opens_no_way_into_a_bureau(visitor: Visitor, scene: Scene) -> None:
    async with visitor.database.transaction() as session:
        bureau = await make_organization(session, OrganizationKind.bureau, division=COMMUNITY[:6])
        await make_member(session, bureau, role=Role.bureau_staff, account=scene.lost)
    await visitor.sign_in(scene.colleague)
    assert (await visitor.submit(scene.path, scene.form)).status_code == 409
    assert await has_factor(visitor.database, scene.lost)


async def test_a_volunteer_learns_nothing_of_the_page(visitor: Visitor, scene: Scene) -> None:
    async with visitor.database.transaction() as session:
        await visitor.sign_in(await make_account(session))
    assert (await visitor.get(scene.path)).status_code == 404
