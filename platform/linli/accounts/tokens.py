"""Random secrets and their hashes: what the database holds cannot be used to sign in."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def new_access_key() -> str:
    """As above, with a beginning by which lost ones are recognised."""
    return f"linli_{new_token()}"


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_hash(secret_key: str, value: str) -> str:
    """A hash nobody can compute without the key: for addresses and short codes, which could be guessed."""
    return hmac.new(secret_key.encode(), value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def new_code() -> str:
    """Six digits, easy to read out."""
    return f"{secrets.randbelow(1_000_000):06d}"
