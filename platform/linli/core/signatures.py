"""Signatures under what leaves the house and comes back: nobody without the key can write them."""

import hashlib
import hmac


def sign(secret_key: str, purpose: str, text: str) -> str:
    """The purpose keeps a signature given for one thing from passing for another."""
    return hmac.new(secret_key.encode(), f"{purpose}\0".encode() + _bytes(text), hashlib.sha256).hexdigest()


def is_signed(secret_key: str, purpose: str, text: str, signature: str) -> bool:
    return are_same(sign(secret_key, purpose, text), signature)


def are_same(one: str, other: str) -> bool:
    """Compared without telling by its time where they differ; as bytes, since text beyond ASCII fails."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
