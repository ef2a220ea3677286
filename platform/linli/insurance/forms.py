"""Reads what is typed about an insurance."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.core import seed
from linli.core.forms import Form
from linli.core.i18n import Message
from linli.insurance.rules import Cover, refuse_term


@dataclass(frozen=True)
class InsuranceDraft:
    need_id: UUID | None
    insurer: str
    policy_number: str
    starts_on: date
    ends_on: date
    covers: Cover
    risk_kinds: tuple[str, ...]
    is_seen: bool


def read_insurance(form: Form, *, need_id: UUID | None, today: date) -> InsuranceDraft:
    """The draft, or Invalid with a sentence for each field; `need_id` where the form is about one need."""
    starts_on, ends_on = form.day("starts_on", required=True), form.day("ends_on", required=True)
    if starts_on and ends_on and (sentence := refuse_term(starts_on, ends_on, today)):
        form.refuse("ends_on", sentence)
    risk_kinds = form.some_of("risk_kinds", seed.risk_kinds())
    if not risk_kinds:
        form.refuse("risk_kinds", Message("Please choose at least one."))
    draft = InsuranceDraft(
        need_id=need_id if form.one_of("scope", ("need", "all")) == "need" else None,
        insurer=form.text("insurer", longest=80, required=True),
        policy_number=form.text("policy_number", longest=60, required=True),
        starts_on=starts_on or today,
        ends_on=ends_on or today,
        covers=form.choice("covers", Cover, required=True) or Cover.own_people,
        risk_kinds=risk_kinds,
        is_seen=form.flag("is_seen"),
    )
    form.check()
    return draft


def read_reason(form: Form) -> str:
    reason = form.text("reason", longest=300, required=True)
    form.check()
    return reason
