"""Reporting, and the bureau's answer: a complaint must be answered (志愿服务条例, complaints and reports)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations import queries, reports, rules
from linli.conversations.forms import ReportDraft
from linli.conversations.models import ConversationMessage, Report
from linli.conversations.rules import Side, Subject
from linli.core.audit import record
from linli.core.db import take_turns
from linli.core.errors import Conflict, TooMany
from linli.core.i18n import Message
from linli.notifications.actions import tell
from linli.organizations.models import Organization


@dataclass(frozen=True)
class Reported:
    """What a report is about, and from which side."""

    subject: Subject
    side: Side
    organization: Organization
    need_id: UUID | None = None
    message: ConversationMessage | None = None
    about_id: UUID | None = None


async def report(
    session: AsyncSession, *, reported: Reported, draft: ReportDraft, reporter_id: UUID, now: datetime
) -> Report:
    """To the bureau over the organization, which is told; to the organization where it is not its subject."""
    await _refuse_too_many(session, reporter_id=reporter_id, now=now)
    organization = reported.organization
    made = Report(
        reporter_id=reporter_id,
        side=reported.side,
        subject=reported.subject,
        organization_id=organization.id,
        need_id=reported.need_id,
        message_id=reported.message.id if reported.message else None,
        about_id=reported.about_id,
        division=organization.division,
        reason=draft.reason,
        text=draft.text,
        is_shared=rules.is_shared_with_organization(reported.subject, reported.side),
        created_at=now,
        answer="",
    )
    session.add(made)
    await session.flush()
    _note(session, "report", made, reporter_id, now)
    for bureau_id, clerk in await reports.clerks_over(session, organization.division):
        _tell(session, [clerk], Message("There is a new report to answer."), _list_of(bureau_id), now)
    if made.is_shared and made.side is Side.volunteer:
        members = await queries.who_answers(session, organization.id)
        sentence = Message("Somebody has reported one of your needs. The bureau will answer.")
        _tell(session, members, sentence, _list_of(organization.id), now)
    return made


async def answer_report(
    session: AsyncSession, *, report: Report, answer: str, clerk_id: UUID, now: datetime
) -> Report:
    """Both sides read the same answer; it is given once."""
    await session.refresh(report, with_for_update=True)
    if report.answered_at is not None:
        raise Conflict(Message("This report has been answered already. Please reload the page."))
    report.answer, report.answered_at, report.answered_by_id = answer, now, clerk_id
    await session.flush()
    _note(session, "answer_report", report, clerk_id, now)
    if report.reporter_id:
        sentence = Message("The civil affairs bureau has answered your report.")
        _tell(session, [await session.get_one(Account, report.reporter_id)], sentence, "/me/reports", now)
    about = Message("The civil affairs bureau has answered a report that concerns you.")
    if report.about_id:
        _tell(session, [await session.get_one(Account, report.about_id)], about, "/me/reports", now)
    if report.side is Side.volunteer:
        members = await queries.who_answers(session, report.organization_id)
        _tell(session, members, about, _list_of(report.organization_id), now)
    return report


async def _refuse_too_many(session: AsyncSession, *, reporter_id: UUID, now: datetime) -> None:
    await take_turns(session, f"report:{reporter_id}")
    count, first_at = await reports.reported_since(session, reporter_id=reporter_id, since=now - rules.A_DAY)
    if count >= rules.REPORTS_A_DAY:
        raise TooMany(
            Message("You have sent {n} reports in a day. Please go on tomorrow.", n=count),
            retry_after_seconds=queries.seconds_until_free(first_at, window=rules.A_DAY, now=now),
        )


def _list_of(organization_id: UUID) -> str:
    return f"/organizations/{organization_id}/reports"


def _tell(
    session: AsyncSession, people: Iterable[Account], sentence: Message, path: str, now: datetime
) -> None:
    for person in people:
        tell(session, person=person, event="report", subject=sentence, sentence=sentence, path=path, now=now)


def _note(session: AsyncSession, action: str, report: Report, actor_id: UUID, now: datetime) -> None:
    record(
        session,
        action=action,
        object_id=report.id,
        now=now,
        actor_id=actor_id,
        organization_id=report.organization_id,
        need_id=report.need_id,
        account_id=report.about_id,
    )
