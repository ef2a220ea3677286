"""Two server processes, one database: people, friends and teams reach for the same places at once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.dispatch import actions
from linli.dispatch.models import Dispatch
from linli.dispatch.rules import DispatchState
from linli.needs.models import Need, Shift
from linli.needs.rules import Joining
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.participation.together.queries import members_of
from linli.teams.models import Team
from linli.teams.rules import TeamRole
from tests.factories import (
    make_account,
    make_group,
    make_member,
    make_need,
    make_organization,
    make_team,
    make_team_member,
)
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.participation.racing import Press, Racer, Track, rounds

PLACES, RACERS = 3, 16


async def open_shift(session: AsyncSession, track: Track) -> Shift:
    need = await make_need(
        session,
        places=PLACES,
        starts_at=track.next_start() + timedelta(days=3),
        joining=Joining.at_once,
    )
    return need.shifts[0]


async def asked_team(
    session: AsyncSession, track: Track, shift: Shift, places: int, *, state: DispatchState
) -> tuple[Dispatch, Racer, Racer, Organization]:
    """A team asked by the real clock, with its leader and a deputy signed in."""
    charity = await make_organization(session, OrganizationKind.charity)
    team = await make_team(session, charity)
    leader, deputy = await make_account(session), await make_account(session)
    await make_team_member(session, team, leader, TeamRole.leader)
    await make_team_member(session, team, deputy, TeamRole.deputy)
    until = shift.starts_at - timedelta(hours=2)
    dispatch = await make_dispatch(
        session, shift, team, state, places=places, until=until, answer_until=until
    )
    await session.commit()
    return dispatch, await track.sign_in(leader), await track.sign_in(deputy), charity


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def expect_whole(track: Track, shift: Shift) -> int:
    """What counts as taken is who holds a place and what is held, and never more than there are."""
    taken, confirmed = await track.standing(shift.id)
    assert taken == confirmed + await track.held(shift.id) <= PLACES
    return taken


async def test_people_friends_and_teams_at_once_never_take_one_place_too_many(track: Track) -> None:
    for _ in range(rounds(2)):
        async with track.database.transaction() as session:
            shift = await open_shift(session, track)
            people = [await make_account(session) for _ in range(6)]
            groups = [
                await make_group(session, shift, await make_account(session), await make_account(session))
                for _ in range(5)
            ]
            starters = [(await members_of(session, group.id))[0] for group in groups]
            teams = [
                await asked_team(session, track, shift, places, state=DispatchState.asked)
                for places in (1, 2, 2, 3, 3)
            ]
        presses = [Press(await track.sign_in(each), f"/shifts/{shift.id}/apply") for each in people]
        presses += [
            Press(await track.sign_in(starter), f"/together/{group.token}/complete")
            for starter, group in zip(starters, groups, strict=True)
        ]
        presses += [
            Press(leader, f"/dispatch/{each.id}/accept", fields={"places": str(each.places)})
            for each, leader, _, _ in teams
        ]
        assert len(presses) == RACERS
        mixed = [press for n in range(5) for press in presses[n::5]]
        answers = await track.at_once(mixed)
        assert set(statuses(answers)) <= {303, 409}
        # Whoever wants one place takes the last, so nothing stays empty.
        assert await expect_whole(track, shift) == PLACES


async def test_leader_and_deputy_both_say_yes_and_it_is_one_yes(track: Track) -> None:
    for _ in range(rounds(2)):
        async with track.database.transaction() as session:
            shift = await open_shift(session, track)
            dispatch, leader, deputy, _ = await asked_team(
                session, track, shift, 1, state=DispatchState.asked
            )
        path = f"/dispatch/{dispatch.id}/accept"
        answers = await track.at_once(
            [Press(each, path, fields={"places": "1"}) for each in (leader, deputy)]
        )
        assert statuses(answers) == {303: 1, 409: 1}
        assert await expect_whole(track, shift) == 1


async def test_the_officer_withdraws_while_the_leader_accepts(track: Track) -> None:
    for _ in range(rounds(4)):
        async with track.database.transaction() as session:
            shift = await open_shift(session, track)
            dispatch, leader, _, _ = await asked_team(session, track, shift, 2, state=DispatchState.asked)
            officer = await make_member(session, await committee_of(session, shift))
        presses = [
            Press(leader, f"/dispatch/{dispatch.id}/accept", fields={"places": "2"}),
            Press(await track.sign_in(officer), f"/dispatch/{dispatch.id}/withdraw"),
        ]
        answers = await track.at_once(presses)
        assert answers[1].status_code == 303
        assert answers[0].status_code in {303, 409}
        assert await state_of(track, dispatch) is DispatchState.withdrawn
        assert await expect_whole(track, shift) == 0


async def test_a_member_answers_while_the_hold_is_released_and_others_apply(track: Track) -> None:
    for _ in range(rounds(4)):
        async with track.database.transaction() as session:
            shift = await open_shift(session, track)
            dispatch, leader, _, _ = await asked_team(session, track, shift, 2, state=DispatchState.accepted)
            member = await make_account(session)
            assert dispatch.team_id is not None
            await make_team_member(session, await session.get_one(Team, dispatch.team_id), member)
            named = await actions.name_members(
                session,
                dispatch=dispatch,
                account_ids=[member.id],
                named_by_id=leader.account.id,
                now=datetime.now(UTC),
            )
            [offer] = named.asked
            others = [await make_account(session) for _ in range(6)]
        presses = [
            Press(leader, f"/dispatch/{dispatch.id}/release"),
            Press(await track.sign_in(member), f"/participations/{offer.id}/decline"),
            *[Press(await track.sign_in(each), f"/shifts/{shift.id}/apply") for each in others],
        ]
        answers = await track.at_once(presses)
        assert [answer.status_code for answer in answers[:2]] == [303, 303]
        assert set(statuses(answers[2:])) <= {303, 409}
        assert await expect_whole(track, shift) == statuses(answers[2:])[303]
        assert await track.held(shift.id) == 0


async def committee_of(session: AsyncSession, shift: Shift) -> Organization:
    need = await session.get_one(Need, shift.need_id)
    return await session.get_one(Organization, need.organization_id)


async def state_of(track: Track, dispatch: Dispatch) -> DispatchState:
    async with track.database.session(writes=False) as session:
        found = await session.scalar(select(Dispatch.state).where(Dispatch.id == dispatch.id))
    assert found is not None
    return found
