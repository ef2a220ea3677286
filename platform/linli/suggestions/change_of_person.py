"""What a suggested person has left unsaid that would make them suit a need better, told to its officer."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core import i18n, seed
from linli.core.i18n import Message
from linli.needs.models import Need, Shift
from linli.suggestions import reads
from linli.suggestions.matcher import matcher
from linli.suggestions.models import Suggestion, SuggestionRun
from linli.suggestions.person import known_of, row_of
from linli.suggestions.ranking import Known
from linli.suggestions.serving import serving
from linli.suggestions.tables import NeedTable, bookings_of, needs_table, pairs_of, volunteers_table
from linli.suggestions.texts import EncodedTexts
from linli.suggestions.wording import times_of
from linli.volunteers.pool import PoolRow
from matching import Change, ChangeCode, persons_change

NOTHING: Final = Message("Nothing they could add to their profile would change much.")


@dataclass(frozen=True)
class ChangeShown:
    """`before` and `after` are of a hundred: how well it fits or, where that was learnt, how many say yes."""

    sentence: Message
    before: int = 0
    after: int = 0
    is_learnt: bool = False


async def change_of_person(
    session: AsyncSession, *, need: Need, shift: Shift, account_id: UUID, now: datetime
) -> ChangeShown:
    """Of somebody who is suggested for this time; of anybody else nothing is told."""
    [row] = await reads.need_rows(session, Need.id == need.id, now=now, limit=1, only_free=False)
    account = await _suggested(session, shift, account_id)
    if account is None or not row.shifts:
        return ChangeShown(NOTHING)
    table, serves = needs_table([row], EncodedTexts(matcher().text_model)), await serving(session)
    known = await known_of(session, account.id, table, serves, now=now)
    person = await row_of(session, account, i18n.local(now).date())
    found = await asyncio.to_thread(_change, table, shift.id, person, known, now)
    return found or ChangeShown(NOTHING)


async def _suggested(session: AsyncSession, shift: Shift, account_id: UUID) -> Account | None:
    found: Account | None = await session.scalar(
        select(Account)
        .join(Suggestion, Suggestion.account_id == Account.id)
        .join(SuggestionRun, SuggestionRun.id == Suggestion.run_id)
        .where(SuggestionRun.shift_id == shift.id, Account.id == account_id)
    )
    return found


def _change(
    table: NeedTable, shift_id: UUID, person: PoolRow, known: Known, now: datetime
) -> ChangeShown | None:
    one = volunteers_table([person], EncodedTexts(matcher().text_model))
    ranker, row = known.ranker([person.account_id]), table.needs.row_by_id[str(shift_id)]
    found = persons_change(
        ranker,
        table.needs,
        row,
        one,
        0,
        today=i18n.local(now).date(),
        bookings=bookings_of(one, known.promises) if known.promises else None,
        pairs=pairs_of(table.needs, one, known.pairs),
    )
    sentence = _said(found) if found and not found.brings_in else None
    if found is None or sentence is None:
        return None
    before, after = round(100 * (found.score - found.gain)), round(100 * found.score)
    return ChangeShown(sentence, before, after, known.learnt is not None) if after > before else None


def _said(change: Change) -> Message | None:
    """Only what somebody has left unsaid: what they have refused, and their limits, are their own affair."""
    try:
        return _SENTENCES[change.code](change.params)
    except KeyError:
        return None


_SENTENCES: Final[Mapping[ChangeCode, Callable[[Mapping[str, Any]], Message]]] = {
    ChangeCode.SAY_SKILL: lambda told: Message(
        "If they can do this, and say so: {skill}.", skill=seed.skills()[told["skill_id"]]
    ),
    ChangeCode.SAY_LANGUAGE: lambda told: Message(
        "If they speak this language, and say so: {language}.",
        language=seed.languages()[told["language_id"]],
    ),
    ChangeCode.NAME_FIELD: lambda told: Message(
        "If they like to help in this field, and name it: {field}.", field=seed.fields()[told["field_id"]]
    ),
    ChangeCode.SAY_WHEN_FREE: lambda told: Message(
        "If they have time then, and say so: {times}.", times=times_of(told)
    ),
}
