"""What officers do with needs, and what time does with them."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.idempotency import Answer, answer_once
from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.needs import due, queries, rules
from linli.needs.forms import NeedDraft, ShiftDraft
from linli.needs.models import Need, NeedCredential, NeedLanguage, NeedSkill, Shift
from linli.needs.rules import NeedState, Times
from linli.notifications.actions import tell
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import refuse_publishing

PLAIN_FIELDS = (
    "template_id",
    "field_id",
    "title",
    "description",
    "language",
    "risks",
    "priority",
    "joining",
    "setting",
    "minimum_age_years",
    "risk_kinds",
    "division",
    "place",
    "longitude",
    "latitude",
    "address",
    "directions",
    "contact_name",
    "contact_phone",
    "beneficiary_name",
    "same_person",
    "all_or_nothing",
)
EDITED_ELSEWHERE = Message(
    "Somebody else changed this need in the meantime. Your text stands below; the newer one beside it."
)


async def make_once(
    session: AsyncSession,
    *,
    make: Callable[..., Awaitable[Need]],
    key: str,
    organization: Organization,
    draft: NeedDraft,
    account_id: UUID,
    now: datetime,
) -> UUID:
    """The need that `keep_draft` or `post_need` makes; sending one form twice (its `key`) makes one need."""

    async def do() -> Answer:
        need = await make(session, organization=organization, draft=draft, account_id=account_id, now=now)
        return {"need_id": str(need.id)}

    if not key:
        return UUID((await do())["need_id"])
    asked = f"{make.__name__} {organization.id} {draft}"
    answer = await answer_once(session, account_id=account_id, key=key, fingerprint=asked, now=now, do=do)
    return UUID(answer["need_id"])


async def keep_draft(
    session: AsyncSession, *, organization: Organization, draft: NeedDraft, account_id: UUID, now: datetime
) -> Need:
    """A need that only its organization sees."""
    need = Need(
        organization_id=organization.id,
        posted_by_id=account_id,
        created_at=now,
        changed_at=now,
        state=NeedState.draft,
        version=1,
    )
    _take_over(need, draft)
    session.add(need)
    await session.flush()
    _note(session, "draft_need", need, account_id, now)
    return need


async def post_need(
    session: AsyncSession, *, organization: Organization, draft: NeedDraft, account_id: UUID, now: datetime
) -> Need:
    """Draft and publish in one go."""
    need = await keep_draft(session, organization=organization, draft=draft, account_id=account_id, now=now)
    return await publish_need(session, need=need, organization=organization, account_id=account_id, now=now)


async def publish_need(
    session: AsyncSession, *, need: Need, organization: Organization, account_id: UUID, now: datetime
) -> Need:
    """Open to volunteers; the answer clock starts."""
    if need.state is not NeedState.draft:
        raise Conflict(Message("This need has already been posted."))
    if sentence := refuse_publishing(
        is_verified=organization.is_verified, is_suspended=organization.is_suspended
    ):
        raise Conflict(sentence)
    if lacks := lacking(need, now):
        raise Invalid({"": Message("Before posting, please complete: {parts}.", parts=lacks)})
    hours = await queries.answer_hours(session, division=need.division or "", priority=need.priority)
    need.state = rules.state_at(NeedState.open, times_of(need), now)
    need.posted_at = need.changed_at = now
    need.answer_due_at = rules.answer_due_at(now, hours)
    await session.flush()
    _note(session, "post_need", need, account_id, now)
    return need


def lacking(need: Need, now: datetime) -> list[Message]:
    """What a draft lacks before it can be posted; imported ones often lack much."""
    parts = {
        Message("who asks"): need.organization_id,
        Message("the field of service"): need.field_id,
        Message("the risks"): need.risks,
        Message("the community"): need.division,
        Message("the exact place"): need.address,
        Message("a contact"): need.contact_phone,
        Message("a time that is still to come"): any(shift.starts_at > now for shift in need.shifts),
    }
    return [part for part, has in parts.items() if not has]


async def edit_need(
    session: AsyncSession, *, need: Need, draft: NeedDraft, version: int, account_id: UUID, now: datetime
) -> Need:
    """Change a draft or a running need; a stale version is refused, and so is moving people who said yes."""
    if need.has_ended:
        raise Conflict(Message("This need has ended. Use “post again” instead."))
    if version != need.version:
        raise Conflict(EDITED_ELSEWHERE)
    _refuse_moved_shifts(need, draft.shifts)
    _refuse_other_people(need, draft)
    _take_over(need, draft)
    need.changed_at = now
    need.version += 1
    need.state = rules.state_at(need.state, times_of(need), now)
    await session.flush()
    _note(session, "edit_need", need, account_id, now)
    return need


async def record_answer(
    session: AsyncSession, *, need: Need, answer: str, account_id: UUID, now: datetime
) -> None:
    """A named person answers for the need, which stops its clock."""
    if need.answered_at is not None:
        raise Conflict(Message("This need has already been answered."))
    need.answered_at, need.answered_by_id, need.answer = now, account_id, answer
    await session.flush()
    _note(session, "answer_need", need, account_id, now)


async def end_by_cancelling(
    session: AsyncSession, *, need: Need, reason: str, account_id: UUID | None, now: datetime
) -> None:
    """The need's own part of cancelling; participation tells the people."""
    if need.has_ended:
        raise Conflict(Message("This need has already ended."))
    need.state, need.cancelled_at, need.cancel_reason, need.changed_at = NeedState.cancelled, now, reason, now
    await session.flush()
    _note(session, "cancel_need", need, account_id, now)


async def places_changed(session: AsyncSession, *, need: Need, now: datetime) -> None:
    """After a place was taken or freed: the state follows, and the first confirmed place answers the need."""
    need.state = rules.state_at(need.state, times_of(need), now)
    if need.answered_at is None and any(shift.places_taken for shift in need.shifts):
        need.answered_at = now
    await session.flush()


async def move_on(session: AsyncSession, *, now: datetime) -> int:
    """Let time pass: begun needs are under way, ended ones done."""
    moved = 0
    for need in await due.running_with_begun_shifts(session, now=now):
        state = rules.state_at(need.state, times_of(need), now)
        if state is not need.state:
            need.state = state
            moved += 1
    await session.flush()
    return moved


async def tell_overdue(session: AsyncSession, *, now: datetime) -> int:
    """Tell the officers once when a need's answer clock has run out."""
    needs = await due.overdue_and_untold(session, now=now)
    for need in needs:
        need.told_overdue_at = now
        for officer in await _members(session, need.organization_id):
            tell(
                session,
                person=officer,
                event="need_overdue",
                subject=Message("Nobody has answered yet: {title}", title=need.title),
                sentence=Message(
                    "“{title}” has waited longer than it should. Ask people who fit, or record an answer.",
                    title=need.title,
                ),
                path=f"/needs/{need.id}/desk",
                now=now,
            )
    await session.flush()
    return len(needs)


async def _members(session: AsyncSession, organization_id: UUID | None) -> Iterable[Account]:
    found = await session.scalars(
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organization_id == organization_id, Membership.ended_at.is_(None))
        .limit(100)
    )
    return found.all()


def times_of(need: Need) -> list[Times]:
    return [Times(each.starts_at, each.ends_at, each.places, each.places_taken) for each in need.shifts]


def _refuse_moved_shifts(need: Need, drafts: Iterable[ShiftDraft]) -> None:
    wanted = {draft.id: draft.times for draft in drafts if draft.id}
    for shift in need.shifts:
        old = Times(shift.starts_at, shift.ends_at, shift.places, shift.places_taken)
        if sentence := rules.refuse_changed_shift(old, wanted.get(shift.id)):
            raise Invalid({"shifts": sentence})


def _refuse_other_people(need: Need, draft: NeedDraft) -> None:
    """Who has said yes has said yes to the times as they were: to one of them, or to all."""
    if not any(shift.places_taken for shift in need.shifts):
        return
    if draft.all_or_nothing and not need.all_or_nothing:
        sentence = Message("People have said yes already, whether or not all places are filled.")
        raise Invalid({"all_or_nothing": sentence})
    if need.same_person is not draft.same_person:
        raise Invalid({"same_person": Message("People have said yes already; this can no longer change.")})
    if need.same_person and any(shift.id is None for shift in draft.shifts):
        raise Invalid(
            {
                "shifts": Message(
                    "People have said yes to all times. Please post the new time as a need of its own."
                )
            }
        )


def _take_over(need: Need, draft: NeedDraft) -> None:
    for name in PLAIN_FIELDS:
        setattr(need, name, getattr(draft, name))
    _replace(
        need.skills,
        "skill_id",
        {id: NeedSkill(skill_id=id, is_required=False) for id in draft.skills_wanted}
        | {id: NeedSkill(skill_id=id, is_required=True) for id in draft.skills_required},
        also=("is_required",),
    )
    _replace(
        need.credentials, "credential_id", {id: NeedCredential(credential_id=id) for id in draft.credentials}
    )
    _replace(need.languages, "language_id", {id: NeedLanguage(language_id=id) for id in draft.languages})
    _take_over_shifts(need, draft.shifts)


def _replace(rows: list, key: str, wanted: dict, also: tuple[str, ...] = ()) -> None:  # type: ignore[type-arg]
    """Make the rows those wanted, leaving what is already there in place."""
    for row in list(rows):
        new = wanted.pop(getattr(row, key), None)
        if new is None:
            rows.remove(row)
            continue
        for name in also:
            setattr(row, name, getattr(new, name))
    rows.extend(wanted.values())


def _take_over_shifts(need: Need, drafts: Iterable[ShiftDraft]) -> None:
    kept = {shift.id: shift for shift in need.shifts}
    wanted = []
    for draft in drafts:
        shift = kept.get(draft.id) if draft.id else None
        if shift is None:
            shift = Shift(places_taken=0)
        shift.starts_at, shift.ends_at, shift.places = (
            draft.times.starts_at,
            draft.times.ends_at,
            draft.times.places,
        )
        wanted.append(shift)
    need.shifts[:] = sorted(wanted, key=lambda each: each.starts_at)


def _note(session: AsyncSession, action: str, need: Need, account_id: UUID | None, now: datetime) -> None:
    record(
        session,
        action=action,
        object_id=need.id,
        now=now,
        actor_id=account_id,
        organization_id=need.organization_id,
        version=need.version,
    )
