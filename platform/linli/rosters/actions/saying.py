"""What a roster says of people whom the organization registered."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import update_rows
from linli.rosters.models import RegisteredPerson

Says = Mapping[str, str]


async def say(session: AsyncSession, saying: Iterable[tuple[UUID, Says]]) -> Mapping[UUID, Says]:
    """Says it, and answers what was said before; three statements, however many people there are.

    What is said of a person later counts before what was said earlier.
    """
    new: dict[UUID, dict[str, str]] = {}
    for person_id, says in saying:
        new.setdefault(person_id, {}).update(says)
    before = await _said_of(session, new)
    now_said = {id: {**before[id], **says} for id, says in new.items()}
    accounts = [
        {
            "id": id,
            "name": said["name"],
            "birth_on": date.fromisoformat(said["birth_on"]),
            "division": said["division"] or None,
        }
        for id, said in now_said.items()
    ]
    await update_rows(session, Account, accounts)
    mobiles = [{"account_id": id, "mobile": said["mobile"]} for id, said in now_said.items()]
    await update_rows(session, RegisteredPerson, mobiles)
    return {id: {name: before[id][name] for name in says} for id, says in new.items()}


async def _said_of(session: AsyncSession, people: Mapping[UUID, Says]) -> Mapping[UUID, Says]:
    rows = await session.execute(
        select(Account.id, Account.name, Account.birth_on, Account.division, RegisteredPerson.mobile)
        .join(RegisteredPerson, RegisteredPerson.account_id == Account.id)
        .where(Account.id.in_(people))
        .order_by(Account.id)
        .with_for_update()
    )
    return {
        id: {"name": name, "birth_on": birth_on.isoformat(), "division": division or "", "mobile": mobile}
        for id, name, birth_on, division, mobile in rows
    }
