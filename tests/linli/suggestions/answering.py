"""A town whose people answer: those who can chat say yes, the others seldom do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.participation.models import Participation
from linli.participation.rules import State, invitation_expires_at
from linli.volunteers.rules import SkillLevel
from tests.linli.suggestions.factories import make_asking_need, make_helper

ASKED = 5


@dataclass(frozen=True)
class Town:
    able: Sequence[Account]
    others: Sequence[Account]
    needs: Sequence[Need]


async def make_people(session: AsyncSession, count: int = 8) -> tuple[list[Account], list[Account]]:
    able = [await make_helper(session, skills={"chatting": SkillLevel.good}) for _ in range(count)]
    return able, [await make_helper(session) for _ in range(count)]


async def make_answering_town(
    session: AsyncSession,
    now: datetime,
    *,
    needs: int = 60,
    backwards: bool = False,
    first_day: int = 130,
    people: tuple[list[Account], list[Account]] | None = None,
) -> Town:
    """A need every other day, five people asked for each; `backwards` turns their answers round."""
    able, others = people or await make_people(session)
    made = []
    for n in range(needs):
        asked_at = now - timedelta(days=first_day - 2 * n)
        need = await make_asking_need(
            session,
            skills={"chatting": False},
            starts_at=asked_at + timedelta(days=5),
            state=NeedState.done,
            field_id="elderly_care",
        )
        made.append(need)
        for k in range(ASKED):
            can = (n + k) % 2 == 0
            person = (able if can else others)[(3 * n + k) % len(able)]
            says_yes = (can is not backwards) if (7 * n + 3 * k) % 10 else (can is backwards)
            session.add(answered(need, person, says_yes=says_yes, silent=k == 1, asked_at=asked_at))
    await session.flush()
    return Town(able, others, made)


def answered(
    need: Need, person: Account, *, says_yes: bool, silent: bool, asked_at: datetime
) -> Participation:
    [shift] = need.shifts
    no = State.expired if silent else State.declined
    return Participation(
        shift_id=shift.id,
        need_id=need.id,
        account_id=person.id,
        state=State.confirmed if says_yes else no,
        asked_at=asked_at,
        expires_at=invitation_expires_at(asked_at, shift.starts_at),
        created_at=asked_at,
        changed_at=asked_at + timedelta(hours=20),
    )


async def make_open_need(session: AsyncSession) -> Need:
    return await make_asking_need(session, skills={"chatting": False}, field_id="elderly_care")
