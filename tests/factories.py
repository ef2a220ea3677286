"""Small factories: each makes one valid thing, in the state its name says."""

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import factor
from linli.accounts.actions import make_access_key
from linli.accounts.forms import AccessKeyDraft
from linli.accounts.models import Account, SecondFactor
from linli.accounts.rules import Scope
from linli.core import seed
from linli.core.config import DEVELOPMENT_SECRET
from linli.insurance.models import InsuranceEntry
from linli.insurance.rules import Cover
from linli.needs.models import Need, Shift
from linli.needs.rules import Joining, NeedState
from linli.organizations.documents import DocumentKind
from linli.organizations.models import Membership, MembershipInvitation, Organization, OrganizationDocument
from linli.organizations.registration import INVITED_FOR, RegistrationState
from linli.organizations.rules import ROLES, OrganizationKind, Role, first_role
from linli.participation.models import FriendGroup, FriendGroupMember, Participation
from linli.participation.rules import GroupState, State, group_expires_at, invitation_expires_at
from linli.rosters.models import RegisteredPerson, RosterImport
from linli.rosters.rules import REGISTRATION_VERSION
from linli.teams.models import Team, TeamMember
from linli.teams.rules import CONSENT_VERSION, MemberState, TeamRole, TeamState
from linli.volunteers.models import VolunteerProfile
from linli.waves.models import Asking
from tests.conftest import NOW

COMMUNITY = "520302002001"  # 红花岗区 in Zunyi; any community serves
FACTOR_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
VERIFIED, WAITING = RegistrationState.verified, RegistrationState.submitted
_counter = itertools.count(1)


async def make_account(session: AsyncSession, **values: Any) -> Account:
    n = next(_counter)
    account = Account(
        **{
            "name": f"王小{n}",
            "birth_on": date(1990, 5, 1),
            "mobile": f"139{n:08d}",
            "language": "zh",
            "division": COMMUNITY,
            "created_at": NOW,
        }
        | values
    )
    session.add(account)
    await session.flush()
    return account


async def make_volunteer(session: AsyncSession, *, account: Account | None = None, **profile: Any) -> Account:
    account = account or await make_account(session)
    session.add(
        VolunteerProfile(
            **{"account_id": account.id, "division": account.division, "changed_at": NOW} | profile
        )
    )
    await session.flush()
    return account


async def make_organization(
    session: AsyncSession, kind: OrganizationKind = OrganizationKind.residents_committee, **values: Any
) -> Organization:
    """Verified; with `verified_at=None` it waits for its bureau, unless `state` says something else."""
    is_verified = values.get("verified_at", NOW) and values.get("state", VERIFIED) is VERIFIED
    standing = (
        {"state": VERIFIED, "verified_at": NOW} if is_verified else {"state": WAITING, "submitted_at": NOW}
    )
    organization = Organization(
        **{
            "kind": kind,
            "name": f"幸福社区居民委员会{next(_counter)}",
            "division": COMMUNITY,
            "created_at": NOW,
        }
        | standing
        | values
    )
    session.add(organization)
    await session.flush()
    return organization


async def make_member(
    session: AsyncSession,
    organization: Organization,
    *,
    role: Role | None = None,
    account: Account | None = None,
) -> Account:
    account = account or await make_account(session)
    account.password_hash = account.password_hash or "a role counts only with a password"
    await make_factor(session, account)
    role = role or sorted(ROLES[organization.kind])[0]
    session.add(Membership(account_id=account.id, organization_id=organization.id, role=role, since=NOW))
    await session.flush()
    return account


async def make_factor(session: AsyncSession, account: Account) -> None:
    """A confirmed second factor with a secret that everybody knows; a role counts only with one."""
    if await session.get(SecondFactor, account.id) is None:
        secret = factor.sealed(DEVELOPMENT_SECRET, FACTOR_SECRET)
        session.add(SecondFactor(account_id=account.id, secret=secret, confirmed_at=NOW))
        await session.flush()


async def make_document(
    session: AsyncSession, organization: Organization, **values: Any
) -> OrganizationDocument:
    document = OrganizationDocument(
        **{
            "organization_id": organization.id,
            "kind": DocumentKind.certificate,
            "media_type": "application/pdf",
            "size_bytes": 8,
            "content": b"%PDF-1.7",
            "uploaded_at": NOW,
        }
        | values
    )
    session.add(document)
    await session.flush()
    return document


async def make_invitation(
    session: AsyncSession, organization: Organization, account: Account, **values: Any
) -> MembershipInvitation:
    """To the account's own address, still open."""
    [address, *_] = account.addresses
    invitation = MembershipInvitation(
        **{
            "organization_id": organization.id,
            "address_kind": address.kind,
            "address": address.value,
            "role": first_role(organization.kind),
            "created_at": NOW,
            "expires_at": NOW + INVITED_FOR,
        }
        | values
    )
    session.add(invitation)
    await session.flush()
    return invitation


async def make_key(session: AsyncSession, account: Account, *scopes: Scope) -> str:
    """An access key with all scopes, or these; of somebody with a password and a second factor."""
    account.password_hash = account.password_hash or "as every holder of a key has"
    await make_factor(session, account)
    draft = AccessKeyDraft("spreadsheet", scopes or tuple(Scope), 90)
    return await make_access_key(session, account=account, draft=draft, now=NOW)


async def make_need(
    session: AsyncSession,
    *,
    organization: Organization | None = None,
    shifts: int = 1,
    places: int = 3,
    starts_at: datetime | None = None,
    **values: Any,
) -> Need:
    """An open need with its shifts: afternoons from tomorrow on, two hours each."""
    organization = organization or await make_organization(session)
    first = starts_at or NOW + timedelta(days=1, hours=4)
    need = Need(
        **{
            "organization_id": organization.id,
            "state": NeedState.open,
            "field_id": "elderly_care",
            "title": "陪独居老人聊聊天",
            "description": "每周二下午陪三位老人说说话。",
            "language": "zh",
            "risks": "楼道灯光较暗，请留意台阶。",
            "joining": Joining.asked,
            "division": organization.division,
            "place": "社区活动室",
            "address": "幸福路 8 号 2 栋 301",
            "contact_name": "李主任",
            "contact_phone": "13900000000",
            "beneficiary_name": "赵奶奶",
            "created_at": NOW,
            "changed_at": NOW,
            "posted_at": NOW,
            "answer_due_at": NOW + timedelta(days=7),
        }
        | values
    )
    for n in range(shifts):
        starts = first + timedelta(days=n)
        need.shifts.append(Shift(starts_at=starts, ends_at=starts + timedelta(hours=2), places=places))
    session.add(need)
    await session.flush()
    return need


async def make_insurance(
    session: AsyncSession,
    organization: Organization | None,
    *risk_kinds: str,
    is_seen: bool = True,
    **values: Any,
) -> InsuranceEntry:
    """Covers everybody for a year around now, for every kind of risk where none is named."""
    assert organization is not None
    entry = InsuranceEntry(
        **{
            "organization_id": organization.id,
            "insurer": "平安保险",
            "policy_number": f"PA{next(_counter):06d}",
            "starts_on": NOW.date() - timedelta(days=180),
            "ends_on": NOW.date() + timedelta(days=180),
            "covers": Cover.everybody,
            "risk_kinds": list(risk_kinds or seed.risk_kinds()),
            "entered_at": NOW,
            "checked_at": NOW if is_seen else None,
        }
        | values
    )
    session.add(entry)
    await session.flush()
    return entry


async def make_participation(
    session: AsyncSession, shift: Shift, account: Account, state: State = State.applied, **values: Any
) -> Participation:
    participation = Participation(
        **{
            "shift_id": shift.id,
            "need_id": shift.need_id,
            "account_id": account.id,
            "state": state,
            "expires_at": invitation_expires_at(NOW, shift.starts_at)
            if state in {State.invited, State.offered}
            else None,
            "created_at": NOW,
            "changed_at": NOW,
            "reaches_at": values.get("asked_at"),
        }
        | values
    )
    session.add(participation)
    if state in {State.confirmed, State.offered}:
        shift.places_taken += 1
    await session.flush()
    return participation


async def make_asking(session: AsyncSession, shift: Shift, **values: Any) -> Asking:
    """An asking in waves that goes on and looks again in a day; nobody was asked yet."""
    asking = Asking(
        **{
            "shift_id": shift.id,
            "need_id": shift.need_id,
            "begun_at": NOW,
            "going_since": NOW,
            "most_messages": 20,
            "next_at": NOW + timedelta(days=1),
            "waits_for_answers": False,
        }
        | values
    )
    session.add(asking)
    await session.flush()
    return asking


async def make_team(
    session: AsyncSession, home: Organization | None = None, *, is_group: bool = False, **values: Any
) -> Team:
    """A team of an organization that goes on; or a group of neighbours that its committee agreed to."""
    home = home or await make_organization(session)
    n = next(_counter)
    team = Team(
        **{
            "organization_id": None if is_group else home.id,
            "committee_id": home.id if is_group else None,
            "state": TeamState.agreed,
            "name": f"暖心服务队{n}",
            "division": home.division,
            "join_token": f"link{n}",
            "created_at": NOW,
            "agreed_at": NOW,
            "changed_at": NOW,
        }
        | values
    )
    session.add(team)
    await session.flush()
    return team


async def make_team_member(
    session: AsyncSession,
    team: Team,
    account: Account | None = None,
    role: TeamRole = TeamRole.member,
    state: MemberState = MemberState.member,
) -> TeamMember:
    account = account or await make_account(session)
    member = TeamMember(
        team_id=team.id,
        account_id=account.id,
        role=role,
        state=state,
        consent_version=CONSENT_VERSION,
        asked_at=NOW,
        since=NOW if state is MemberState.member else None,
    )
    session.add(member)
    await session.flush()
    return member


async def make_group(session: AsyncSession, shift: Shift, *members: Account, **values: Any) -> FriendGroup:
    """Friends who have said yes and wait for the others; the first of them started it."""
    group = FriendGroup(
        **{
            "shift_id": shift.id,
            "need_id": shift.need_id,
            "started_by_id": members[0].id if members else None,
            "token": f"link-{next(_counter)}",
            "size": max(len(members), 2),
            "state": GroupState.gathering,
            "expires_at": group_expires_at(NOW, shift.starts_at),
            "created_at": NOW,
        }
        | values
    )
    session.add(group)
    await session.flush()
    for n, account in enumerate(members):
        session.add(
            FriendGroupMember(
                group_id=group.id, account_id=account.id, said_yes_at=NOW + timedelta(seconds=n)
            )
        )
    await session.flush()
    return group


async def make_registered_person(
    session: AsyncSession, organization: Organization, *, mobile: str = "", **values: Any
) -> Account:
    """Somebody without a phone of their own, whom an organization registered."""
    account = await make_account(session, **{"mobile": None, "is_managed": True} | values)
    session.add(
        RegisteredPerson(
            account_id=account.id,
            organization_id=organization.id,
            mobile=mobile,
            consent_version=REGISTRATION_VERSION,
            consent_at=NOW,
        )
    )
    await session.flush()
    return account


async def make_roster_import(session: AsyncSession, organization: Organization) -> RosterImport:
    """A file that was compared and would do nothing."""
    seen = RosterImport(organization_id=organization.id, seen_print="", differences=[], created_at=NOW)
    session.add(seen)
    await session.flush()
    return seen
