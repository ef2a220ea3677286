from dataclasses import fields
from pathlib import Path

import pytest

from linli.core.config import DEVELOPMENT_SECRET, BadSettings, Environment, Settings, read_settings

OPERATING = Path(__file__).parents[3] / "docs" / "operating.md"
PRODUCTION = {
    "LINLI_ENVIRONMENT": "production",
    "LINLI_SECRET_KEY": "k" * 32,
    "LINLI_BASE_URL": "https://linli.example.org",
    "LINLI_SMTP_URL": "smtps://user:word@mail.example.org",
}


def test_without_any_setting_it_runs_for_development() -> None:
    settings = read_settings({})
    assert settings.environment is Environment.development
    assert settings.is_sqlite
    assert settings.has_dev_mailbox


def test_each_setting_comes_from_its_environment_variable() -> None:
    settings = read_settings(
        {
            "LINLI_DATABASE_URL": "postgresql://linli:word@db.example.org/linli",
            "LINLI_WORK_IN_SERVER": "No",
            "LINLI_REQUESTS_PER_MINUTE": "30",
            "LINLI_REQUEST_SECONDS": "2.5",
            "LINLI_TIME_ZONE": "Europe/Berlin",
            "OTHER": "ignored",
        }
    )
    assert settings.async_database_url == "postgresql+psycopg://linli:word@db.example.org/linli"
    assert (settings.work_in_server, settings.requests_per_minute, settings.request_seconds) == (
        False,
        30,
        2.5,
    )
    assert settings.zone.key == "Europe/Berlin"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("ENVIRONMENT", "staging"),
        ("DATABASE_URL", "mysql://localhost/linli"),
        ("BASE_URL", "linli.example.org"),
        ("BASE_URL", "https://linli.example.org/"),
        ("BASE_URL", "https://linli.example.org:port"),
        ("SMTP_URL", "mail.example.org:25"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMS_WEBHOOK_URL", "ftp://sms.example.org"),
        ("MAIL_FROM", "Linli"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("TIME_ZONE", "../etc/passwd"),
        ("WORK_IN_SERVER", "perhaps"),
        ("REQUEST_SECONDS", "nan"),
        ("REQUEST_SECONDS", "0"),
        ("REQUESTS_PER_MINUTE", "many"),
        ("REQUESTS_PER_MINUTE", "-1"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(name: str, typed: str) -> None:
    with pytest.raises(BadSettings, match=f"LINLI_{name}"):
        read_settings({f"LINLI_{name}": typed})


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(BadSettings) as refusal:
        read_settings({"LINLI_TIME_ZONE": "Nowhere", "LINLI_WORK_IN_SERVER": "perhaps"})
    assert "LINLI_TIME_ZONE" in str(refusal.value)
    assert "LINLI_WORK_IN_SERVER" in str(refusal.value)


def test_production_starts_with_its_secrets() -> None:
    settings = read_settings(PRODUCTION)
    assert settings.is_production
    assert not settings.has_dev_mailbox


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("LINLI_SECRET_KEY", ""),
        ("LINLI_SECRET_KEY", "short"),
        ("LINLI_SECRET_KEY", DEVELOPMENT_SECRET),
        ("LINLI_BASE_URL", "http://linli.example.org"),
        ("LINLI_SMTP_URL", ""),
    ],
)
def test_production_refuses_to_start_without_its_secrets(name: str, typed: str) -> None:
    with pytest.raises(BadSettings, match=name):
        read_settings(PRODUCTION | {name: typed})


def test_printed_settings_show_no_secret() -> None:
    secrets = {
        "LINLI_DATABASE_URL": "postgresql://linli:hidden1@localhost/linli",
        "LINLI_SECRET_KEY": "hidden2" * 8,
        "LINLI_SMTP_URL": "smtps://linli:hidden3@mail.example.org",
        "LINLI_SMS_WEBHOOK_TOKEN": "hidden4",
    }
    assert "hidden" not in repr(read_settings(PRODUCTION | secrets))


def test_every_setting_is_explained_in_the_operating_guide_with_its_own_words() -> None:
    guide = OPERATING.read_text("utf-8").splitlines()
    for each in fields(Settings):
        name, doc = f"| `LINLI_{each.name.upper()}` |", f"| {each.metadata['doc']} |"
        assert any(row.startswith(name) and row.endswith(doc) for row in guide), f"{name} ... {doc}"
