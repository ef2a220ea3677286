"""The field matrix: exact place, contact and beneficiary, a volunteer's phone and birth date, everywhere.

Walks all routes that are read, so that a page that comes later is looked at too.
"""

import re
from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.web.application import Application
from linli.notifications.models import Notice, OutboxMessage
from linli.organizations.rules import Role
from linli.participation.rules import State
from linli.suggestions.actions import refresh_need
from tests.conftest import Visitor
from tests.factories import make_member, make_need, make_organization
from tests.house import expect_none
from tests.linli.suggestions.factories import make_helper
from tests.linli.test_rights import ACTORS, routes_of
from tests.linli.world import (
    BORN_ON,
    DESKS,
    EMAIL,
    GIVEN_NAME,
    LEADER,
    MOBILE,
    PRIVATE,
    VISITOR,
    VOLUNTEER,
    Ids,
    World,
    make_world,
)

# A point counts as shown from the third digit on: that is a hundred metres.
OWNED = {name: f"{value:.3f}" if isinstance(value, float) else value for name, value in PRIVATE.items()}
CONTACT = {"address", "directions", "contact_name", "contact_phone"}
# A volunteer's own; "name" is the given name, because before a yes an officer sees the surname.
PERSONAL = {"name": GIVEN_NAME, "mobile": MOBILE, "email": EMAIL, "birth year": str(BORN_ON.year)}
# What an owner typed is given back to be edited; to nobody else.
FORMS = {"/needs/{need_id}/edit", "/needs/{need_id}/edit/with", "/needs/{need_id}/again"}
DESK, ROSTER = "/needs/{need_id}/desk", "/needs/{need_id}/roster"
# Whoever checks a paper must know whose it is.
PAPERS_TO_CHECK = "/organizations/{organization_id}/credentials"
# By joining a team its members agreed to be seen there.
TEAM_ROSTER = "/teams/{team_id}/roster"
PEOPLE = "/organizations/{organization_id}/people"
# Who leads it names who goes.
TEAM_DESK = "/teams/{team_id}/desk"
DISPATCH = "/dispatch/{dispatch_id}"


LOW_INCOME, PUBLIC = "low_income", "elderly_care"
# Who looks, in which state the volunteer is with the desks, and whether the needs stand on public pages.
LOOKS = [
    *((actor, State.confirmed, LOW_INCOME) for actor in ACTORS),
    *((VOLUNTEER, state, LOW_INCOME) for state in (State.invited, State.applied, State.withdrawn)),
    *((Role.officer, state, LOW_INCOME) for state in (State.invited, State.applied, State.withdrawn)),
    (VISITOR, State.confirmed, PUBLIC),
    (VOLUNTEER, State.cancelled, PUBLIC),
]


def may_show(actor: str, state: State, path: str) -> set[str]:
    """What this actor may read of their own affairs on this page; of anybody else's it is nothing."""
    has_place = state is State.confirmed
    place = CONTACT if has_place and path == "/participations/{participation_id}" else set()
    if actor == VOLUNTEER:
        return set(PERSONAL) | place
    if actor == LEADER and place:
        return place
    if path in {PAPERS_TO_CHECK, DISPATCH, TEAM_DESK}:
        return {"name"}
    if path == TEAM_ROSTER or path.endswith(("/roster.csv", "/roster.xlsx")):
        return {"name", "mobile", "birth year"}
    if path == PEOPLE:
        return {"name"}
    if actor in DESKS and path in FORMS:
        return set(OWNED)
    if actor in DESKS and has_place:
        return {ROSTER: {"name", "mobile"}, DESK: {"name"}}.get(path, set())
    return set()


@pytest.mark.parametrize(("actor", "state", "field"), LOOKS)
async def test_private_fields_stand_only_where_a_place_or_the_owner_looks(
    world: World, visitor: Visitor, app: Application, actor: str, state: State, field: str
) -> None:
    if actor != VISITOR:
        await visitor.sign_in(world.accounts[actor])
    found = []
    for path in readable(app):
        if wrong := await shown(visitor, path, world.own[actor]) - may_show(actor, state, path):
            found.append(f"{sorted(wrong)} on {path}")
        # Their own name stands in the head of every page.
        theirs = {"name"} if actor == VOLUNTEER else set()
        if "{" in path and (wrong := await shown(visitor, path, world.others[actor]) - theirs):
            found.append(f"{sorted(wrong)} on somebody else's {path}")
    expect_none(found)


@pytest.mark.parametrize(
    ("actor", "path", "words"),
    [
        (VOLUNTEER, "/participations/{participation_id}", CONTACT),
        (Role.officer, "/needs/{need_id}/edit", set(OWNED)),
        (Role.coordinator, "/needs/{need_id}/roster", {"name", "mobile"}),
        (LEADER, TEAM_ROSTER, {"name", "mobile"}),
    ],
)
async def test_those_who_need_them_see_them(
    world: World, visitor: Visitor, actor: str, path: str, words: set[str]
) -> None:
    await visitor.sign_in(world.accounts[actor])
    assert words <= await shown(visitor, path, world.own[actor])


def readable(app: Application) -> list[str]:
    paths = sorted(route.removeprefix("GET ") for route in routes_of(app) if route.startswith("GET "))
    assert len(paths) > 30
    # The development mailbox holds what has left for somebody's address, and does not exist in production.
    return [path for path in paths if not path.startswith(("/static", "/health", "/dev"))]


async def shown(visitor: Visitor, path: str, ids: Ids) -> set[str]:
    """Which of them stand in the answer, refusals as JSON; a calendar file breaks long lines."""
    answer = await visitor.get(path.format(**ids), headers={"Accept": "text/html, application/json"})
    text = answer.text.replace("\r\n ", "")
    return {name for name, word in (OWNED | PERSONAL).items() if stands(word, text)}


def stands(word: str, text: str) -> bool:
    """By itself: in ids and tokens, which are random, a year stands sooner or later."""
    return (
        re.search(rf"(?<![\w-]){re.escape(word)}(?!\w)" if word.isdecimal() else re.escape(word), text)
        is not None
    )


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_leaves_the_house_carries_neither(
    session: AsyncSession, visitor: Visitor, language: str
) -> None:
    """Everything that a yes, a no and a calling-off send to both sides."""
    world = await make_world(session, state=State.invited)
    await session.execute(update(Account).values(language=language))
    own = world.own[VOLUNTEER]
    await visitor.sign_in(world.accounts[VOLUNTEER])
    await visitor.submit(f"/participations/{own['participation_id']}/accept")
    await visitor.sign_in(world.accounts[Role.officer])
    await visitor.submit(f"/needs/{own['need_id']}/cancel", {"reason": "下雨"})
    left = [f"{each.subject}{each.sentence}" for each in await session.scalars(select(OutboxMessage))]
    left += [str(each.sentence) for each in await session.scalars(select(Notice))]
    left.append((await visitor.get("/dev/mailbox")).text)
    assert len(left) > 4
    for name, word in (OWNED | PERSONAL).items():
        if name not in {"mobile", "email"}:  # where it is sent to
            expect_none(f"{name} in {text[:80]}" for text in left if stands(word, text))


async def test_before_a_yes_an_officer_sees_a_surname_and_reasons(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    committee = await make_organization(session)
    need = await make_need(session, organization=committee, longitude=106.92, latitude=27.72)
    account = {"name": f"欧阳{GIVEN_NAME}", "mobile": MOBILE, "email": EMAIL, "birth_on": BORN_ON}
    await make_helper(session, account=account, longitude=106.927153, latitude=27.725193)
    await refresh_need(session, need_id=need.id, now=now)
    await visitor.sign_in(await make_member(session, committee))
    for path in (DESK, f"{DESK}/people"):
        page = await visitor.get(path.format(need_id=need.id))
        assert "欧阳" in page.text
        assert await shown(visitor, path, {"need_id": str(need.id)}) == set()


async def test_a_need_that_is_not_for_public_pages_stands_in_no_list(
    session: AsyncSession, visitor: Visitor, app: Application
) -> None:
    need = await make_need(session, field_id=LOW_INCOME, title="密题帮扶", **PRIVATE)
    await visitor.sign_in(await make_helper(session))
    paths = [path for path in readable(app) if "{" not in path]
    expect_none(
        [path for path in (*paths, "/home?order=newest&show=all") if "密题" in (await visitor.get(path)).text]
    )
    assert (await visitor.get(f"/needs/{need.id}")).status_code == 404
