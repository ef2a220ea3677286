"""Passwords are hashed quickly here; what a hash costs in earnest is tested by itself."""

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from linli.accounts import passwords


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", hasher)
    monkeypatch.setattr(passwords, "NOBODYS_HASH", hasher.hash("nobody's"))
