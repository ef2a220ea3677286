import asyncio

from sqlalchemy import select

from linli.accounts.models import Account, SecondFactor
from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.organizations.models import Membership, Organization
from tests.conftest import settings_for
from tests.factories import make_factor
from tests.terminal import Linli, rows

PASSWORD = "vier rote Laternen am Fluss"
CREATE = [
    *(
        "account",
        "create",
        "--organization",
        "瓮安县民政局",
        "--division",
        "522725",
        "--role",
        "bureau_staff",
    ),
    *("--name", "王敏", "--birth-date", "1985-06-01", "--email", "wang.min@example.org"),
]


def test_the_first_bureau_begins_on_the_command_line(linli: Linli, url: str) -> None:
    result = linli(*CREATE, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    (bureau,) = rows(url, select(Organization).where(Organization.name == "瓮安县民政局"))
    assert (bureau.kind.value, bureau.division, bureau.is_verified) == ("bureau", "522725", True)
    members = select(Account).join(Membership, Membership.account_id == Account.id)
    members = members.where(Membership.organization_id == bureau.id)
    (account,) = rows(url, members.where(Account.email == "wang.min@example.org"))
    assert (account.name, account.is_sample) == ("王敏", False)
    assert account.password_hash.startswith("$argon2id$")
    again = linli(*CREATE, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert (again.exit_code, again.stderr) == (1, "Error: w***@example.org belongs to an account already.\n")


def test_what_cannot_be_used_is_named_by_its_option_and_nothing_is_made(linli: Linli, url: str) -> None:
    before = len(rows(url, select(Account.id)))
    arguments = [
        *CREATE[:-6],
        "--name",
        " ",
        "--birth-date",
        "2020-01-01",
        "--mobile",
        "12",
        "--password",
        "short",
    ]
    result = linli("--language", "zh", *arguments)
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stderr.removeprefix("Error: ").splitlines()] == [
        "--name",
        "--birth-date",
        "--password",
        "--mobile",
    ]
    assert "请" in result.stderr
    assert len(rows(url, select(Account.id))) == before


def test_an_unknown_division_leaves_no_account_behind(linli: Linli, url: str) -> None:
    arguments = ["li@example.org" if each == "wang.min@example.org" else each for each in CREATE]
    arguments = ["另一个民政局" if each == "瓮安县民政局" else each for each in arguments]
    arguments[arguments.index("522725")] = "999999"
    result = linli(*arguments, "--password", PASSWORD)
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: division: Please choose a division of the list.\n",
    )
    assert rows(url, select(Account).where(Account.email == "li@example.org")) == []


async def give_factor(url: str, account: Account) -> None:
    database = Database(settings_for(url))
    async with database.transaction() as session:
        await make_factor(session, await session.get_one(Account, account.id))
    await database.close()


def test_an_operator_clears_the_second_step_of_who_has_nobody_else(linli: Linli, url: str) -> None:
    person = ["梁文秀" if each == "王敏" else each for each in CREATE]
    person = ["liang@example.org" if each == "wang.min@example.org" else each for each in person]
    assert linli(*person, "--password", PASSWORD).exit_code == 0
    [account] = rows(url, select(Account).where(Account.email == "liang@example.org"))
    asyncio.run(give_factor(url, account))
    result = linli("account", "clear-second-step", "Liang@example.org")
    assert result.exit_code == 0, result.output
    assert rows(url, select(SecondFactor).where(SecondFactor.account_id == account.id)) == []
    [entry] = rows(url, select(AuditEntry).where(AuditEntry.action == "accounts.clear_factor"))
    assert (entry.actor_id, entry.object_id) == (None, account.id)
    for nobody in ("nobody@example.org", "x"):
        assert linli("account", "clear-second-step", nobody).exit_code == 1
