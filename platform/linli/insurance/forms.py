"""Reads what is typed about an insurance."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from linli.core import seed
from linli.core.forms import Form, id_named
from linli.core.i18n import Message
from linli.insurance.rules import MOST_TEAMS_NAMED, Cover, refuse_term


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
    team_ids: tuple[UUID, ...] = ()


def typed_ids(typed: Iterable[str]) -> list[UUID]:
    """What can be an id among what was sent."""
    return [id for each in typed if (id := id_named(each))][:MOST_TEAMS_NAMED]


def read_insurance(
    form: Form, *, need_id: UUID | None, teams: Collection[UUID], today: date
) -> InsuranceDraft:
    """The draft, or Invalid with a sentence for each field; `need_id` where the form is about one need.

    `teams` are those that can be named.
    """
    covers = form.choice("covers", Cover, required=True) or Cover.own_people
    named = typed_ids(form.some_of("teams", {str(id) for id in teams}, most=MOST_TEAMS_NAMED))
    if covers is Cover.named_teams and not named and not form.errors.get("teams"):
        form.refuse("teams", Message("Please choose at least one."))
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
        covers=covers,
        risk_kinds=risk_kinds,
        is_seen=form.flag("is_seen"),
        team_ids=tuple(named) if covers is Cover.named_teams else (),
    )
    form.check()
    return draft


def read_reason(form: Form) -> str:
    reason = form.text("reason", longest=300, required=True)
    form.check()
    return reason
