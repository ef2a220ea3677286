"""Reads how somebody wants to be asked."""

from dataclasses import dataclass
from datetime import date

from linli.core.forms import Form
from linli.core.i18n import Message
from linli.volunteers.asking.rules import MOST_A_WEEK, Reply, Wishes, refuse_pause


@dataclass(frozen=True)
class ReplyDraft:
    reply: Reply
    until: date | None


def read_wishes(form: Form, *, today: date) -> Wishes:
    """How often, when not, and perhaps not before a day; Invalid otherwise."""
    per_week = form.whole("per_week", least=1, most=MOST_A_WEEK, required=True)
    hours = [form.whole(name, least=0, most=23, required=True) for name in ("quiet_from", "quiet_until")]
    until = form.day("paused_until")
    _check_pause(form, "paused_until", until, today=today, is_needed=False)
    form.check()
    return Wishes(per_week or MOST_A_WEEK, hours[0] or 0, hours[1] or 0, until)


def read_reply(form: Form, *, today: date) -> ReplyDraft:
    """Whether to go on asking; a pause needs its last day."""
    chosen = form.choice("reply", Reply, required=True)
    until = form.day("until") if chosen is Reply.pause else None
    _check_pause(form, "until", until, today=today, is_needed=chosen is Reply.pause)
    form.check()
    assert chosen is not None
    return ReplyDraft(chosen, until)


def _check_pause(form: Form, name: str, until: date | None, *, today: date, is_needed: bool) -> None:
    if name in form.errors or (until is None and not is_needed):
        return
    refusal: Message | None = refuse_pause(until, today=today)
    if refusal:
        form.refuse(name, refusal)
