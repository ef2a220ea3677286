"""Whoever waits for somebody else's change decides on what stands afterwards."""

import asyncio
from datetime import datetime
from uuid import UUID

import pytest

from linli.core.db import Database
from linli.core.errors import Conflict
from linli.needs.models import NeedCredential
from linli.needs.queries import find_need
from linli.participation import actions
from tests.factories import make_account, make_need


async def apply(database: Database, shift_id: UUID, account_id: UUID, now: datetime) -> None:
    async with database.transaction() as session:
        await actions.apply(session, shift_id=shift_id, account_id=account_id, now=now)


async def test_an_application_that_waits_for_an_edit_is_judged_by_what_the_edit_asks(
    own_database: Database, now: datetime
) -> None:
    async with own_database.transaction() as session:
        need, person = await make_need(session), await make_account(session)
    async with own_database.session(writes=True) as editing:
        edited = await find_need(editing, need.id, lock=True)
        edited.credentials.append(NeedCredential(need_id=need.id, credential_id="first_aid"))
        await editing.flush()
        waiting = asyncio.create_task(apply(own_database, need.shifts[0].id, person.id, now))
        await asyncio.wait({waiting}, timeout=0.3)
        assert not waiting.done()
        await editing.commit()
    with pytest.raises(Conflict, match="This needs"):
        await waiting
