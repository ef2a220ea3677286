"""What the small world does not hold: each thing in the state in which it shows a button of its own.

A scene is somebody, the pages that they look at, and what they send before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Identity, ProviderVisit
from linli.accounts.passwords import hash_password
from linli.accounts.tokens import hash_token
from linli.conversations.models import Block
from linli.conversations.rules import Side
from linli.dispatch.rules import DispatchState
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.organizations.registration import RegistrationState as Registration
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from linli.participation.rules import State
from linli.rosters.models import RosterImport
from linli.rosters.queries import roster_of
from linli.rosters.rules import ImportState
from linli.suggestions.actions import refresh_need
from linli.teams.rules import MemberState, TeamRole, TeamState
from tests.conftest import NOW
from tests.factories import (
    COMMUNITY,
    make_account,
    make_document,
    make_factor,
    make_group,
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_registered_person,
    make_team,
    make_team_member,
    make_volunteer,
)
from tests.linli.dispatch.factories import make_dispatch
from tests.linli.suggestions.factories import make_helper
from tests.linli.suggestions.versions import make_version

PASSWORD: Final = "four quiet words apart"
MOBILE: Final = "13955550001"
OWN_ACCOUNT: Final = tuple(
    f"/me/account{page}" for page in ("", "/address", "/password", "/programs", "/second-step")
)
BROWSER: Final = "a browser that came back from a provider"
PROVIDER: Final = "http://127.0.0.1:9"
Sent = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Scene:
    name: str
    account: Account | None
    paths: Sequence[str]
    before: Sequence[Sent] = ()
    cookies: Sequence[tuple[str, str]] = ()
    # The address at which a code arrives, which is then known.
    reads: str = ""


async def make_scenes(session: AsyncSession) -> list[Scene]:
    desk = await make_member(session, committee := await make_organization(session), role=Role.officer)
    return [
        *await entering(session),
        *await connecting(session),
        await somebody_new(session, committee),
        await somebody_silent(session),
        await officer(session, committee, desk),
        *await asked_for_places(session, committee),
        *await registering(session),
        await somebody_known(session),
    ]


async def somebody_known(session: AsyncSession) -> Scene:
    """Has said things that suggestions use, and has answered before."""
    known = await make_helper(session, fields=("elderly_care",), weekly_cap=2)
    need = await make_need(session)
    await make_participation(session, need.shifts[0], known, State.declined, asked_at=NOW)
    return Scene("is known", known, ["/me/suggestions"])


async def entering(session: AsyncSession) -> list[Scene]:
    """Waiting for a code, for a second step, for a new password, for a new address and phone."""
    hashed = await hash_password(PASSWORD)
    await make_account(session, mobile=MOBILE)
    careful = await make_account(session, password_hash=hashed)
    await make_factor(session, careful)
    plain = await make_account(session, password_hash=hashed)
    signed_in = {"address": str(careful.mobile), "password": PASSWORD, "way": "password"}
    change = {"address": "13955550002", "password": PASSWORD}
    return [
        Scene("keeps the account", careful, OWN_ACCOUNT),
        Scene(
            "waits for a code",
            None,
            ["/confirm"],
            [("/sign-in", {"address": MOBILE, "way": "code"})],
            reads=MOBILE,
        ),
        Scene("waits for the second step", None, ["/second-step"], [("/sign-in", signed_in)]),
        Scene(
            "has forgotten",
            None,
            ["/reset-password/confirm"],
            [("/reset-password", {"address": str(plain.mobile)})],
            reads=str(plain.mobile),
        ),
        Scene(
            "changes the address",
            plain,
            ["/me/account/address/confirm"],
            [("/me/account/address", change)],
            reads=change["address"],
        ),
        Scene(
            "changes the phone",
            plain,
            ["/me/account/second-step/new"],
            [("/me/account/second-step", {"password": PASSWORD})],
        ),
    ]


async def somebody_silent(session: AsyncSession) -> Scene:
    """Two questions ran out, and they are asked whether to go on."""
    return Scene("has gone silent", await make_volunteer(session, silent_since=NOW), ["/me/volunteer/asking"])


async def connecting(session: AsyncSession) -> list[Scene]:
    """Back from a provider with an identity that no account has yet; and connected with one."""
    account, connected = await make_account(session), await make_account(session)
    session.add_all(
        (
            Identity(account_id=connected.id, issuer=PROVIDER, subject="own", name="", linked_at=NOW),
            ProviderVisit(
                provider_id="city",
                state_hash="state",
                browser_hash=hash_token(BROWSER),
                nonce="nonce",
                code_verifier="verifier",
                code_hash="code",
                go_on="/me/account",
                issuer=PROVIDER,
                subject="somebody",
                name="某人",
                created_at=NOW,
                used_at=NOW,
            ),
        )
    )
    await session.flush()
    return [
        Scene("connects", account, ["/me/account/connect"], cookies=[("provider", BROWSER)]),
        Scene("is connected", connected, ["/me/account"]),
    ]


async def somebody_new(session: AsyncSession, committee: Organization) -> Scene:
    """Free for everything, invited to a need and a team, in a group of friends, with one block."""
    account = await make_volunteer(session)
    need = await make_need(session, organization=committee, starts_at=NOW + timedelta(days=9))
    asked = await make_need(session, organization=committee, starts_at=NOW + timedelta(days=12))
    await make_participation(session, asked.shifts[0], account, State.invited)
    together = await make_need(session, organization=committee, starts_at=NOW + timedelta(days=15))
    group = await make_group(session, together.shifts[0], account, await make_volunteer(session))
    team = await make_team(session, committee)
    await make_team_member(session, team, account, state=MemberState.invited)
    session.add(
        Block(
            organization_id=(await make_organization(session)).id,
            account_id=account.id,
            side=Side.volunteer,
            created_at=NOW,
        )
    )
    await session.flush()
    paths = [
        f"/needs/{need.id}",
        "/commitments",
        f"/together/{group.token}",
        f"/teams/{team.id}",
        "/me/reports",
    ]
    return Scene("somebody new", account, paths)


async def officer(session: AsyncSession, committee: Organization, account: Account) -> Scene:
    """A draft, offers to answer, people to ask, a team to agree to, and people in the roster twice."""
    await make_member(session, committee, role=Role.officer)
    draft = await make_need(session, organization=committee, state=NeedState.draft, posted_at=None)
    need = await make_need(session, organization=committee, starts_at=NOW + timedelta(days=20))
    await make_participation(session, need.shifts[0], await make_volunteer(session), State.applied)
    await make_helper(session)
    await refresh_need(session, need_id=need.id, now=NOW)
    await make_team(session, committee, is_group=True, state=TeamState.proposed, agreed_at=None)
    team = await make_team(session, committee)
    for _ in range(2):
        await make_registered_person(session, committee, name="石阿婆", mobile="13911110000")
    coming = await make_registered_person(session, committee)
    await make_participation(session, need.shifts[0], coming, State.confirmed)
    blocked = await make_account(session)
    roster = await roster_of(session, organization_id=committee.id)
    session.add_all(
        (
            Block(
                organization_id=committee.id, account_id=blocked.id, side=Side.organization, created_at=NOW
            ),
            done := RosterImport(
                organization_id=committee.id,
                state=ImportState.applied,
                seen_print=roster.print,
                made_print=roster.print,
                differences=[],
                done=[],
                created_at=NOW,
                applied_at=NOW,
            ),
            seen := RosterImport(
                organization_id=committee.id, seen_print=roster.print, differences=[], created_at=NOW
            ),
        )
    )
    await session.flush()
    home = f"/organizations/{committee.id}"
    paths = [
        *(f"/needs/{draft.id}/{page}" for page in ("desk", "edit")),
        *(f"/needs/{need.id}/{page}" for page in ("desk", "desk/people", f"dispatch/team/{team.id}")),
        *(
            f"{home}/{page}"
            for page in (
                "members",
                "teams",
                "people/duplicates",
                f"registered/{coming.id}",
                "blocks",
                "readmission",
            )
        ),
        *(f"{home}/roster/imports/{each.id}" for each in (done, seen)),
    ]
    return Scene("officer", account, paths)


async def asked_for_places(session: AsyncSession, committee: Organization) -> list[Scene]:
    """A leader whose team is asked, with a door to answer; a charity that holds places and has a team."""
    need = await make_need(session, organization=committee, places=9, starts_at=NOW + timedelta(days=25))
    charity = await make_organization(session, Kind.charity)
    coordinator = await make_member(session, charity, role=Role.coordinator)
    team = await make_team(session, charity)
    leader = await make_account(session)
    await make_team_member(session, team, leader, TeamRole.leader)
    await make_team_member(session, team, state=MemberState.asked)
    asked = await make_dispatch(session, need.shifts[0], team)
    held = await make_dispatch(session, need.shifts[0], charity, DispatchState.accepted)
    return [
        Scene(
            "leader of a team that is asked", leader, [f"/dispatch/{asked.id}", f"/teams/{team.id}/roster"]
        ),
        Scene("coordinator with places", coordinator, [f"/dispatch/{held.id}"]),
    ]


async def registering(session: AsyncSession) -> list[Scene]:
    """One registration in each state, as its founder and as its bureau see it."""
    founder = await make_account(session)
    bureau = await make_organization(session, Kind.bureau, division=COMMUNITY[:6])
    clerk = await make_member(session, bureau, role=Role.bureau_staff)
    other = await make_member(session, bureau, role=Role.bureau_staff)
    own: dict[Registration, UUID] = {}
    for state in Registration:
        charity = await make_organization(session, Kind.charity, state=state)
        await make_member(session, charity, role=Role.coordinator, account=founder)
        await make_document(session, charity)
        own[state] = charity.id
    taken = await make_organization(
        session, Kind.charity, state=Registration.submitted, claimed_at=NOW, claimed_by_id=other.id
    )
    register = f"/organizations/{bureau.id}/register"
    version = await make_version(session, NOW, serves=False)
    versions = f"/organizations/{bureau.id}/matcher?version={version.id}"
    waiting = [
        own[state] for state in (Registration.submitted, Registration.suspended, Registration.appealed)
    ]
    return [
        Scene("founder", founder, [f"/organizations/{each}/registration" for each in own.values()]),
        Scene("clerk", clerk, [*(f"{register}/{each}" for each in (*waiting, taken.id)), versions]),
    ]
