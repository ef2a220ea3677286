"""Passwords: Argon2id, off the event loop, few at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from pwdlib.hashers.argon2 import Argon2Hasher

from linli.accounts.rules import LONGEST_PASSWORD

AT_ONCE: Final = 2  # each takes 64 MiB and 0.1 to 0.4 s of a core

hasher = Argon2Hasher()
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
# Compared with when there is no password, so that the work is the same. Nobody knows what it is the hash of.
NOBODYS_HASH: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$+vKye7KlQEJDH8dYE8fKIg$g/KB3fr1KEJJGvaeKLVpHcClMa5z3vON6y1DMloNevo"
)


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, hasher.hash, password)


async def is_right_password(typed: str, password_hash: str | None) -> bool:
    """One Argon2 computation in every case, also where there is no password to compare with."""
    compared = password_hash or NOBODYS_HASH
    is_right = await asyncio.get_running_loop().run_in_executor(
        _threads, hasher.verify, typed[: LONGEST_PASSWORD + 1], compared
    )
    return is_right and password_hash is not None
