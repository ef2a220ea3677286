"""A small world with three of everything: a person's own, a neighbour's, and another county's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import start_session, trust_device
from linli.accounts.models import Account, ApiToken, Identity, SignInSession, TrustedDevice
from linli.conversations.models import (
    Block,
    Conversation,
    ConversationMessage,
    PublishedAnswer,
    Report,
)
from linli.conversations.rules import Reason, Side, Subject
from linli.core.config import DEVELOPMENT_SECRET
from linli.dispatch.pages.calendar import feed_of
from linli.dispatch.rules import DispatchState
from linli.needs.models import Need, Shift
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.rules import Role
from linli.participation.rules import State
from linli.teams.models import Team, TeamMember
from linli.teams.rules import TeamRole
from linli.volunteers.models import VolunteerCredential
from tests.conftest import NOW
from tests.factories import (
    COMMUNITY,
    make_account,
    make_asking,
    make_document,
    make_group,
    make_insurance,
    make_invitation,
    make_key,
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_registered_person,
    make_roster_import,
    make_team,
    make_team_member,
    make_volunteer,
)
from tests.linli.dispatch.factories import make_dispatch

Ids = dict[str, str]
VISITOR: Final = "visitor"
VOLUNTEER: Final = "volunteer"
LEADER: Final = "leader"
# Who asks for people from which kind of organization; the bureau looks at what its county asks for.
DESKS: Final = {
    Role.officer: Kind.residents_committee,
    Role.coordinator: Kind.charity,
    Role.social_worker: Kind.station,
}
BUREAU: Final = (Role.bureau_staff, Role.auditor)
STAFF: Final = (*DESKS, *BUREAU)
# Another community of the same county, and one of another.
NEARBY: Final = "520302002002"
ELSEWHERE: Final = "522725001002"
GIVEN_NAME: Final = "晓梅"
MOBILE: Final = "13977770001"
EMAIL: Final = "xiaomei@neighbours.example.org"
BORN_ON: Final = date(1987, 6, 5)
# What stands nowhere but where somebody with a place, or the owner, may see it (security 4).
PRIVATE: Final[Mapping[str, Any]] = {
    "address": "密址路 8 号 2 栋 301",
    "directions": "密径从东门进",
    "contact_name": "密人主任",
    "contact_phone": "0851-7654321",
    "beneficiary_name": "密老奶奶",
    "longitude": 106.927153,
    "latitude": 27.725193,
}
# One paper for each role that may check papers: it was checked once, and has been stated anew since.
PAPERS: Final = dict(
    zip(STAFF, ("first_aid", "health_certificate", "nurse", "driving_licence", "electrician"), strict=True)
)
# Needs of this field never stand on public pages, so that who may see one is not everybody.
FIELD: Final = "low_income"


@dataclass(frozen=True)
class World:
    """For each role the account, and the ids in its paths: its own, a neighbour's, and another county's.

    A neighbour is another organization, or person, in the same county: its bureau is over both.
    """

    accounts: Mapping[str, Account]
    own: Mapping[str, Ids]
    near: Mapping[str, Ids]
    others: Mapping[str, Ids]


async def make_world(
    session: AsyncSession, *, state: State = State.confirmed, field: str = FIELD, elsewhere: str = ELSEWHERE
) -> World:
    """`state` is the volunteer's, in a need of each desk; `field` that of the needs."""
    home = await make_quarter(session, COMMUNITY, state, field)
    near = await make_quarter(session, NEARBY, state, field, has_bureau=False)
    away = await make_quarter(session, elsewhere, state, field)
    return World(home.accounts, home.ids, near.ids, away.ids)


@dataclass(frozen=True)
class Quarter:
    """A community with a desk of each kind and its people."""

    accounts: Mapping[str, Account]
    ids: Mapping[str, Ids]


async def make_quarter(
    session: AsyncSession, community: str, state: State, field: str, *, has_bureau: bool = True
) -> Quarter:
    """Without a bureau of its own the committee stands in its place."""
    desks: dict[str, Seat] = {role: await make_desk(session, role, community) for role in DESKS}
    committee = desks[Role.officer]
    for role in BUREAU:
        desks[role] = (
            await make_bureau_seat(session, role, community[:6], committee) if has_bureau else committee
        )
    somebody = await make_person(session, desks, state, field)
    leader = await make_person(session, desks, state, field, leads=True)
    teams = await make_teams(session, desks, leader.account, somebody)
    ids: dict[str, Ids] = {role: desks[role].ids | somebody.ids[role] | teams[role] for role in STAFF}
    for who, person in ((VOLUNTEER, somebody), (LEADER, leader)):
        ids[who] = committee.ids | person.ids[Role.officer] | person.own | teams[Role.officer]
    accounts = {role: desks[role].account for role in STAFF}
    return Quarter(
        accounts | {VOLUNTEER: somebody.account, LEADER: leader.account}, ids | {VISITOR: ids[VOLUNTEER]}
    )


@dataclass(frozen=True)
class Seat:
    account: Account
    organization: Organization
    ids: Ids


@dataclass(frozen=True)
class Person:
    """A volunteer, and the ids of what they do with each desk."""

    account: Account
    own: Ids
    ids: Mapping[str, Ids]


async def make_desk(session: AsyncSession, role: Role, division: str) -> Seat:
    organization = await make_organization(session, DESKS[role], division=division)
    return await make_seat(session, role, organization, subject=organization)


async def make_bureau_seat(session: AsyncSession, role: Role, county: str, committee: Seat) -> Seat:
    bureau = await make_organization(session, Kind.bureau, division=county)
    return await make_seat(session, role, bureau, subject=committee.organization)


async def make_seat(
    session: AsyncSession, role: Role, organization: Organization, *, subject: Organization
) -> Seat:
    account = await make_member(session, organization, role=role)
    await make_volunteer(session, account=account)
    await make_paper(session, account, WORDS["credential_id"], organization)
    memberships = await session.scalars(select(Membership.id).where(Membership.account_id == account.id))
    ids = as_text(
        organization_id=organization.id,
        membership_id=memberships.one(),
        subject_id=subject.id,
        entry_id=(await make_insurance(session, subject, is_seen=False)).id,
        document_id=(await make_document(session, subject)).id,
        invitation_id=(await make_invitation(session, organization, account)).id,
        session_id=await make_session(session, account),
        device_id=await make_device(session, account),
        key_id=await make_access_key(session, account),
        identity_id=await make_identity(session, account),
    )
    return Seat(account, organization, ids | WORDS)


# Parts of paths that are words: they name no object of anybody.
WORDS: Final = {
    "template_id": "blank",
    "part": "about",
    "credential_id": "first_aid",
    "path": "app.css",
    "provider_id": "city",
}


async def make_person(
    session: AsyncSession, desks: Mapping[str, Seat], state: State, field: str, *, leads: bool = False
) -> Person:
    """Somebody who is in the same state with each of the desks; `leads` a team, and is nobody known here."""
    community = desks[Role.officer].organization.division
    is_at_home = community == COMMUNITY
    account = (
        await make_account(session, division=community)
        if leads
        else await make_account(
            session,
            name=f"欧阳{GIVEN_NAME}",
            mobile=MOBILE if is_at_home else None,
            email=EMAIL if is_at_home else f"{community}@example.org",
            birth_on=BORN_ON,
            division=community,
        )
    )
    await make_volunteer(session, account=account)
    papers = {
        role: await make_paper(session, account, PAPERS[role], desks[role].organization) for role in STAFF
    }
    places = {
        role: await make_place(session, account, desks[role].organization, state, field=field, hours=3 * n)
        for n, role in enumerate(DESKS)
    }
    ids: dict[str, dict[str, str]] = {
        role: places.get(role, places[Role.officer]) | as_text(paper_id=papers[role]) for role in STAFF
    }
    own = as_text(
        session_id=await make_session(session, account),
        invitation_id=(await make_invitation(session, desks[Role.officer].organization, account)).id,
        device_id=await make_device(session, account),
        key_id=await make_access_key(session, account),
        block_id=await make_block(session, account, desks[Role.officer].organization, Side.volunteer),
        identity_id=await make_identity(session, account),
    )
    return Person(account, own | WORDS, ids)


async def make_teams(
    session: AsyncSession, desks: Mapping[str, Seat], leader: Account, member: Person
) -> Mapping[str, Ids]:
    """A team of each desk, all with the same leader and member; the committee's is a group of neighbours.

    Each was asked for a place in the need where the member has one, and has said yes.
    """
    ids: dict[str, Ids] = {}
    for n, role in enumerate(DESKS):
        home = desks[role].organization
        team = await make_team(session, home, is_group=role is Role.officer)
        await make_team_member(session, team, leader, TeamRole.leader)
        ids[role] = ids_of(team, await make_team_member(session, team, member.account))
        shift = await session.get_one(Shift, UUID(member.ids[role]["shift_id"]))
        dispatch = await make_dispatch(session, shift, team, DispatchState.accepted, places=1)
        charity = desks[Role.coordinator].organization
        ids[role] |= as_text(dispatch_id=dispatch.id, asked_id=charity.id)
        ids[role] |= await make_roster(session, home, hours=40 + 3 * n)
    return ids | dict.fromkeys(BUREAU, ids[Role.officer])


async def make_roster(session: AsyncSession, home: Organization, *, hours: int) -> Ids:
    """Somebody the organization registered, who is invited; and a file that was compared."""
    person = await make_registered_person(session, home)
    place = await make_place(session, person, home, State.invited, field=FIELD, hours=hours)
    seen = await make_roster_import(session, home)
    return as_text(person_id=person.id, import_id=seen.id) | {"held_id": place["participation_id"]}


def ids_of(team: Team, member: TeamMember) -> Ids:
    feed = f"{feed_of(DEVELOPMENT_SECRET, member)}.ics"
    return as_text(team_id=team.id, member_id=member.id) | {"token": team.join_token, "feed": feed}


async def make_place(
    session: AsyncSession,
    account: Account,
    organization: Organization,
    state: State,
    *,
    field: str,
    hours: int,
) -> Ids:
    starts_at = NOW + timedelta(days=1, hours=hours)
    need = await make_need(session, organization=organization, field_id=field, starts_at=starts_at, **PRIVATE)
    [shift] = need.shifts
    held = await make_participation(session, shift, account, state, expires_at=NOW + timedelta(hours=20))
    ids = as_text(need_id=need.id, shift_id=shift.id, participation_id=held.id, account_id=account.id)
    group = await make_group(session, shift, account)
    ids |= as_text(asking_id=(await make_asking(session, shift)).id)
    return ids | {"link": group.token} | await make_talk(session, account, organization, need)


async def make_talk(session: AsyncSession, account: Account, organization: Organization, need: Need) -> Ids:
    """A question with its answer, one for everybody, a report, and a block that has ended."""
    conversation = Conversation(need_id=need.id, account_id=account.id, created_at=NOW, written_at=NOW)
    published = PublishedAnswer(
        need_id=need.id, question="几点？", answer="八点。", language="zh", published_at=NOW
    )
    report = Report(
        reporter_id=account.id,
        side=Side.volunteer,
        subject=Subject.need,
        organization_id=organization.id,
        need_id=need.id,
        division=organization.division,
        reason=Reason.other,
        text="时间不对",
        is_shared=True,
        created_at=NOW,
    )
    block = await make_block(session, account, organization, Side.organization)
    session.add_all((conversation, published, report))
    await session.flush()
    message = ConversationMessage(
        conversation_id=conversation.id,
        author_id=account.id,
        side=Side.volunteer,
        text="几点集合？",
        language="zh",
        written_at=NOW,
    )
    session.add(message)
    await session.flush()
    return as_text(
        conversation_id=conversation.id,
        message_id=message.id,
        answer_id=published.id,
        report_id=report.id,
        block_id=block,
    )


async def make_block(session: AsyncSession, account: Account, organization: Organization, side: Side) -> UUID:
    block = Block(
        organization_id=organization.id,
        account_id=account.id,
        side=side,
        reason="三次没来",
        created_at=NOW,
        ended_at=NOW,
    )
    session.add(block)
    await session.flush()
    return block.id


async def make_paper(
    session: AsyncSession, account: Account, credential_id: str, organization: Organization
) -> UUID:
    paper = VolunteerCredential(
        account_id=account.id,
        credential_id=credential_id,
        stated_at=NOW,
        checked_at=NOW - timedelta(days=300),
        checked_for_id=organization.id,
        expires_on=NOW.date(),
    )
    session.add(paper)
    await session.flush()
    return paper.id


async def make_session(session: AsyncSession, account: Account) -> UUID:
    """A device signed in, besides the one that a test uses."""
    await start_session(session, account_id=account.id, device="elsewhere", now=NOW)
    return (
        await session.scalars(select(SignInSession.id).where(SignInSession.account_id == account.id))
    ).one()


async def make_access_key(session: AsyncSession, account: Account) -> UUID:
    await make_key(session, account)
    return (await session.scalars(select(ApiToken.id).where(ApiToken.account_id == account.id))).one()


async def make_device(session: AsyncSession, account: Account) -> UUID:
    await trust_device(session, account_id=account.id, device="elsewhere", now=NOW)
    return (
        await session.scalars(select(TrustedDevice.id).where(TrustedDevice.account_id == account.id))
    ).one()


async def make_identity(session: AsyncSession, account: Account) -> UUID:
    """An account elsewhere that opens this one."""
    identity = Identity(
        account_id=account.id, issuer="https://city.example", subject=str(account.id), name="", linked_at=NOW
    )
    session.add(identity)
    await session.flush()
    return identity.id


def as_text(**ids: UUID) -> Ids:
    return {name: str(id) for name, id in ids.items()}
