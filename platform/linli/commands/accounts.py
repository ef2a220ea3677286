"""`linli account create`."""

from dataclasses import dataclass
from datetime import date, datetime

import click

from linli.accounts.actions import clear_factor, create_account
from linli.accounts.passwords import hash_password
from linli.accounts.queries import account_with_address
from linli.accounts.rules import (
    LONGEST_NAME,
    Address,
    AddressKind,
    read_address,
    refuse_birth_date,
    refuse_password,
)
from linli.commands.terminal import ready_database, runs, say, settings_of_process
from linli.core import clock
from linli.core.errors import Conflict, Invalid
from linli.core.forms import REQUIRED, clean
from linli.core.i18n import LANGUAGES, Message
from linli.organizations.actions import found_organization
from linli.organizations.rules import OrganizationKind, Role


@click.group()
def account() -> None:
    """Accounts that an operator makes."""


@account.command()
@click.option("--organization", required=True, help="Its name; it is made if there is none with this name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", required=True, help="The person's name.")
@click.option("--birth-date", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--mobile", default="", help="Mobile number; this or --email is needed.")
@click.option("--email", default="", help="E-mail address; this or --mobile is needed.")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out."
)
@click.option("--division", default="", help="Code of the organization's division, such as 522725.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in OrganizationKind]),
    help="What a new organization is; by default what the role belongs to, a bureau for bureau_staff.",
)
@click.option("--credit-code", default="", help="Unified social credit code; charities need one.")
@click.option("--account-language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True)
@runs
async def create(
    organization: str,
    role: str,
    name: str,
    birth_date: datetime,
    mobile: str,
    email: str,
    password: str,
    division: str,
    kind: str | None,
    credit_code: str,
    account_language: str,
) -> None:
    """Make an account with a role, and the organization with it.

    This is how the first bureau begins; everything else can be done in the browser from there:

    \b
    linli account create --organization 瓮安县民政局 --division 522725 --role bureau_staff \\
        --name 王敏 --birth-date 1985-06-01 --email wang.min@example.org
    """
    now = clock.now()
    person = read_person(
        name=name, birth_on=birth_date.date(), addresses=(mobile, email), password=password, today=now.date()
    )
    async with ready_database(settings_of_process()) as database, database.transaction() as session:
        for address in person.addresses:
            if await account_with_address(session, address):
                raise Conflict(Message("{address} belongs to an account already.", address=address.masked))
        made = await create_account(
            session,
            name=person.name,
            birth_on=person.birth_on,
            mobile=person.address_of(AddressKind.mobile),
            email=person.address_of(AddressKind.email),
            password_hash=await hash_password(password),
            language=account_language,
            division=division or None,
            now=now,
        )
        membership = await found_organization(
            session,
            account=made,
            name=organization,
            role=Role(role),
            kind=OrganizationKind(kind) if kind else None,
            division=division,
            credit_code=credit_code,
            now=now,
        )
    say("The role counts once a second step is set up, which the pages ask for after the first sign-in.")
    say(f"Made: account {made.id}, {role} of organization {membership.organization_id}.")


@account.command()
@click.argument("address")
@runs
async def clear_second_step(address: str) -> None:
    """Let somebody in again who has lost phone and recovery codes, when no colleague and no bureau can.

    Make sure in person that it is them. Their sessions and access keys end; at the next sign-in they
    set the second step up anew.
    """
    wanted = read_address(address)
    now = clock.now()
    async with ready_database(settings_of_process()) as database, database.transaction() as session:
        found = await account_with_address(session, wanted) if wanted else None
        if found is None:
            raise Conflict(Message("No account has the address {address}.", address=address))
        await clear_factor(session, account=found, now=now)
    say(f"Cleared: the second step of account {found.id}.")


@dataclass(frozen=True)
class Person:
    name: str
    birth_on: date
    addresses: tuple[Address, ...]

    def address_of(self, kind: AddressKind) -> str | None:
        return next((each.value for each in self.addresses if each.kind is kind), None)


def read_person(
    *, name: str, birth_on: date, addresses: tuple[str, str], password: str, today: date
) -> Person:
    """What was typed, held to the rules of the browser; Invalid names every option that cannot be used."""
    errors: dict[str, Message] = {}
    name = clean(name)
    if not name:
        errors["--name"] = REQUIRED
    elif len(name) > LONGEST_NAME:
        errors["--name"] = Message("Please use at most {longest} characters.", longest=LONGEST_NAME)
    if refusal := refuse_birth_date(birth_on, today):
        errors["--birth-date"] = refusal
    if refusal := refuse_password(password, about=(name,)):
        errors["--password"] = refusal
    read = {kind: read_address(typed) for kind, typed in zip(AddressKind, addresses, strict=True) if typed}
    for kind, address in read.items():
        if address is None or address.kind is not kind:
            errors[f"--{kind}"] = Message("Please give a mobile number with 11 digits, or an e-mail address.")
    if not read:
        errors["--mobile"] = Message("Please give a mobile number with 11 digits, or an e-mail address.")
    if errors:
        raise Invalid(errors)
    return Person(name, birth_on, tuple(each for each in read.values() if each))
