"""An organization registers in the browser: the form, and where it stands."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.web.security import cookie_name
from linli.notifications.models import Notice
from linli.organizations.models import (
    Membership,
    Organization,
    OrganizationArea,
    OrganizationContact,
    RegistrationStep,
)
from linli.organizations.registration import MOST_UNVERIFIED, RegistrationState, Step
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from tests.conftest import NOW, Visitor
from tests.factories import (
    make_account,
    make_factor,
    make_member,
    make_organization,
)
from tests.linli.organizations.registering import (
    CODE,
    COUNTY,
    TYPED,
    Desk,
    make_desk,
    photo,
    register,
    send_paper,
    version_of,
)


@pytest.fixture
async def desk(session: AsyncSession) -> Desk:
    return await make_desk(session)


async def test_a_charity_registers_is_returned_corrects_and_is_verified(
    visitor: Visitor, another_visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    await visitor.sign_in(desk.founder)
    made = await register(visitor)
    assert made.status_code == 303
    charity = made.headers["location"].removesuffix("/registration")
    id = charity.split("/")[2]
    one = f"/organizations/{desk.bureau.id}/register/{id}"
    await another_visitor.sign_in(desk.clerk)
    assert (await another_visitor.get(one)).status_code == 404  # a draft is nobody else's business
    early = await visitor.submit(f"{charity}/registration/submit", {"version": "1"})
    assert (early.status_code, "请至少上传一份材料" in early.text) == (409, True)
    assert (await send_paper(visitor, charity, photo())).status_code == 303
    await visitor.submit(f"{charity}/registration/submit", {"version": await version_of(session, charity)})

    seen = await another_visitor.get(one)
    for said in (
        "暖阳慈善会",
        CODE,
        "赵联系",
        "13911112222",
        "北京路 1 号",
        "工作日有两名司机",
        desk.founder.name,
    ):
        assert said in seen.text
    back = {"version": await version_of(session, charity), "reason": "证书照片太小，请重拍。"}
    assert (await another_visitor.submit(f"{one}/return", back)).status_code == 303

    shown = await visitor.get(f"{charity}/registration")
    assert "证书照片太小，请重拍。" in shown.text
    typed = TYPED | {"version": await version_of(session, charity), "about": "陪伴独居老人，二十年。"}
    assert (await visitor.submit(f"{charity}/edit", typed)).status_code == 303
    await visitor.submit(f"{charity}/registration/submit", {"version": await version_of(session, charity)})
    verify = {"version": await version_of(session, charity)}
    assert (await another_visitor.submit(f"{one}/verify", verify)).status_code == 303

    visitor.cookies.clear()
    public = (await visitor.get(charity)).text
    for said in ("暖阳慈善会", "二十年", "工作日有两名司机", "养老", "瓮安县"):
        assert said in public
    for private in ("赵联系", "13911112222", "北京路", "0851-", "证书照片"):
        assert private not in public
    steps = await session.scalars(select(RegistrationStep.step).order_by(RegistrationStep.id))
    assert list(steps) == [Step.submit, Step.hand_back, Step.submit, Step.verify]


async def test_who_registers_is_the_first_member_in_a_new_session(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    await visitor.sign_in(desk.founder)
    session_cookie = cookie_name(visitor.settings, "session")
    before = visitor.cookies[session_cookie]
    made = await register(visitor, nature="station", credit_code="")
    assert visitor.cookies[session_cookie] != before
    assert (await visitor.get(made.headers["location"])).status_code == 200
    role = await session.scalar(select(Membership.role).where(Membership.account_id == desk.founder.id))
    assert role is Role.social_worker


async def test_without_a_second_step_the_way_leads_to_setting_it_up(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    account = await make_account(session, password_hash="x")
    await session.commit()
    await visitor.sign_in(account, with_factor=False)
    assert (await register(visitor)).headers["location"] == "/me/account/second-step"


async def test_without_a_password_the_way_leads_to_choosing_one(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    account = await make_account(session)
    await session.commit()
    assert "/sign-up?next=/organizations/new" in (await visitor.get("/organizations/new")).text
    await visitor.sign_in(account)
    assert "/me/account/password?next=/organizations/new" in (await visitor.get("/organizations/new")).text
    assert (await register(visitor)).status_code == 409
    assert await session.scalar(select(func.count()).select_from(Organization)) == 1  # the bureau


WRONG = {
    "no kind": ({"nature": ""}, "nature"),
    "a bureau": ({"nature": "bureau"}, "nature"),
    "no name": ({"name": " "}, "name"),
    "no code": ({"credit_code": ""}, "credit_code"),
    "last check character": ({"credit_code": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "credit_code"),
    "inner check character": ({"credit_code": CODE[:16] + "Y" + CODE[17:]}, "credit_code"),
    "a letter that is none": ({"credit_code": "I" + CODE[1:]}, "credit_code"),
    "no place": ({"community": "", "division": ""}, "community"),
    "nowhere": ({"community": "不存在的地方", "division": ""}, "community"),
    "a committee of a county": ({"nature": "residents_committee"}, "community"),
    "no field": ({"fields": []}, "fields"),
    "an unknown field": ({"fields": ["astrology"]}, "fields"),
    "no contact": ({"contact_name-0": ""}, "contact_name-0"),
    "no number of a contact": ({"contact_phone-0": ""}, "contact_phone-0"),
    "a second contact by half": ({"contact_name-1": "钱二"}, "contact_phone-1"),
    "no e-mail": ({"contact_email-0": "zhao"}, "contact_email-0"),
    "no phone": ({"phone": "call me"}, "phone"),
    "too much": ({"about": "好" * 3000}, "about"),
    "hostile": ({"name": "\x00\u202e\u200b"}, "name"),
    "several places": ({"area_text": "新"}, "area_text"),
}


@pytest.mark.parametrize(("changed", "field"), WRONG.values(), ids=WRONG)
async def test_what_cannot_be_used_is_said_at_its_field_and_everything_is_kept(
    visitor: Visitor, desk: Desk, session: AsyncSession, changed: dict[str, Any], field: str
) -> None:
    await visitor.sign_in(desk.founder)
    answer = await register(visitor, **changed)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    for kept in {"工作日有两名司机", "北京路 1 号", "Zhao@Example.org"} - set(
        changed.values() if field != "fields" else ()
    ):
        assert kept in answer.text or field == "contact_email-0"
    assert await session.scalar(select(func.count()).select_from(Organization)) == 1


async def test_the_form_grows_by_a_contact_and_by_places_without_losing_a_word(
    visitor: Visitor, desk: Desk
) -> None:
    await visitor.sign_in(desk.founder)
    longer = await register(visitor, more_contacts="yes")
    assert (longer.status_code, 'name="contact_name-2"' in longer.text) == (200, True)
    found = await register(visitor, find_area="yes", area_text="瓮安")
    assert found.status_code == 200
    assert 'value="520302"' in found.text
    assert "暖阳慈善会" in found.text
    fragment = await visitor.get("/organizations/areas?area_text=播州区")
    assert 'name="area" value="520304"' in fragment.text
    assert "遵义市" in (await visitor.get("/organizations/places?community=遵义市")).text


async def test_a_charity_may_be_at_home_in_a_province(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    await visitor.sign_in(desk.founder)
    made = await register(visitor, community="贵州省", division="", division_of="", area=[])
    assert made.status_code == 303
    assert await session.scalar(select(OrganizationArea.division)) == "52"


async def test_a_draft_of_a_stranger_does_not_keep_the_owner_of_a_code_out(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    stranger = await make_account(session, password_hash="x")
    await make_factor(session, stranger)
    await session.commit()
    made = {}
    for who in (stranger, desk.founder):
        await visitor.sign_in(who)
        made[who.id] = (await register(visitor)).headers["location"].removesuffix("/registration")
        await send_paper(visitor, made[who.id], photo())
    for who, status in ((desk.founder, 303), (stranger, 409)):
        await visitor.sign_in(who)
        path = made[who.id]
        answer = await visitor.submit(
            f"{path}/registration/submit", {"version": await version_of(session, path)}
        )
        assert answer.status_code == status
    assert "已经登记过了" in answer.text


async def test_a_person_has_only_a_few_registrations_under_way(visitor: Visitor, desk: Desk) -> None:
    await visitor.sign_in(desk.founder)
    statuses = [(await register(visitor, credit_code=CODE)).status_code for _ in range(MOST_UNVERIFIED + 1)]
    assert statuses == [303] * MOST_UNVERIFIED + [409]


async def test_a_changed_name_takes_the_mark_away_and_a_changed_text_does_not(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(
        session, Kind.charity, name="暖阳慈善会", division=COUNTY, credit_code=CODE
    )
    member = await make_member(session, charity)
    await session.commit()
    await visitor.sign_in(member)
    path = f"/organizations/{charity.id}"
    await visitor.submit(f"{path}/edit", TYPED | {"version": "1", "about": "改写"})
    await session.refresh(charity)
    assert (charity.is_verified, charity.about) == (True, "改写")
    done = await visitor.submit(f"{path}/edit", TYPED | {"version": str(charity.version), "name": "暖阳会"})
    assert "民政部门会重新核验" in (await visitor.get(done.headers["location"])).text
    await session.refresh(charity)
    assert (charity.is_verified, charity.state) == (False, RegistrationState.submitted)
    told = await session.scalars(select(Notice.path).where(Notice.account_id == desk.clerk.id))
    assert list(told) == [f"/organizations/{desk.bureau.id}/register/{charity.id}"]


async def test_a_stale_edit_shows_both_texts_and_changes_nothing(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(session, Kind.charity, name="暖阳慈善会", division=COUNTY, about="新的")
    member = await make_member(session, charity)
    await session.commit()
    await visitor.sign_in(member)
    for version in ("", "0", "2"):
        answer = await visitor.submit(f"/organizations/{charity.id}/edit", TYPED | {"version": version})
        assert answer.status_code == 409
        assert "新的" in answer.text
        assert "陪伴独居老人" in answer.text
    await session.refresh(charity)
    assert charity.about == "新的"


async def test_suspended_while_being_edited_public_parts_are_kept_and_the_name_is_not(
    visitor: Visitor, another_visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    charity = await make_organization(
        session, Kind.charity, name="暖阳慈善会", division=COUNTY, credit_code=CODE
    )
    member = await make_member(session, charity)
    await session.commit()
    await visitor.sign_in(member)
    path = f"/organizations/{charity.id}"
    assert (await visitor.get(f"{path}/edit")).status_code == 200
    await another_visitor.sign_in(desk.clerk)
    one = f"/organizations/{desk.bureau.id}/register/{charity.id}"
    await another_visitor.submit(f"{one}/suspend", {"version": "1", "reason": "接到投诉"})
    stale = await visitor.submit(f"{path}/edit", TYPED | {"version": "1"})
    assert (stale.status_code, 'name="version" value="2"' in stale.text) == (409, True)
    refused = await visitor.submit(f"{path}/edit", TYPED | {"version": "2", "name": "换名"})
    assert (refused.status_code, "暂停期间" in refused.text) == (409, True)
    assert (await visitor.submit(f"{path}/edit", TYPED | {"version": "2"})).status_code == 303
    await session.refresh(charity)
    assert (charity.state, charity.about) == (RegistrationState.suspended, "陪伴独居老人。")


async def test_the_public_list_finds_by_place_and_field_only_what_is_verified(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    await visitor.sign_in(desk.founder)
    made = await register(visitor)
    charity = await session.get_one(Organization, made.headers["location"].split("/")[2])
    visitor.cookies.clear()
    assert "暖阳慈善会" not in (await visitor.get("/organizations")).text
    charity.state, charity.verified_at = RegistrationState.verified, NOW
    await session.commit()
    for address, is_found in (
        ("/organizations", True),
        ("/organizations?field=elderly_care", True),
        ("/organizations?field=disaster_relief", False),
        (f"/organizations?place={COUNTY}", True),
        ("/organizations?place=522725100001", True),  # its area contains the community
        ("/organizations?place=52", True),
        ("/organizations?place=110101", False),
        ("/organizations?near=红花岗区", True),
        ("/organizations?near=%00&place=x&field=y&after=zzz", True),
    ):
        page = await visitor.get(address)
        assert ("暖阳慈善会" in page.text) == is_found, address
        assert "民政局" not in page.text
        assert "13911112222" not in page.text


async def test_contacts_and_lists_are_replaced_and_not_added_to(
    visitor: Visitor, desk: Desk, session: AsyncSession
) -> None:
    await visitor.sign_in(desk.founder)
    path = (await register(visitor)).headers["location"].removesuffix("/registration")
    typed = TYPED | {"version": await version_of(session, path), "contact_name-0": "孙三", "area": []}
    assert (await visitor.submit(f"{path}/edit", typed)).status_code == 303
    assert list(await session.scalars(select(OrganizationContact.name))) == ["孙三"]
    assert list(await session.scalars(select(OrganizationArea.division))) == [COUNTY]
    assert "孙三" in (await visitor.get(f"{path}/edit")).text
