"""Six digits from an app (RFC 6238), and the codes on paper for when it is gone."""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime
from typing import Final
from uuid import UUID

import pyotp
import segno

from linli.accounts.tokens import hash_token
from linli.core.sealing import seal, unseal

PURPOSE: Final = "second factor"
STEP_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
# Nothing that is easily taken for another: no 0, O, 1, I, L. 16 of 31 are 79 random bits.
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RECOVERY_LENGTH: Final = 16


def new_secret() -> str:
    """160 random bits, as apps take them."""
    return pyotp.random_base32()


def sealed(secret_key: str, secret: str) -> str:
    return seal(secret_key, PURPOSE, secret)


def unsealed(secret_key: str, kept: str | None) -> str | None:
    return unseal(secret_key, PURPOSE, kept) if kept else None


def grouped(text: str) -> str:
    """
    >>> grouped("ABCDEFGHIJ")
    'ABCD EFGH IJ'
    """
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def qr_code(secret: str, account_name: str) -> str:
    """What an app scans, as an image that can stand in the page itself."""
    address = pyotp.TOTP(secret).provisioning_uri(name=account_name, issuer_name="Linli")
    return str(segno.make(address, error="m").svg_data_uri(scale=6, border=2, light="white"))


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """
    >>> code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1)  # RFC 6238, appendix B
    '287082'
    """
    return pyotp.TOTP(secret).generate_otp(step)


def step_of_code(secret: str, typed: str, now: datetime) -> int | None:
    """Which step these digits belong to: this one, or the one before or after, where clocks differ."""
    digits = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))
    present = step_of(now)
    for step in (present, present - 1, present + 1):
        if digits.isascii() and hmac.compare_digest(code_at(secret, step), digits):
            return step
    return None


def next_code(secret: str, last_step: int | None, now: datetime) -> str | None:
    """A code that would still be accepted, for the sample people of a demo; None when all are used."""
    present = step_of(now)
    step = max(present, (last_step or 0) + 1)
    return code_at(secret, step) if step <= present + 1 else None


def new_recovery_codes() -> list[str]:
    return ["".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]


def hash_recovery_code(account_id: UUID, typed: str) -> str:
    """Of random codes a plain hash is enough; it still works after the secret key was changed."""
    letters = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()
    return hash_token(f"{account_id}:{letters}")
