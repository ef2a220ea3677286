"""Teams and organizations that were asked: what to answer, and for whom places are kept without a name."""

from collections.abc import Sequence
from datetime import datetime

from linli.core.i18n import Message, counted
from linli.desks.waiting.rows import Group, Waiting, group
from linli.dispatch.queries import DispatchRow
from linli.divisions.shown import named


def to_answer(rows: Sequence[DispatchRow], *, url: str, says_whom: bool) -> Group:
    """What has to be answered first stands first."""
    asked = sorted((row for row in rows if row.waits_for_answer), key=lambda row: row.dispatch.answer_until)
    return group(
        Message("Asked of us: please answer"), [_asked(row, says_whom=says_whom) for row in asked], url=url
    )


def to_name(rows: Sequence[DispatchRow], *, url: str, says_whom: bool, now: datetime) -> Group:
    """Places that fall to others if nobody is named."""
    kept = [(row.hold.until, row) for row in rows if row.hold and row.waits_for_names(now)]
    kept.sort(key=lambda each: each[0])
    return group(
        Message("Say who goes"),
        [_kept(row, until, says_whom=says_whom) for until, row in kept],
        url=url,
    )


def _asked(row: DispatchRow, *, says_whom: bool) -> Waiting:
    places = counted(row.dispatch.places, "Asked for {n} place", "Asked for {n} places")
    due = Message("Answer until {when}", when=row.dispatch.answer_until)
    return _of(row, places, due, says_whom=says_whom)


def _kept(row: DispatchRow, until: datetime, *, says_whom: bool) -> Waiting:
    left = counted(row.left, "{n} place kept, nobody named yet", "{n} places kept, nobody named yet")
    return _of(row, left, Message("Kept until {when}", when=until), says_whom=says_whom)


def _of(row: DispatchRow, places: Message, due: Message, *, says_whom: bool) -> Waiting:
    return Waiting(
        title=row.need.title,
        title_lang=row.need.language,
        url=f"/dispatch/{row.dispatch.id}",
        starts_at=row.shift.starts_at,
        ends_at=row.shift.ends_at,
        # On the desk of an organization: which of its teams.
        facts=(
            named(row.need.division or ""),
            places,
            row.asked if says_whom and row.dispatch.team_id else None,
        ),
        due=due,
    )
