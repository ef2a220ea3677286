"""How much of a person's attention may be asked for (docs/adr/0044)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message

A_DAY: Final = timedelta(days=1)
A_WEEK: Final = timedelta(days=7)
# People who are asked too often go silent, then leave.
MOST_A_DAY: Final = 1
MOST_A_WEEK: Final = 3
SELDOM_A_WEEK: Final = 1
# So many questions in a row that ran out without a word, and we ask whether to go on.
SILENT_AFTER: Final = 2
LONGEST_PAUSE: Final = timedelta(days=366)


class Reply(StrEnum):
    """What somebody says who is asked whether we should go on asking."""

    go_on = "go_on"
    less_often = "less_often"
    pause = "pause"
    stop = "stop"


REPLY_NAMES: Final = {
    Reply.go_on: Message("Yes, go on as before"),
    Reply.less_often: Message("Yes, but at most once a week"),
    Reply.pause: Message("Not now; again from a certain day"),
    Reply.stop: Message("No, please do not ask me any more"),
}


@dataclass(frozen=True)
class Wishes:
    """How a person wants to be asked. The quiet hours are hours of the day; the same twice is none."""

    per_week: int
    quiet_from_hour: int
    quiet_until_hour: int
    paused_until: date | None = None


@dataclass(frozen=True)
class Load:
    """How often somebody was asked lately, over all needs and organizations together."""

    today: int = 0
    this_week: int = 0
    this_month: int = 0
    unanswered: int = 0
    """Of those this week: still open, or run out."""


def has_budget(load: Load, per_week: int = MOST_A_WEEK) -> bool:
    """Whether one more question may be put to a person by itself.

    Parameters
    ----------
    load : Load
        Questions in the 24 hours and the 7 days before the new one would arrive.
    per_week : int
        The person's own choice, 1 to 3.

    Returns
    -------
    bool

    Examples
    --------
    >>> has_budget(Load(today=0, this_week=2)), has_budget(Load(today=1, this_week=1))
    (True, False)
    >>> has_budget(Load(this_week=3)), has_budget(Load(this_week=1), per_week=1)
    (False, False)
    """
    return load.today < MOST_A_DAY and load.this_week < min(per_week, MOST_A_WEEK)


def wants_no_questions(*, opted_in: bool, paused_until: date | None, on_day: date) -> bool:
    """Whether a person has said that nobody may ask them, for good or until a day.

    Examples
    --------
    >>> wants_no_questions(opted_in=True, paused_until=date(2026, 12, 1), on_day=date(2026, 11, 30))
    True
    >>> wants_no_questions(opted_in=True, paused_until=date(2026, 12, 1), on_day=date(2026, 12, 1))
    False
    """
    return not opted_in or (paused_until is not None and on_day < paused_until)


def refuse_pause(until: date | None, *, today: date) -> Message | None:
    """Whether one can be left alone until this day.

    Examples
    --------
    >>> refuse_pause(date(2026, 12, 1), today=date(2026, 11, 23)) is None
    True
    >>> refuse_pause(None, today=date(2026, 11, 23)).text
    'Please say from which day on you may be asked again.'
    """
    if until is None:
        return Message("Please say from which day on you may be asked again.")
    if until <= today:
        return Message("Please give a day that is still to come.")
    if until - today > LONGEST_PAUSE:
        return Message("Please choose a day within the next twelve months.")
    return None


def replied(wishes: Wishes, reply: Reply, until: date | None) -> Wishes:
    """What a person wants after their reply; whether they are asked at all is decided beside it.

    Examples
    --------
    >>> replied(Wishes(3, 21, 8), Reply.less_often, None).per_week
    1
    >>> replied(Wishes(2, 21, 8), Reply.pause, date(2026, 12, 1))
    Wishes(per_week=2, quiet_from_hour=21, quiet_until_hour=8, paused_until=datetime.date(2026, 12, 1))
    """
    return Wishes(
        SELDOM_A_WEEK if reply is Reply.less_often else wishes.per_week,
        wishes.quiet_from_hour,
        wishes.quiet_until_hour,
        until if reply is Reply.pause else None,
    )
