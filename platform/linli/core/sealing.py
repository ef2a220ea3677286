"""Secrets that must be read again: kept encrypted: a copy of the database alone gives nothing away."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(secret_key: str, purpose: str, text: str) -> str:
    """The purpose gives each use a key of its own.

    >>> sealed = seal("key", "a purpose", "hidden")
    >>> unseal("key", "a purpose", sealed), unseal("another key", "a purpose", sealed)
    ('hidden', None)
    """
    return _box(secret_key, purpose).encrypt(text.encode()).decode()


def unseal(secret_key: str, purpose: str, sealed: str) -> str | None:
    """None where it was sealed with another key, or is not ours."""
    try:
        return _box(secret_key, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(secret_key: str, purpose: str) -> Fernet:
    derive = HKDF(SHA256(), length=32, salt=None, info=b"linli:" + purpose.encode())
    return Fernet(base64.urlsafe_b64encode(derive.derive(secret_key.encode())))
