"""Organizations enter the register."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.errors import Conflict, Invalid
from linli.core.forms import REQUIRED, clean
from linli.core.i18n import Message
from linli.divisions.queries import with_code
from linli.organizations import rules
from linli.organizations.actions.members import add_member
from linli.organizations.credit_codes import read_credit_code, refuse_credit_code
from linli.organizations.models import Membership, Organization
from linli.organizations.registration import RegistrationState, Step
from linli.organizations.rules import KIND_NAMES, KINDS_WITH_CREDIT_CODE, ROLES, Role
from linli.organizations.rules import OrganizationKind as Kind
from linli.organizations.steps import take_step
from linli.organizations.traces import note


async def create_organization(
    session: AsyncSession,
    *,
    kind: Kind,
    name: str,
    division: str,
    credit_code: str = "",
    about: str = "",
    phone: str = "",
    address: str = "",
    is_sample: bool = False,
    account_id: UUID | None,
    now: datetime,
) -> Organization:
    """What the operator enters: it waits for its bureau, and has no members yet.

    Invalid says at each field what is wrong.
    """
    name, credit_code = clean(name), read_credit_code(credit_code)
    if errors := _refusals(kind, name, division, credit_code):
        raise Invalid(errors)
    organization = Organization(
        kind=kind,
        name=name,
        division=division,
        credit_code=credit_code or None,
        about=about,
        phone=phone,
        address=address,
        is_sample=is_sample,
        state=RegistrationState.submitted,
        submitted_at=now,
        created_at=now,
        changed_at=now,
    )
    session.add(organization)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(Message("This social credit code is registered already.")) from error
    note(session, "create_organization", organization, account_id, now)
    return organization


async def found_organization(
    session: AsyncSession,
    *,
    account: Account,
    name: str,
    role: Role,
    kind: Kind | None = None,
    division: str = "",
    credit_code: str = "",
    now: datetime,
) -> Membership:
    """What the operator does: a seat in the organization of this name, which is made if it is missing.

    A bureau made here counts as verified, because nobody else could verify the first one.
    """
    organization = await _organization_named(session, name=name, division=division)
    if organization is None:
        organization = await create_organization(
            session,
            kind=kind or _kind_for(role),
            name=name,
            division=division,
            credit_code=credit_code,
            account_id=None,
            now=now,
        )
        if organization.kind is Kind.bureau:
            await take_step(session, Step.verify, organization, account_id=None, now=now)
    return await add_member(
        session, organization=organization, account=account, role=role, account_id=None, now=now
    )


def _refusals(kind: Kind, name: str, division: str, credit_code: str) -> dict[str, Message]:
    errors: dict[str, Message] = {}
    if not name:
        errors["name"] = REQUIRED
    elif len(name) > rules.NAME_LENGTH:
        errors["name"] = Message("Please use at most {longest} characters.", longest=rules.NAME_LENGTH)
    if with_code(division) is None:
        errors["division"] = Message("Please choose a division of the list.")
    elif refusal := rules.refuse_division(kind, division):
        errors["division"] = refusal
    if not credit_code and kind in KINDS_WITH_CREDIT_CODE:
        errors["credit_code"] = Message("{kind}: please give the social credit code.", kind=KIND_NAMES[kind])
    elif credit_code and (refusal := refuse_credit_code(credit_code)):
        errors["credit_code"] = refusal
    return errors


async def _organization_named(session: AsyncSession, *, name: str, division: str) -> Organization | None:
    query = select(Organization).where(Organization.name == clean(name))
    if division:
        query = query.where(Organization.division == division)
    found = (await session.scalars(query.limit(2))).all()
    if len(found) > 1:
        raise Invalid(
            {"division": Message("Several organizations have this name: please give the division.")}
        )
    return found[0] if found else None


def _kind_for(role: Role) -> Kind:
    kinds = [kind for kind in Kind if role in ROLES[kind]]
    if len(kinds) > 1:
        names = [KIND_NAMES[kind] for kind in kinds]
        sentence = Message("No organization has this name yet. Please say what it is: {kinds}.", kinds=names)
        raise Invalid({"kind": sentence})
    return kinds[0]
