"""Friends go together: all take a place, or nobody does."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.rules import Side
from linli.core import clock
from linli.core.db import Database
from linli.core.errors import Conflict
from linli.needs.models import Need, NeedCredential, Shift
from linli.needs.rules import Joining
from linli.notifications.models import Notice
from linli.participation import actions
from linli.participation.jobs import end_groups, forget_groups
from linli.participation.models import FriendGroup, FriendGroupMember, Participation
from linli.participation.rules import GroupState, State
from linli.participation.together import actions as together
from linli.participation.together import queries
from tests.conftest import Visitor
from tests.factories import (
    make_account,
    make_group,
    make_member,
    make_need,
    make_organization,
    make_participation,
)
from tests.linli.conversations.meeting import told


async def open_need(session: AsyncSession, **values: object) -> tuple[Need, Shift]:
    need = await make_need(session, **{"joining": Joining.at_once} | values)  # type: ignore[arg-type]
    return need, need.shifts[0]


async def people(session: AsyncSession, count: int) -> list[Account]:
    return [await make_account(session) for _ in range(count)]


async def standing(session: AsyncSession, shift: Shift) -> tuple[int, list[State]]:
    states = await session.scalars(
        select(Participation.state).where(Participation.shift_id == shift.id).order_by(Participation.id)
    )
    taken = await session.scalar(select(Shift.places_taken).where(Shift.id == shift.id))
    return taken or 0, list(states)


async def test_with_the_last_yes_all_hold_a_place(session: AsyncSession, now: datetime) -> None:
    need, shift = await open_need(session)
    first, second, third = await people(session, 3)
    group = await together.start(session, shift_id=shift.id, account_id=first.id, size=3, now=now)
    await together.say_yes(session, token=group.token, account_id=second.id, now=now)
    assert await standing(session, shift) == (0, [])
    done = await together.say_yes(session, token=group.token, account_id=third.id, now=now)
    assert done.state is GroupState.taken
    assert await standing(session, shift) == (3, [State.confirmed] * 3)
    for person in (first, second, third):
        assert "confirmed" in [event for event, _ in await told(session, person)]
    assert need.answered_at == now


async def test_who_started_it_says_that_all_are_there(session: AsyncSession, now: datetime) -> None:
    _, shift = await open_need(session)
    first, second = await people(session, 2)
    group = await together.start(session, shift_id=shift.id, account_id=first.id, size=3, now=now)
    with pytest.raises(Conflict, match="at least two"):
        await together.complete(session, token=group.token, account_id=first.id, now=now)
    await together.say_yes(session, token=group.token, account_id=second.id, now=now)
    for _ in range(2):
        await together.complete(session, token=group.token, account_id=first.id, now=now)
    assert await standing(session, shift) == (2, [State.confirmed] * 2)


async def test_where_the_committee_decides_they_are_confirmed_as_one(
    session: AsyncSession, now: datetime
) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    _, shift = await open_need(session, organization=committee, joining=Joining.asked)
    friends = await people(session, 2)
    group = await make_group(session, shift, *friends)
    await together.complete(session, token=group.token, account_id=friends[0].id, now=now)
    assert await standing(session, shift) == (0, [State.applied] * 2)
    assert await told(session, officer) == [("applied", f"/needs/{group.need_id}/desk")]
    one = await session.scalar(select(Participation).where(Participation.account_id == friends[1].id))
    assert one is not None
    await actions.confirm_application(session, participation=one, officer_id=officer.id, now=now)
    assert await standing(session, shift) == (2, [State.confirmed] * 2)


async def applied_group(
    session: AsyncSession, now: datetime, *, places: int = 3, size: int = 2
) -> list[Participation]:
    _, shift = await open_need(session, joining=Joining.asked, places=places)
    friends = await people(session, size)
    group = await make_group(session, shift, *friends)
    await together.complete(session, token=group.token, account_id=friends[0].id, now=now)
    found = await session.scalars(select(Participation).where(Participation.group_id == group.id))
    return list(found)


async def test_they_are_declined_as_one(session: AsyncSession, now: datetime) -> None:
    made = await applied_group(session, now)
    await actions.refuse_application(session, participation=made[0], officer_id=made[0].account_id, now=now)
    assert {each.state for each in made} == {State.refused}


async def test_of_a_group_nobody_is_confirmed_when_not_all_fit(session: AsyncSession, now: datetime) -> None:
    made = await applied_group(session, now, places=3, size=3)
    shift = await session.get_one(Shift, made[0].shift_id)
    await make_participation(session, shift, await make_account(session), State.confirmed)
    with pytest.raises(Conflict, match="come together"):
        await actions.confirm_application(
            session, participation=made[0], officer_id=made[0].account_id, now=now
        )
    assert {each.state for each in made} == {State.applied}


async def test_of_a_group_nobody_is_confirmed_when_one_is_busy_by_now(
    session: AsyncSession, now: datetime
) -> None:
    made = await applied_group(session, now)
    busy = await session.get_one(Account, made[1].account_id)
    _, other = await open_need(session)
    await make_participation(session, other, busy, State.confirmed)
    with pytest.raises(Conflict):
        await actions.confirm_application(
            session, participation=made[0], officer_id=made[0].account_id, now=now
        )
    assert {each.state for each in made} == {State.applied}


async def test_one_gives_up_later_and_only_that_place_is_free(session: AsyncSession, now: datetime) -> None:
    _, shift = await open_need(session)
    friends = await people(session, 3)
    group = await make_group(session, shift, *friends)
    await together.complete(session, token=group.token, account_id=friends[0].id, now=now)
    one = await session.scalar(select(Participation).where(Participation.account_id == friends[1].id))
    assert one is not None
    await actions.withdraw(session, participation=one, account_id=friends[1].id, now=now)
    taken, states = await standing(session, shift)
    assert taken == 2
    assert sorted(states) == [State.confirmed, State.confirmed, State.withdrawn]
    for friend in (friends[0], friends[2]):
        assert (await told(session, friend))[-1][0] == "friend_gone"
    assert "friend_gone" not in [event for event, _ in await told(session, friends[1])]


async def test_a_group_larger_than_what_is_free_takes_nothing_and_keeps_its_yeses(
    session: AsyncSession, now: datetime
) -> None:
    _, shift = await open_need(session)
    first, second, third = await people(session, 3)
    group = await together.start(session, shift_id=shift.id, account_id=first.id, size=3, now=now)
    await together.say_yes(session, token=group.token, account_id=second.id, now=now)
    await make_participation(session, shift, await make_account(session), State.confirmed)
    left = await together.say_yes(session, token=group.token, account_id=third.id, now=now)
    assert left.state is GroupState.gathering
    assert await standing(session, shift) == (1, [State.confirmed])
    assert len(await queries.members_of(session, group.id)) == 3
    with pytest.raises(Conflict, match="free now"):
        await together.complete(session, token=group.token, account_id=first.id, now=now)
    with pytest.raises(Conflict, match="free now"):
        await together.start(
            session, shift_id=shift.id, account_id=(await make_account(session)).id, size=3, now=now
        )


async def busy(session: AsyncSession, shift: Shift, person: Account) -> None:
    _, other = await open_need(session)
    await make_participation(session, other, person, State.confirmed)


async def too_young(session: AsyncSession, shift: Shift, person: Account) -> None:
    person.birth_on = date(2012, 1, 1)


async def without_paper(session: AsyncSession, shift: Shift, person: Account) -> None:
    session.add(NeedCredential(need_id=shift.need_id, credential_id="first_aid"))


async def with_a_place(session: AsyncSession, shift: Shift, person: Account) -> None:
    await make_participation(session, shift, person, State.confirmed)


async def with_an_invitation(session: AsyncSession, shift: Shift, person: Account) -> None:
    await make_participation(session, shift, person, State.invited)


async def blocked(session: AsyncSession, shift: Shift, person: Account) -> None:
    need = await session.get_one(Need, shift.need_id)
    organization = await session.get_one(type(await make_organization(session)), need.organization_id)
    await actions.block(
        session,
        organization=organization,
        account_id=person.id,
        side=Side.organization,
        actor_id=person.id,
        reason="三次没来",
        now=clock.now(),
    )


OBSTACLES = [busy, too_young, without_paper, with_a_place, with_an_invitation, blocked]


@pytest.mark.parametrize("in_the_way", OBSTACLES)
async def test_whoever_could_not_come_alone_cannot_say_yes(
    session: AsyncSession, now: datetime, in_the_way: object
) -> None:
    assert callable(in_the_way)
    _, shift = await open_need(session, places=5)
    first, second = await people(session, 2)
    group = await make_group(session, shift, first)
    await in_the_way(session, shift, second)
    await session.flush()
    with pytest.raises(Conflict):
        await together.say_yes(session, token=group.token, account_id=second.id, now=now)
    assert [each.id for each in await queries.members_of(session, group.id)] == [first.id]


@pytest.mark.parametrize("in_the_way", OBSTACLES)
async def test_what_comes_up_after_a_yes_keeps_the_whole_group_from_a_place(
    session: AsyncSession, now: datetime, in_the_way: object
) -> None:
    assert callable(in_the_way)
    _, shift = await open_need(session, places=5)
    first, second = await people(session, 2)
    group = await make_group(session, shift, first, second)
    await in_the_way(session, shift, second)
    await session.flush()
    with pytest.raises(Conflict, match="One of you"):
        await together.complete(session, token=group.token, account_id=first.id, now=now)
    held = await session.scalar(
        select(func.count()).where(Participation.account_id == first.id).select_from(Participation)
    )
    assert held == 0


async def test_a_link_that_has_run_out_or_a_full_group_takes_nobody(
    session: AsyncSession, now: datetime
) -> None:
    _, shift = await open_need(session, places=5)
    first, second, third = await people(session, 3)
    late = await make_group(session, shift, first, expires_at=now)
    full = await make_group(session, shift, second, third)
    ended = await make_group(session, shift, state=GroupState.ended)
    for group in (late, full, ended):
        stranger = await make_account(session)
        with pytest.raises(Conflict):
            await together.say_yes(session, token=group.token, account_id=stranger.id, now=now)


async def test_one_waits_in_one_group_at_a_time(session: AsyncSession, now: datetime) -> None:
    _, shift = await open_need(session, places=6)
    first, second = await people(session, 2)
    group = await together.start(session, shift_id=shift.id, account_id=first.id, size=3, now=now)
    again = await together.start(session, shift_id=shift.id, account_id=first.id, size=4, now=now)
    assert again.id == group.id
    other = await make_group(session, shift, second)
    with pytest.raises(Conflict, match="another group"):
        await together.say_yes(session, token=other.token, account_id=first.id, now=now)


async def test_a_stranger_is_taken_out_and_without_the_starter_the_group_ends(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    _, shift = await open_need(session)
    first, stranger = await people(session, 2)
    group = await make_group(session, shift, first, stranger, size=3)
    await visitor.sign_in(stranger)
    path = f"/together/{group.token}"
    assert (await visitor.submit(f"{path}/remove", {"person": str(first.id)})).status_code == 404
    assert (await visitor.submit(f"{path}/complete")).status_code == 404
    await visitor.sign_in(first)
    assert (await visitor.submit(f"{path}/remove", {"person": str(stranger.id)})).status_code == 303
    assert (await visitor.submit(f"{path}/remove", {"person": str(stranger.id)})).status_code == 404
    assert [each.id for each in await queries.members_of(session, group.id)] == [first.id]
    assert (await visitor.submit(f"{path}/leave")).status_code == 303
    await session.refresh(group)
    assert group.state is GroupState.ended


async def test_friends_find_each_other_through_the_browser(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    _, shift = await open_need(session)
    first, second = await people(session, 2)
    await visitor.sign_in(first)
    started = await visitor.submit(f"/shifts/{shift.id}/together", {"size": "2"})
    link = started.headers["location"]
    assert link in (await visitor.get(link)).text
    assert link in (await visitor.get("/commitments")).text
    assert link in (await visitor.get(f"/needs/{shift.need_id}")).text
    seen = await another_visitor.get(link)
    assert seen.status_code == 200
    assert f"/sign-up?next={link}" in seen.text
    assert str(first.name) not in seen.text
    await another_visitor.sign_in(second)
    assert (await another_visitor.submit(f"{link}/yes")).headers["location"] == link
    page = await another_visitor.get(link)
    assert "/participations/" in page.text
    assert await standing(session, shift) == (2, [State.confirmed] * 2)


async def test_what_is_missing_is_shown_to_the_person_only(
    session: AsyncSession, visitor: Visitor, another_visitor: Visitor
) -> None:
    _, shift = await open_need(session)
    first, second = await people(session, 2)
    group = await make_group(session, shift, first)
    other, other_shift = await open_need(session, title="别处的约定")
    await make_participation(session, other_shift, second, State.confirmed)
    await another_visitor.sign_in(second)
    refused = await another_visitor.submit(f"/together/{group.token}/yes")
    assert refused.status_code == 409
    assert other.title in refused.text
    await visitor.sign_in(first)
    assert other.title not in (await visitor.get(f"/together/{group.token}")).text


async def test_a_link_opens_no_need_that_one_may_not_see(session: AsyncSession, visitor: Visitor) -> None:
    _, shift = await open_need(session, field_id="low_income")
    first, second = await people(session, 2)
    group = await make_group(session, shift, first)
    assert (await visitor.get(f"/together/{group.token}")).status_code == 401
    await visitor.sign_in(second)
    for path in (f"/together/{group.token}", "/together/nonsense", "/together/%00", "/together/" + "x" * 500):
        assert (await visitor.get(path)).status_code == 404


@pytest.mark.parametrize("size", ["", "1", "7", "two", "-2", "9" * 20])
async def test_a_group_has_two_to_six(session: AsyncSession, visitor: Visitor, size: str) -> None:
    _, shift = await open_need(session, places=9)
    await visitor.sign_in(await make_account(session))
    answer = await visitor.submit(f"/shifts/{shift.id}/together", {"size": size})
    assert answer.status_code == 422
    assert await session.scalar(select(func.count()).select_from(FriendGroup)) == 0


async def test_a_group_that_did_not_come_together_ends_and_hears_of_it(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    _, shift = await open_need(session, starts_at=now + timedelta(days=20))
    friends = await people(session, 2)
    group = await make_group(session, shift, *friends, size=3)
    await session.commit()
    assert await end_groups(database, now + timedelta(days=6)) == 0
    assert await end_groups(database, now + timedelta(days=7)) == 1
    await session.refresh(group)
    assert group.state is GroupState.ended
    events = await session.scalars(select(Notice.event))
    assert list(events) == ["together", "together"]
    assert await forget_groups(database, shift.ends_at + timedelta(days=89)) == 0
    assert await forget_groups(database, shift.ends_at + timedelta(days=90)) == 1
    assert await session.scalar(select(func.count()).select_from(FriendGroupMember)) == 0
