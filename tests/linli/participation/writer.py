"""Takes places as people do, is killed in the middle of it, and starts again.

`python -m tests.linli.participation.writer URL SEED KILLS SHIFT...` prints the ids of the accounts whose
place was acknowledged, one a line. Each life is a fork of a process that has everything imported, so that a
kill costs a fraction of a second; it opens the database anew, as a server that was killed does.
"""

import asyncio
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from itertools import cycle
from typing import Final
from uuid import UUID

from linli.core.db import Database, new_id
from linli.participation import actions
from tests.conftest import settings_for
from tests.factories import make_account

LONGEST_LIFE_SECONDS: Final = 0.15


async def take_places(url: str, shift_id: UUID, acknowledge: int) -> None:
    """One place after the other, each said aloud once it is committed."""
    database = Database(settings_for(url))
    while True:
        mobile = f"1{new_id().int % 10**15:015d}"
        async with database.transaction() as session:
            account = await make_account(session, mobile=mobile)
            await actions.apply(session, shift_id=shift_id, account_id=account.id, now=datetime.now(UTC))
        os.write(acknowledge, f"{account.id}\n".encode())


def live_and_be_killed(url: str, shift_id: UUID, seconds: float) -> str:
    """What one life acknowledged. It is killed at a moment after its first word."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(take_places(url, shift_id, writing))
        finally:
            os._exit(1)
    os.close(writing)
    said = os.read(reading, 1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as rest:
        return (said + rest.read()).decode()


def main(url: str, seed: str, kills: str, *shift_ids: str) -> None:
    chance = random.Random(seed)
    shifts = cycle(UUID(each) for each in shift_ids)
    for _ in range(int(kills)):
        said = live_and_be_killed(url, next(shifts), chance.uniform(0, LONGEST_LIFE_SECONDS))
        sys.stdout.write(said)


if __name__ == "__main__":
    main(*sys.argv[1:])
