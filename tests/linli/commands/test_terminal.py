from pathlib import Path

from linli.cli import main
from linli.commands.terminal import DATABASE_SILENT
from tests.terminal import run


def test_help_names_every_command_and_each_explains_itself() -> None:
    said = run("sqlite://", "--help")
    for name, command in main.commands.items():
        assert name in said.output
        assert command.help
        assert run("sqlite://", name, "--help").exit_code == 0


def test_bad_settings_are_refused_in_a_sentence_each() -> None:
    result = run("mysql://nowhere", "migrate", LINLI_TIME_ZONE="Mars/Olympus")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Error: LINLI_DATABASE_URL must start with sqlite:/// or postgresql://",
        "LINLI_TIME_ZONE: no time zone is called 'Mars/Olympus'",
    ]


def test_a_database_without_tables_says_what_to_type(tmp_path: Path) -> None:
    result = run(f"sqlite:///{tmp_path / 'empty.sqlite'}", "match")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        1,
        "Error: The database is not up to date. Please type: linli migrate",
    )


def test_a_database_that_does_not_answer_gives_a_sentence() -> None:
    result = run("postgresql://nobody@127.0.0.1:1/none", "migrate")
    assert (result.exit_code, result.stderr) == (1, f"Error: {DATABASE_SILENT}\n")


def test_migrating_goes_down_and_up_and_says_where_it_is(tmp_path: Path) -> None:
    own = f"sqlite:///{tmp_path / 'linli.sqlite'}"
    assert run(own, "migrate").output.startswith("The database is at 0")
    assert run(own, "migrate").output.endswith(" already.\n")
    assert run(own, "migrate", "--to", "base").output == "The database is at base.\n"
    assert run(own, "migrate", "--to", "nowhere").stderr == "Error: There is no revision nowhere.\n"
    assert run(own, "migrate").exit_code == 0
