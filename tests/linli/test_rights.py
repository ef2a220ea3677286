"""Every route, every role, one's own things, a neighbour's and another county's: who may, and who not.

`make rights` runs this alone and ends with the sum of the matrix.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from litestar.routes import HTTPRoute
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.providers import Client
from linli.core.config import Settings
from linli.core.web.application import Application
from linli.organizations.rules import ACTING_ROLES, OrganizationKind, Role
from tests.conftest import RolledBackDatabase, Visitor
from tests.factories import make_key, make_organization
from tests.house import expect_none
from tests.linli.accounts.providers.standing import provider_at
from tests.linli.dispatch.routes import dispatch_routes
from tests.linli.rights import Rights, cells_of, open_to, open_to_bureau
from tests.linli.walking import Walker, mistakes
from tests.linli.world import (
    BUREAU,
    DESKS,
    LEADER,
    NEARBY,
    STAFF,
    VISITOR,
    VOLUNTEER,
    World,
)

ACTORS = (VISITOR, VOLUNTEER, LEADER, *STAFF)
SIGNED_IN = frozenset({VOLUNTEER, LEADER, *STAFF})
ASKING = frozenset(DESKS)
ANYONE = Rights(*[frozenset(ACTORS)] * 4)
# Pages without an id in their path: they show and change what belongs to who is signed in.
THEMSELVES = Rights(*[SIGNED_IN] * 4)
DESK = open_to(ASKING)
SEES_NEED = open_to(VOLUNTEER, LEADER, ASKING, Role.bureau_staff).of_neighbours_too(Role.bureau_staff)
READS_NEED = open_to(SIGNED_IN).of_neighbours_too(*BUREAU)
ANSWERS = open_to(VOLUNTEER, LEADER)
# A committee answers for a group of neighbours and does not lead it.
LEADS = open_to(LEADER, Role.coordinator, Role.social_worker)
BELONGS = open_to(VOLUNTEER, LEADER)
TALKS = open_to(VOLUNTEER, LEADER, ASKING)
HEARS_REPORTS = open_to(ASKING, BUREAU)
INSURES = open_to(ASKING, Role.bureau_staff).of_neighbours_too(Role.bureau_staff)
READS_INSURANCES = open_to(ASKING, BUREAU).of_neighbours_too(*BUREAU)
READMITS = open_to(ACTING_ROLES).of_neighbours_too(Role.bureau_staff)
CHECKS_PAPERS = open_to(Role.officer, Role.social_worker, Role.bureau_staff)
# Of anybody in the same county, for that is where a volunteer goes with a paper.
CHECKS_PAPERS_NEARBY = replace(CHECKS_PAPERS, inside=CHECKS_PAPERS.own)

ROUTES = {
    "GET /": ANYONE,
    "GET /health/live": ANYONE,
    "GET /health/ready": ANYONE,
    "GET /static/{path}": ANYONE,
    "GET /dev/mailbox": ANYONE,
    "POST /language": ANYONE,
    "POST /text-size": ANYONE,
    "GET /privacy": ANYONE,
    "GET /figures": ANYONE,
    "GET /places": ANYONE,
    "GET /sign-up": ANYONE,
    "POST /sign-up": ANYONE,
    "GET /sign-in": ANYONE,
    "POST /sign-in": ANYONE,
    "GET /confirm": ANYONE,
    "POST /confirm": ANYONE,
    "POST /confirm/again": ANYONE,
    "GET /second-step": ANYONE,
    "POST /second-step": ANYONE,
    "GET /reset-password": ANYONE,
    "POST /reset-password": ANYONE,
    "GET /reset-password/confirm": ANYONE,
    "POST /reset-password/confirm": ANYONE,
    "GET /sign-in/new": ANYONE,
    "GET /sign-in/with/{provider_id}": ANYONE,
    "GET /sign-in/with/{provider_id}/return": ANYONE,
    "POST /sign-out": THEMSELVES,
    "GET /me/account": THEMSELVES,
    "POST /me/account": THEMSELVES,
    "GET /me/account/password": THEMSELVES,
    "POST /me/account/password": THEMSELVES,
    "GET /me/account/address": THEMSELVES,
    "POST /me/account/address": THEMSELVES,
    "GET /me/account/address/confirm": THEMSELVES,
    "POST /me/account/address/confirm": THEMSELVES,
    "GET /me/account/second-step": THEMSELVES,
    "POST /me/account/second-step": THEMSELVES,
    "GET /me/account/second-step/new": THEMSELVES,
    "POST /me/account/second-step/new": THEMSELVES,
    "POST /me/account/second-step/codes": THEMSELVES,
    "POST /me/account/second-step/off": THEMSELVES,
    "POST /me/account/devices/{device_id}/end": open_to(SIGNED_IN),
    "GET /me/account/programs": THEMSELVES,
    "POST /me/account/programs": THEMSELVES,
    "POST /me/account/programs/{key_id}/end": open_to(SIGNED_IN),
    "GET /api": ANYONE,
    "GET /api/v1/openapi.json": ANYONE,
    "GET /api/v1/me": THEMSELVES,
    # With the holder's key, and by the policies of the pages.
    "GET /api/v1/needs": THEMSELVES,
    "GET /api/v1/needs/{need_id}": READS_NEED,
    "GET /api/v1/needs/{need_id}/suggestions": DESK,
    "GET /api/v1/organizations": THEMSELVES,
    "GET /api/v1/organizations/{organization_id}": THEMSELVES,
    "GET /api/v1/organizations/{organization_id}/needs": DESK,
    "POST /api/v1/organizations/{organization_id}/needs": DESK,
    "GET /api/v1/teams": THEMSELVES,
    "GET /api/v1/teams/{team_id}": THEMSELVES,
    "GET /me/account/connect": THEMSELVES,
    "POST /me/account/connect": THEMSELVES,
    "POST /me/account/identities/{identity_id}/end": open_to(SIGNED_IN),
    "POST /me/account/sessions/end": THEMSELVES,
    "POST /me/account/sessions/{session_id}/end": open_to(SIGNED_IN),
    "POST /me/account/withdraw-consent": THEMSELVES,
    "GET /me/suggestions": THEMSELVES,
    "POST /me/suggestions": THEMSELVES,
    "POST /me/suggestions/forget": THEMSELVES,
    "POST /me/suggestions/forget-answers": THEMSELVES,
    "GET /me/data": THEMSELVES,
    "GET /me/data.json": THEMSELVES,
    "GET /me/notices": THEMSELVES,
    "GET /me/volunteer": THEMSELVES,
    "GET /me/volunteer/asking": THEMSELVES,
    "POST /me/volunteer/asking": THEMSELVES,
    "POST /me/volunteer/asking/reply": THEMSELVES,
    "POST /me/volunteer/asking/wishes": THEMSELVES,
    "GET /me/volunteer/{part}": THEMSELVES,
    "POST /me/volunteer/{part}": THEMSELVES,
    "GET /me/credentials": THEMSELVES,
    "POST /me/credentials": THEMSELVES,
    "POST /me/credentials/{credential_id}/withdraw": THEMSELVES,
    "GET /start": THEMSELVES,
    "GET /home": THEMSELVES,
    "POST /home/order": THEMSELVES,
    "GET /commitments": THEMSELVES,
    "GET /needs": ANYONE,
    "GET /needs/{need_id}": READS_NEED,
    "POST /shifts/{shift_id}/apply": SEES_NEED,
    "POST /shifts/{shift_id}/together": SEES_NEED,
    # A link leads whoever may see the need; of a need that is not public it leads a visitor to the sign-in.
    "GET /together/{link}": SEES_NEED,
    "POST /together/{link}/yes": SEES_NEED,
    "POST /together/{link}/leave": ANSWERS,
    "POST /together/{link}/complete": ANSWERS,
    "POST /together/{link}/remove": ANSWERS,
    "GET /participations/{participation_id}": ANSWERS,
    "GET /participations/{participation_id}/calendar.ics": ANSWERS,
    "POST /participations/{participation_id}/accept": ANSWERS,
    "POST /participations/{participation_id}/decline": ANSWERS,
    "POST /participations/{participation_id}/withdraw": ANSWERS,
    "POST /participations/{participation_id}/confirm": DESK,
    "POST /participations/{participation_id}/refuse": DESK,
    "POST /participations/{participation_id}/cancel": DESK,
    "GET /needs/{need_id}/edit": DESK,
    "POST /needs/{need_id}/edit": DESK,
    "GET /needs/{need_id}/again": DESK,
    "POST /needs/{need_id}/publish": DESK,
    "POST /needs/{need_id}/answer": DESK,
    "GET /needs/{need_id}/sheet": DESK,
    "GET /needs/{need_id}/cancel": DESK,
    "POST /needs/{need_id}/cancel": DESK,
    "GET /needs/{need_id}/desk": DESK,
    "GET /needs/{need_id}/desk/people": DESK,
    "GET /needs/{need_id}/desk/ways": DESK,
    "GET /needs/{need_id}/desk/change": DESK,
    "GET /needs/{need_id}/edit/with": DESK,
    "GET /needs/{need_id}/desk/teams": DESK,
    "GET /needs/{need_id}/desk/organizations": DESK,
    "POST /needs/{need_id}/ask": DESK,
    "POST /needs/{need_id}/asking/{asking_id}/hold": DESK,
    "POST /needs/{need_id}/asking/{asking_id}/go-on": DESK,
    "POST /needs/{need_id}/asking/{asking_id}/end": DESK,
    "GET /needs/{need_id}/roster": DESK,
    "GET /organizations": ANYONE,
    "GET /organizations/new": ANYONE,
    "GET /organizations/places": ANYONE,
    "GET /organizations/areas": ANYONE,
    "POST /organizations": THEMSELVES,
    "GET /teams": ANYONE,
    "GET /teams/new": THEMSELVES,
    "POST /teams/new": THEMSELVES,
    "GET /me/teams": THEMSELVES,
    "GET /join/{token}": ANYONE,
    "POST /join/{token}": THEMSELVES,
    "GET /teams/{team_id}": ANYONE,
    "POST /teams/{team_id}/ask": THEMSELVES,
    "POST /teams/{team_id}/leave": BELONGS,
    "POST /teams/{team_id}/calendar/renew": BELONGS,
    "POST /teams/{team_id}/invitation/accept": BELONGS,
    "POST /teams/{team_id}/invitation/decline": BELONGS,
    "GET /teams/{team_id}/desk": LEADS,
    "GET /teams/{team_id}/needs": LEADS,
    "GET /teams/{team_id}/roster": LEADS,
    **dispatch_routes(
        desk=DESK,
        asks=replace(DESK, inside=ASKING, anywhere=ASKING),
        leads=LEADS,
        belongs=open_to(BELONGS.own, LEADS.own),
        asks_any_team=Rights(ASKING, ASKING, ASKING),
        anyone=ANYONE,
    ),
    "GET /teams/{team_id}/invite": LEADS,
    "POST /teams/{team_id}/invite/renew": LEADS,
    "GET /teams/{team_id}/edit": LEADS,
    "POST /teams/{team_id}/edit": LEADS,
    "POST /teams/{team_id}/end": LEADS,
    "POST /teams/{team_id}/members/{member_id}/accept": LEADS,
    "POST /teams/{team_id}/members/{member_id}/decline": LEADS,
    "POST /teams/{team_id}/members/{member_id}/remove": LEADS,
    "POST /teams/{team_id}/members/{member_id}/role": LEADS,
    "GET /organizations/{organization_id}/teams": DESK,
    "GET /organizations/{organization_id}/people": DESK,
    "POST /organizations/{organization_id}/people": DESK,
    "GET /organizations/{organization_id}/people/new": DESK,
    "GET /organizations/{organization_id}/people/duplicates": DESK,
    "POST /organizations/{organization_id}/people/merge": DESK,
    "GET /organizations/{organization_id}/registered/{person_id}": DESK,
    "POST /organizations/{organization_id}/registered/{person_id}/participations/{held_id}/accept": DESK,
    "POST /organizations/{organization_id}/registered/{person_id}/participations/{held_id}/decline": DESK,
    "POST /organizations/{organization_id}/registered/{person_id}/participations/{held_id}/withdraw": DESK,
    "GET /organizations/{organization_id}/roster.csv": DESK,
    "GET /organizations/{organization_id}/roster.xlsx": DESK,
    "POST /organizations/{organization_id}/roster/imports": DESK,
    "GET /organizations/{organization_id}/roster/imports/{import_id}": DESK,
    "POST /organizations/{organization_id}/roster/imports/{import_id}/apply": DESK,
    "POST /organizations/{organization_id}/roster/imports/{import_id}/undo": DESK,
    "GET /organizations/{organization_id}/teams/new": DESK,
    "POST /organizations/{organization_id}/teams": DESK,
    "POST /organizations/{organization_id}/teams/{team_id}/agree": open_to(Role.officer),
    "POST /organizations/{organization_id}/teams/{team_id}/decline": open_to(Role.officer),
    "POST /organizations/{organization_id}/teams/{team_id}/withdraw": open_to(Role.officer),
    "GET /needs/{need_id}/why": SEES_NEED,
    "GET /needs/{need_id}/question": SEES_NEED,
    "POST /needs/{need_id}/question": SEES_NEED,
    "GET /needs/{need_id}/report": SEES_NEED,
    "POST /needs/{need_id}/report": SEES_NEED,
    "GET /needs/{need_id}/conversations": DESK,
    "GET /needs/{need_id}/message": DESK,
    "POST /needs/{need_id}/message": DESK,
    "POST /needs/{need_id}/answers": DESK,
    "POST /needs/{need_id}/answers/{answer_id}/remove": DESK,
    "GET /me/conversations": THEMSELVES,
    "GET /me/reports": THEMSELVES,
    "POST /me/blocks/{block_id}/end": ANSWERS,
    "GET /conversations/{conversation_id}": TALKS,
    "POST /conversations/{conversation_id}": TALKS,
    "GET /conversations/{conversation_id}/report": TALKS,
    "POST /conversations/{conversation_id}/report": TALKS,
    "GET /messages/{message_id}/report": TALKS,
    "POST /messages/{message_id}/report": TALKS,
    # Organizations are public, and whoever has signed in may complain about one or keep away from it.
    "GET /organizations/{organization_id}/report": THEMSELVES,
    "POST /organizations/{organization_id}/report": THEMSELVES,
    "POST /organizations/{organization_id}/block": THEMSELVES,
    "GET /organizations/{organization_id}/people/{account_id}/block": DESK,
    "POST /organizations/{organization_id}/people/{account_id}/block": DESK,
    "GET /organizations/{organization_id}/blocks": HEARS_REPORTS,
    "POST /organizations/{organization_id}/blocks/{block_id}/end": DESK,
    "GET /organizations/{organization_id}/reports": HEARS_REPORTS,
    "POST /organizations/{organization_id}/reports/{report_id}/answer": open_to_bureau(Role.bureau_staff),
    "GET /organizations/{organization_id}": ANYONE,
    "GET /organizations/{organization_id}/edit": DESK,
    "POST /organizations/{organization_id}/edit": DESK,
    "GET /organizations/{organization_id}/registration": DESK,
    "POST /organizations/{organization_id}/registration/submit": DESK,
    "POST /organizations/{organization_id}/registration/withdraw": DESK,
    "POST /organizations/{organization_id}/registration/take-up": DESK,
    "POST /organizations/{organization_id}/registration/appeal": DESK,
    "POST /organizations/{organization_id}/documents": DESK,
    "GET /organizations/{organization_id}/documents/{document_id}": DESK,
    "POST /organizations/{organization_id}/documents/{document_id}/remove": DESK,
    "POST /organizations/{organization_id}/invitations": open_to(ACTING_ROLES),
    "POST /organizations/{organization_id}/invitations/{invitation_id}/take-back": open_to(ACTING_ROLES),
    "GET /me/memberships": THEMSELVES,
    "POST /me/memberships/{invitation_id}/accept": open_to(SIGNED_IN),
    "POST /me/memberships/{invitation_id}/decline": open_to(SIGNED_IN),
    "GET /organizations/{organization_id}/desk": DESK,
    "GET /organizations/{organization_id}/fitting-needs": open_to(Role.coordinator, Role.social_worker),
    "GET /organizations/{organization_id}/needs/new": DESK,
    "GET /organizations/{organization_id}/needs/new/{template_id}": DESK,
    "POST /organizations/{organization_id}/needs": DESK,
    "POST /organizations/{organization_id}/needs/foresight": DESK,
    "POST /needs/{need_id}/foresight": DESK,
    "POST /organizations/{organization_id}/needs/field": DESK,
    "POST /needs/{need_id}/field": DESK,
    "GET /organizations/{organization_id}/readmission": READMITS,
    "POST /organizations/{organization_id}/readmission": READMITS,
    "GET /organizations/{organization_id}/members": open_to(STAFF),
    "POST /organizations/{organization_id}/members/{membership_id}/end": open_to(STAFF),
    "GET /organizations/{organization_id}/waiting": open_to(
        Role.coordinator, Role.social_worker, Role.bureau_staff
    ),
    "GET /organizations/{organization_id}/unanswered": open_to(Role.social_worker, BUREAU),
    "GET /organizations/{organization_id}/figures": open_to(Role.social_worker, BUREAU),
    "GET /organizations/{organization_id}/register": open_to(BUREAU),
    "GET /organizations/{organization_id}/audit": open_to(BUREAU),
    "GET /organizations/{organization_id}/matcher": open_to(BUREAU),
    # Where no other bureau stands over it; the last test says so.
    "POST /organizations/{organization_id}/matcher": open_to(Role.bureau_staff),
    "GET /organizations/{organization_id}/register/{subject_id}": open_to_bureau(*BUREAU),
    "GET /organizations/{organization_id}/register/{subject_id}/documents/{document_id}": open_to_bureau(
        *BUREAU
    ),
    "POST /organizations/{organization_id}/register/{subject_id}/claim": open_to_bureau(Role.bureau_staff),
    "POST /organizations/{organization_id}/register/{subject_id}/verify": open_to_bureau(Role.bureau_staff),
    "POST /organizations/{organization_id}/register/{subject_id}/return": open_to_bureau(Role.bureau_staff),
    "POST /organizations/{organization_id}/register/{subject_id}/suspend": open_to_bureau(Role.bureau_staff),
    "POST /organizations/{organization_id}/register/{subject_id}/lift": open_to_bureau(Role.bureau_staff),
    "POST /organizations/{organization_id}/register/{subject_id}/uphold": open_to_bureau(Role.bureau_staff),
    "GET /organizations/{organization_id}/answer-limits": open_to(Role.bureau_staff),
    "POST /organizations/{organization_id}/answer-limits": open_to(Role.bureau_staff),
    "GET /organizations/{organization_id}/insurance": READS_INSURANCES,
    "GET /organizations/{organization_id}/insurance/new": DESK,
    "POST /organizations/{organization_id}/insurance": DESK,
    "POST /insurance/{entry_id}/check": DESK,
    "POST /insurance/{entry_id}/revoke": INSURES,
    "GET /organizations/{organization_id}/credentials": CHECKS_PAPERS,
    "POST /organizations/{organization_id}/credentials/{paper_id}/check": CHECKS_PAPERS_NEARBY,
    "POST /organizations/{organization_id}/credentials/{paper_id}/take-back": CHECKS_PAPERS,
}


@pytest.fixture(autouse=True)
def a_provider_that_is_gone(app: Application) -> Iterator[None]:
    """One that is known, and answers nobody."""
    app.state.providers = {"city": Client(provider_at("http://127.0.0.1:9"))}
    yield
    app.state.providers = {}


@pytest.fixture
def walker(app: Application, database: RolledBackDatabase, settings: Settings) -> Walker:
    return Walker(app, database, settings)


def routes_of(app: Application) -> set[str]:
    return {
        f"{method} {re.sub(r':[a-z]+}', '}', route.path)}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    }


Note = Callable[[str, object], None]
SWITCH = "POST /organizations/{organization_id}/matcher"


def test_every_route_has_a_row_in_the_table_of_rights(
    application: Application, record_property: Note
) -> None:
    routes = routes_of(application)
    record_property("routes", len(routes))
    record_property("undeclared", len(routes ^ set(ROUTES)))
    assert routes == set(ROUTES)


@pytest.mark.parametrize("actor", ACTORS)
async def test_everybody_gets_what_is_theirs_and_nobody_anything_else(
    session: AsyncSession, world: World, visitor: Visitor, walker: Walker, actor: str, record_property: Note
) -> None:
    if actor != VISITOR:
        await visitor.sign_in(world.accounts[actor])
        walker.cookies |= dict(visitor.cookies)
        walker.bearer = {"Authorization": f"Bearer {await make_key(session, world.accounts[actor])}"}
    cells = [cell for route, rights in ROUTES.items() for cell in cells_of(route, rights, world, actor)]
    turn = walker.settings.is_sqlite
    wrong = {
        cell: found
        for n, cell in enumerate(cells)
        if (found := await mistakes(walker, cell, actor, with_bad_body=n % 2 == turn))
    }
    for name, value in (("role", str(actor)), ("cells", len(cells)), ("deviations", len(wrong))):
        record_property(name, value)
    expect_none(f"{cell.route}: {cell.whose} {each}" for cell, found in wrong.items() for each in found)


async def test_a_bureau_with_another_over_it_does_not_decide_for_the_whole_site(
    session: AsyncSession, world: World, visitor: Visitor, walker: Walker
) -> None:
    staff = Role.bureau_staff
    await visitor.sign_in(world.accounts[staff])
    walker.cookies |= dict(visitor.cookies)
    alone, below = (next(cells_of(SWITCH, rights, world, staff)) for rights in (ROUTES[SWITCH], open_to()))
    assert await mistakes(walker, alone, staff) == []
    await make_organization(session, OrganizationKind.bureau, division=NEARBY[:2])
    assert await mistakes(walker, below, staff) == []
