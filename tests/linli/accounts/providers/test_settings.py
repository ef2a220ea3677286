"""The file with the providers: read whole, or refused with a sentence that says why."""

from pathlib import Path

import pytest

from linli.accounts.providers import read_providers
from linli.core.config import BadSettings, Environment, read_settings

GOOD = """
[[provider]]
id = "city"
name_zh = "市民账户"
name_en = "City account"
issuer = "https://id.city.example"
client_id = "linli"
client_secret = "secret"
"""


def read(folder: Path, text: str, **changed: object) -> list[str]:
    path = folder / "providers.toml"
    path.write_text(text, "utf-8")
    return list(read_providers(read_settings({}, sign_in_providers=str(path), **changed)))


def test_providers_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    other = GOOD.replace('"city"', '"province"').replace("id.city", "id.province")
    assert read(tmp_path, other + GOOD) == ["province", "city"]


def test_without_a_file_there_are_none() -> None:
    assert read_providers(read_settings({})) == {}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace("client_secret", "secret"), "needs client_secret"),
        (GOOD.replace('"city"', '"City!"'), "cannot be an id"),
        (GOOD.replace("https://id.city.example", "id.city.example"), "https://"),
        (GOOD.replace("https://id.city.example", "https://id.city.example?a=1"), "https://"),
        (GOOD + GOOD, "twice"),
        (GOOD.replace("[[provider]]", "[[provider"), "cannot be read"),
        ("provider = 3", "[[provider]]"),
        ("provider = [3]", "needs id"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said.replace("[", r"\[")):
        read(tmp_path, wrong)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        read_providers(read_settings({}, sign_in_providers="/nowhere/providers.toml"))


def test_in_production_a_provider_is_reached_over_https_only(tmp_path: Path) -> None:
    production = {
        "environment": Environment.production,
        "secret_key": "x" * 40,
        "base_url": "https://linli.example.org",
        "smtp_url": "smtp://mail.example.org:25",
    }
    over_http = GOOD.replace("https://id", "http://id")
    assert read(tmp_path, GOOD, **production) == ["city"]
    assert read(tmp_path, over_http) == ["city"]
    with pytest.raises(BadSettings, match="https"):
        read(tmp_path, over_http, **production)
