"""Who may write to whom and how often, what can be reported, and how long words are kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message


class Side(StrEnum):
    """The two sides of a conversation, and of a block."""

    volunteer = "volunteer"
    organization = "organization"


class Subject(StrEnum):
    """What a report is about."""

    message = "message"
    need = "need"
    organization = "organization"
    person = "person"


class Reason(StrEnum):
    insult = "insult"
    private = "private"
    money = "money"
    danger = "danger"
    false_information = "false_information"
    wrongly_blocked = "wrongly_blocked"
    other = "other"


REASON_NAMES: Final[Mapping[Reason, Message]] = {
    Reason.insult: Message("Insult, pressure or harassment"),
    Reason.private: Message("Private things are shown or asked for"),
    Reason.money: Message("Money is asked for, or something is sold"),
    Reason.danger: Message("Somebody could come to harm"),
    Reason.false_information: Message("What is said is not true"),
    Reason.wrongly_blocked: Message("An organization does not let me take part, wrongly"),
    Reason.other: Message("Another reason"),
}
SUBJECT_NAMES: Final[Mapping[Subject, Message]] = {
    Subject.message: Message("A message"),
    Subject.need: Message("A need"),
    Subject.organization: Message("An organization"),
    Subject.person: Message("A person"),
}

LONGEST_MESSAGE: Final = 2000
LONGEST_REPORT: Final = 2000
LONGEST_REASON: Final = 500
A_DAY: Final = timedelta(days=1)
# One person's questions; an officer answers many, and writes to all who hold a place.
MESSAGES_A_DAY: Final[Mapping[Side, int]] = {Side.volunteer: 20, Side.organization: 1000}
REPORTS_A_DAY: Final = 10
# Thanks and lost umbrellas; then a conversation can be read, not continued.
OPEN_AFTER_END: Final = timedelta(days=30)
KEPT_AFTER_END: Final = timedelta(days=365)
REPORTS_KEPT: Final = timedelta(days=3 * 365)
ENDED_BLOCKS_KEPT: Final = timedelta(days=365)


def is_closed(ended_at: datetime | None, now: datetime) -> bool:
    """Whether a need is over for so long that nobody writes about it any more.

    Parameters
    ----------
    ended_at : datetime or None
        The end of the need's last shift; None for a need without times.
    now : datetime
        Aware.

    Examples
    --------
    >>> from datetime import UTC
    >>> end = datetime(2026, 11, 24, tzinfo=UTC)
    >>> is_closed(end, end + timedelta(days=30)), is_closed(end, end + timedelta(days=31))
    (False, True)
    >>> is_closed(None, end)
    False
    """
    return ended_at is not None and now > ended_at + OPEN_AFTER_END


def refuse_writing(writer: Side, *, blocked_by: Side | None, is_over: bool) -> Message | None:
    """Why this side cannot write now. Nobody is told that the other has blocked them.

    Parameters
    ----------
    writer : Side
        Who wants to write.
    blocked_by : Side or None
        Which side has blocked the other; the writer's own block counts first.
    is_over : bool
        The need has ended long ago.

    Examples
    --------
    >>> refuse_writing(Side.volunteer, blocked_by=None, is_over=False) is None
    True
    >>> refuse_writing(Side.organization, blocked_by=Side.volunteer, is_over=False).text
    'This person cannot be written to at present.'
    """
    if is_over:
        return Message("This need ended more than 30 days ago. You can read here, but no longer write.")
    if blocked_by is None:
        return None
    return _BLOCKED[writer, blocked_by]


_BLOCKED: Final = {
    (Side.volunteer, Side.volunteer): Message(
        "You have blocked this organization. Under “Reports and blocks” you can undo that."
    ),
    (Side.volunteer, Side.organization): Message(
        "This organization does not take messages or offers from you at present. "
        "If you think this is wrong, you can report it."
    ),
    (Side.organization, Side.organization): Message(
        "Your organization has blocked this person. Under “Blocked people” you can undo that."
    ),
    (Side.organization, Side.volunteer): Message("This person cannot be written to at present."),
}


def is_shared_with_organization(subject: Subject, reporter: Side) -> bool:
    """Whether the need's organization reads a report too: its own ones, and those about a need.

    A report about the organization, or about words it wrote, goes to the bureau alone.

    Examples
    --------
    >>> is_shared_with_organization(Subject.need, Side.volunteer)
    True
    >>> is_shared_with_organization(Subject.message, Side.volunteer)
    False
    """
    return reporter is Side.organization or subject is Subject.need
