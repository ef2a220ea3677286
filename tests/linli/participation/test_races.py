"""Two server processes, one database: what people do at the same moment never breaks a promise."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.models import Conversation, ConversationMessage
from linli.needs.models import Need, Shift
from linli.needs.rules import Joining
from linli.participation.models import FriendGroup, Participation
from linli.participation.rules import GroupState, State
from linli.participation.together.queries import members_of, places_of_group
from tests.factories import (
    make_account,
    make_group,
    make_member,
    make_need,
    make_organization,
    make_participation,
)
from tests.linli.participation.racing import Press, Racer, Track, rounds

RACERS, PLACES = 16, 3


@pytest.fixture(scope="module")
async def racers(track: Track) -> list[Racer]:
    async with track.database.transaction() as session:
        accounts = [await make_account(session) for _ in range(RACERS)]
    return [await track.sign_in(account) for account in accounts]


@pytest.fixture(scope="module")
async def officer(track: Track) -> Racer:
    async with track.database.transaction() as session:
        account = await make_member(session, await make_organization(session))
    return await track.sign_in(account)


async def apply_at_once(
    session: AsyncSession, track: Track, racers: Sequence[Racer], _: Racer
) -> list[Press]:
    need = await make_need(session, places=PLACES, starts_at=track.next_start(), joining=Joining.at_once)
    return [Press(racer, f"/shifts/{need.shifts[0].id}/apply") for racer in racers]


async def accept_invitations(
    session: AsyncSession, track: Track, racers: Sequence[Racer], _: Racer
) -> list[Press]:
    need = await make_need(session, places=PLACES, starts_at=track.next_start())
    asked = [await invited(session, need.shifts[0], racer.account) for racer in racers]
    return [
        Press(racer, f"/participations/{each.id}/accept") for racer, each in zip(racers, asked, strict=True)
    ]


async def confirm_applications(
    session: AsyncSession, track: Track, racers: Sequence[Racer], officer: Racer
) -> list[Press]:
    organization = await make_organization(session)
    await make_member(session, organization, account=await session.merge(officer.account))
    need = await make_need(session, organization=organization, places=PLACES, starts_at=track.next_start())
    applied = [await make_participation(session, need.shifts[0], racer.account) for racer in racers]
    return [Press(officer, f"/participations/{each.id}/confirm") for each in applied]


async def invited(session: AsyncSession, shift: Shift, account: Account) -> Participation:
    return await make_participation(session, shift, account, State.invited, expires_at=shift.starts_at)


def statuses(answers: Sequence[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def only_shift(track: Track) -> Shift:
    """The shift of the need made last."""
    async with track.database.session(writes=False) as session:
        found = await session.scalar(
            select(Shift).join(Need, Need.id == Shift.need_id).order_by(Need.id.desc()).limit(1)
        )
    assert found is not None
    return found


@pytest.mark.parametrize("way_in", [apply_at_once, accept_invitations, confirm_applications])
async def test_sixteen_at_once_for_three_places_are_exactly_three(
    track: Track, racers: list[Racer], officer: Racer, way_in: object
) -> None:
    assert callable(way_in)
    for _ in range(rounds(2)):
        async with track.database.transaction() as session:
            presses = await way_in(session, track, racers, officer)
        answers = await track.at_once(presses)
        assert statuses(answers) == {303: PLACES, 409: RACERS - PLACES}
        assert await track.standing((await only_shift(track)).id) == (PLACES, PLACES)


async def test_the_same_people_stand_in_every_time_whichever_time_each_of_them_pressed(
    track: Track, racers: list[Racer]
) -> None:
    async with track.database.transaction() as session:
        starts_at = track.next_start(days=3)
        need = await make_need(
            session,
            places=PLACES,
            shifts=3,
            same_person=True,
            starts_at=starts_at,
            joining=Joining.at_once,
        )
    times = [shift.id for shift in need.shifts]
    answers = await track.at_once(
        [Press(racer, f"/shifts/{times[n % len(times)]}/apply") for n, racer in enumerate(racers)]
    )
    assert statuses(answers) == {303: PLACES, 409: RACERS - PLACES}
    assert [await track.standing(id) for id in times] == [(PLACES, PLACES)] * 3


@pytest.mark.parametrize("keys", [("", ""), ("one", "two")], ids=["without keys", "with a key each"])
async def test_one_person_gets_one_of_two_places_at_the_same_time(
    track: Track, racers: list[Racer], keys: tuple[str, str]
) -> None:
    person = racers[0]
    for n in range(rounds(3)):
        start = track.next_start()
        async with track.database.transaction() as session:
            first = await make_need(session, starts_at=start, joining=Joining.at_once)
            second = await make_need(session, starts_at=start + timedelta(hours=1), joining=Joining.at_once)
        shifts = [first.shifts[0].id, second.shifts[0].id]
        answers = await track.at_once(
            [
                Press(person, f"/shifts/{shift}/apply", key=key and f"{key} {n}")
                for shift, key in zip(shifts, keys, strict=True)
            ]
        )
        assert statuses(answers) == {303: 1, 409: 1}
        assert sum([(await track.standing(shift))[1] for shift in shifts]) == 1


async def test_one_person_gets_one_place_who_says_yes_and_applies_elsewhere_at_the_same_time(
    track: Track, racers: list[Racer]
) -> None:
    start = track.next_start()
    async with track.database.transaction() as session:
        asked = await make_need(session, starts_at=start)
        invitation = await invited(session, asked.shifts[0], racers[1].account)
        other = await make_need(session, starts_at=start, joining=Joining.at_once)
    answers = await track.at_once(
        [
            Press(racers[1], f"/participations/{invitation.id}/accept"),
            Press(racers[1], f"/shifts/{other.shifts[0].id}/apply"),
        ]
    )
    assert statuses(answers) == {303: 1, 409: 1}


async def test_who_withdraws_while_others_apply_leaves_no_place_counted_twice(
    track: Track, racers: list[Racer]
) -> None:
    for _ in range(rounds(2)):
        async with track.database.transaction() as session:
            need = await make_need(
                session, places=PLACES, starts_at=track.next_start(), joining=Joining.at_once
            )
            shift = need.shifts[0]
            held = [
                await make_participation(session, shift, racer.account, State.confirmed)
                for racer in racers[:PLACES]
            ]
        leaving = [
            Press(racer, f"/participations/{each.id}/withdraw")
            for racer, each in zip(racers, held, strict=False)
        ]
        coming = [Press(racer, f"/shifts/{shift.id}/apply") for racer in racers[PLACES : 3 * PLACES]]
        answers = await track.at_once(
            [press for pair in zip(coming, leaving * 2, strict=True) for press in pair]
        )
        left, came = answers[1::2], answers[0::2]
        assert statuses(left) == {303: 2 * PLACES}
        assert set(statuses(came)) <= {303, 409}
        assert await track.standing(shift.id) == (statuses(came)[303], statuses(came)[303])


@pytest.mark.parametrize("joining", list(Joining))
@pytest.mark.parametrize("key", [None, "a double click"], ids=["without a key", "with the same key"])
async def test_a_double_click_is_one_application(
    track: Track, racers: list[Racer], joining: Joining, key: str | None
) -> None:
    async with track.database.transaction() as session:
        need = await make_need(session, starts_at=track.next_start(), joining=joining)
    shift = need.shifts[0]
    own_key = key and f"{key} {shift.id}"
    answers = await track.at_once([Press(racers[2], f"/shifts/{shift.id}/apply", key=own_key)] * 4)
    assert statuses(answers) == {303: 4}
    assert len({answer.headers["location"] for answer in answers}) == 1
    async with track.database.session(writes=False) as session:
        found = (await session.scalars(select(Participation).where(Participation.shift_id == shift.id))).all()
    assert len(found) == 1


async def test_a_key_is_for_one_content_only(track: Track, racers: list[Racer]) -> None:
    async with track.database.transaction() as session:
        need = await make_need(session, starts_at=track.next_start(), joining=Joining.at_once)
    path = f"/shifts/{need.shifts[0].id}/apply"
    answers = await track.at_once(
        [
            Press(racers[3], path, key="once", note="I bring tea"),
            Press(racers[3], path, key="once", note="No tea"),
        ]
    )
    assert statuses(answers) == {303: 1, 409: 1}
    assert await track.standing(need.shifts[0].id) == (1, 1)


# Who presses at the same moment: so many people, and groups of these sizes; sixteen in all.
CROWDS = [(8, (2,) * 8), (4, (3,) * 6 + (2,) * 6), (0, (2,) * 16), (12, (4, 3, 2, 6))]


@pytest.mark.parametrize("joining", list(Joining))
@pytest.mark.parametrize(("alone", "sizes"), CROWDS)
async def test_people_and_friends_at_once_never_take_half_a_group_or_one_place_too_many(
    track: Track, officer: Racer, alone: int, sizes: tuple[int, ...], joining: Joining
) -> None:
    for _ in range(rounds(1)):
        async with track.database.transaction() as session:
            presses, shift = await crowd(session, track, officer, alone, sizes, joining)
        assert len(presses) == RACERS
        answers = await track.at_once(presses)
        assert set(statuses(answers)) <= {303, 409}
        taken, confirmed = await track.standing(shift.id)
        assert taken == confirmed <= PLACES
        assert confirmed >= (PLACES if alone else min(sizes))
        came = await came_of_each_group(track, shift)
        assert all(count in {0, size} for size, count in came)
        assert statuses(answers)[303] == sum(count > 0 for _, count in came) + confirmed - sum(
            count for _, count in came
        )


async def crowd(
    session: AsyncSession,
    track: Track,
    officer: Racer,
    alone: int,
    sizes: Sequence[int],
    joining: Joining,
) -> tuple[list[Press], Shift]:
    """At once: people take places, starters say that all are there. Else an officer confirms each offer."""
    organization = await make_organization(session)
    await make_member(session, organization, account=await session.merge(officer.account))
    need = await make_need(
        session, organization=organization, places=PLACES, starts_at=track.next_start(), joining=joining
    )
    [shift] = need.shifts
    single = [await make_account(session) for _ in range(alone)]
    groups = [
        await make_group(session, shift, *[await make_account(session) for _ in range(size)])
        for size in sizes
    ]
    if joining is Joining.asked:
        offers = [await make_participation(session, shift, each) for each in single]
        for group in groups:
            group.state = GroupState.taken
            members = await members_of(session, group.id)
            made = [await make_participation(session, shift, each, group_id=group.id) for each in members]
            offers.append(made[-1])
        return [Press(officer, f"/participations/{each.id}/confirm") for each in offers], shift
    await session.commit()
    starters = [await track.sign_in((await members_of(session, each.id))[0]) for each in groups]
    presses = [
        Press(starter, f"/together/{group.token}/complete")
        for starter, group in zip(starters, groups, strict=True)
    ]
    presses += [Press(await track.sign_in(each), f"/shifts/{shift.id}/apply") for each in single]
    return presses[::2] + presses[1::2], shift


async def came_of_each_group(track: Track, shift: Shift) -> list[tuple[int, int]]:
    """For each group how many it is, and how many of them hold a place."""
    async with track.database.session(writes=False) as session:
        groups = await session.scalars(select(FriendGroup).where(FriendGroup.shift_id == shift.id))
        return [
            (
                len(await members_of(session, group.id)),
                list((await places_of_group(session, group.id)).values()).count(State.confirmed),
            )
            for group in groups
        ]


async def test_the_last_two_yeses_at_the_same_moment_take_the_places_once(track: Track) -> None:
    for _ in range(rounds(2)):
        async with track.database.transaction() as session:
            need = await make_need(
                session, places=PLACES, starts_at=track.next_start(), joining=Joining.at_once
            )
            friends = [await make_account(session) for _ in range(3)]
            group = await make_group(session, need.shifts[0], friends[0], size=3)
        late = [await track.sign_in(each) for each in friends[1:]]
        answers = await track.at_once([Press(each, f"/together/{group.token}/yes") for each in late])
        assert statuses(answers) == {303: 2}
        assert await track.standing(need.shifts[0].id) == (3, 3)


async def test_a_question_sent_four_times_at_once_is_one_message_in_one_conversation(
    track: Track, racers: list[Racer]
) -> None:
    async with track.database.transaction() as session:
        need = await make_need(session, starts_at=track.next_start())
    press = Press(
        racers[4], f"/needs/{need.id}/question", key=f"form of {need.id}", fields={"text": "几点集合？"}
    )
    answers = await track.at_once([press] * 4)
    assert statuses(answers) == {303: 4}
    assert len({answer.headers["location"] for answer in answers}) == 1
    async with track.database.session(writes=False) as session:
        written = select(func.count()).select_from(ConversationMessage).join(Conversation)
        assert await session.scalar(written.where(Conversation.need_id == need.id)) == 1


async def test_a_block_and_a_yes_at_the_same_moment_leave_no_invitation_open(
    track: Track, racers: list[Racer]
) -> None:
    for _ in range(rounds(3)):
        async with track.database.transaction() as session:
            need = await make_need(session, starts_at=track.next_start())
            invitation = await invited(session, need.shifts[0], racers[5].account)
        answers = await track.at_once(
            [
                Press(racers[5], f"/organizations/{need.organization_id}/block"),
                Press(racers[5], f"/participations/{invitation.id}/accept"),
            ]
        )
        blocked, accepted = statuses(answers[:1]), statuses(answers[1:])
        assert blocked == {303: 1}
        assert set(accepted) <= {303, 409}
        taken, confirmed = await track.standing(need.shifts[0].id)
        assert taken == confirmed == accepted[303]
        async with track.database.session(writes=False) as session:
            now = await session.get_one(Participation, invitation.id)
            assert now.state is (State.confirmed if accepted[303] else State.declined)
