"""Writes the past of the town: its needs as officers post them, its many answers in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import insert_rows, new_id
from linli.demo.minds import Answer
from linli.demo.past import PastNeed, PastQuestion
from linli.needs import actions as needs
from linli.needs.models import Need
from linli.needs.rules import NeedState
from linli.organizations.models import Organization
from linli.participation.models import Participation
from linli.participation.rules import State, invitation_expires_at
from linli.volunteers.actions import give_number

STATES: Final[Mapping[Answer, State]] = {
    Answer.yes: State.confirmed,
    Answer.no: State.declined,
    Answer.silence: State.expired,
}


async def build_past(
    session: AsyncSession,
    past: Sequence[PastNeed],
    *,
    askers: Sequence[tuple[Organization, Account]],
    volunteers: Sequence[Account],
) -> None:
    """`askers` in the order of the plan. What people were told of it then is no news any more."""
    rows: list[dict[str, Any]] = []
    numbered: set[int] = set()
    for each in past:
        need = await _post(session, each, *askers[each.need.asker])
        rows += [
            _row(need, question, volunteers, askers[each.need.asker][1].id) for question in each.questions
        ]
        for question in each.questions:
            if question.answer is Answer.yes and question.person not in numbered:
                numbered.add(question.person)
                await give_number(session, account=volunteers[question.person], now=question.answered_at)
    await insert_rows(session, Participation, rows)


async def _post(session: AsyncSession, past: PastNeed, organization: Organization, officer: Account) -> Need:
    """Over, with the places that were taken and the first yes."""
    planned = past.need
    need = await needs.post_need(
        session,
        organization=organization,
        draft=planned.draft,
        account_id=officer.id,
        now=planned.posted_at,
    )
    yeses = [each.answered_at for each in past.questions if each.answer is Answer.yes]
    [shift] = need.shifts
    need.is_sample, need.state = True, NeedState.done
    shift.places_taken = len(yeses)
    need.answered_at = min(yeses, default=None)
    need.changed_at = shift.ends_at
    await session.flush()
    return need


def _row(
    need: Need, question: PastQuestion, volunteers: Sequence[Account], officer_id: UUID
) -> dict[str, Any]:
    [shift] = need.shifts
    asked_at = question.asked_at
    return {
        "id": new_id(),
        "shift_id": shift.id,
        "need_id": need.id,
        "account_id": volunteers[question.person].id,
        "state": STATES[question.answer],
        "asked_by_id": officer_id if asked_at else None,
        "asked_at": asked_at,
        "reaches_at": asked_at,
        "expires_at": invitation_expires_at(asked_at, shift.starts_at) if asked_at else None,
        "note": "",
        "group_id": None,
        "hold_id": None,
        "told_unverified_at": None,
        "created_at": asked_at or question.answered_at,
        "changed_at": question.answered_at,
    }
