from pathlib import Path

from click.testing import Result
from sqlalchemy import select

from linli.accounts.models import Account
from linli.demo.plan import PASSWORD
from linli.needs.models import Need
from tests.terminal import rows, run


def test_the_demo_builds_its_town_says_how_to_sign_in_and_keeps_it(demo_url: str, built_demo: Result) -> None:
    assert built_demo.exit_code == 0, built_demo.output
    assert "Built 瓮安县: 300 sample volunteers, 31 teams, 60 needs" in built_demo.output
    for address in (
        "volunteer",
        "team.leader",
        "team.member",
        "officer",
        "social.worker",
        "coordinator",
        "bureau.staff",
        "auditor",
    ):
        assert f"{address}@example.org" in built_demo.output
    assert PASSWORD in built_demo.output
    assert "http://127.0.0.1:8123" in built_demo.output
    before = rows(demo_url, select(Need.id))
    again = run(demo_url, "--language", "zh", "demo")
    assert (
        "Sample data is there already and stays as it is: 300 volunteers, 31 teams, 60 needs." in again.output
    )
    assert "社区工作者" in again.output
    assert rows(demo_url, select(Need.id)) == before
    assert run(demo_url, "demo", "--quiet").output == ""


def test_no_town_is_added_to_a_database_that_is_in_use(tmp_path: Path) -> None:
    own = f"sqlite:///{tmp_path / 'linli.sqlite'}"
    run(own, "migrate")
    somebody = [
        "--name",
        "王敏",
        "--birth-date",
        "1985-06-01",
        "--mobile",
        "13900000001",
        "--password",
        PASSWORD,
    ]
    bureau = ["--organization", "瓮安县民政局", "--division", "522725", "--role", "bureau_staff"]
    assert run(own, "account", "create", *bureau, *somebody).exit_code == 0
    assert "no demo town was added to them" in run(own, "demo").output
    assert rows(own, select(Account).where(Account.is_sample)) == []


def test_production_has_no_demo(demo_url: str) -> None:
    result = run(
        demo_url,
        "demo",
        LINLI_ENVIRONMENT="production",
        LINLI_SECRET_KEY="x" * 40,
        LINLI_BASE_URL="https://linli.example.org",
        LINLI_SMTP_URL="smtp://mail.example.org",
    )
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: A demo town has no place in production (LINLI_ENVIRONMENT).\n",
    )
