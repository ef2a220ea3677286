"""Everything Linli holds on a person, to see and to take along."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import (
    Account,
    ApiToken,
    Consent,
    Identity,
    RecoveryCode,
    SecondFactor,
    SignInSession,
    TrustedDevice,
)
from linli.conversations.models import Block, Conversation, ConversationMessage, Report
from linli.core.audit import AuditEntry
from linli.core.db import Base
from linli.core.web.given import Asked, Caller, Now, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import render
from linli.needs.models import Need, Shift
from linli.notifications.models import Notice, OutboxMessage
from linli.organizations.models import Membership, MembershipInvitation, Organization
from linli.participation.models import FriendGroupMember, Participation
from linli.rosters.models import RegisteredPerson
from linli.suggestions.models import QuestionFeatures, ShownList, Suggestion
from linli.teams.models import Team, TeamMember
from linli.volunteers.models import (
    VolunteerCredential,
    VolunteerField,
    VolunteerLanguage,
    VolunteerProfile,
    VolunteerSkill,
)
from linli.waves.models import AskingWithout, WaveQuestion

# Tables with rows about one person, and the column that says whose. Others' ids and secrets stay out.
OWN_ROWS: dict[str, tuple[type[Base], str]] = {
    "consents": (Consent, "account_id"),
    "identities": (Identity, "account_id"),
    "sessions": (SignInSession, "account_id"),
    "second_step": (SecondFactor, "account_id"),
    "recovery_codes": (RecoveryCode, "account_id"),
    "access_keys": (ApiToken, "account_id"),
    "trusted_devices": (TrustedDevice, "account_id"),
    "profile": (VolunteerProfile, "account_id"),
    "skills": (VolunteerSkill, "account_id"),
    "fields": (VolunteerField, "account_id"),
    "languages": (VolunteerLanguage, "account_id"),
    "credentials": (VolunteerCredential, "account_id"),
    "memberships": (Membership, "account_id"),
    "membership_invitations": (MembershipInvitation, "account_id"),
    "teams": (TeamMember, "account_id"),
    "registration": (RegisteredPerson, "account_id"),
    "participations": (Participation, "account_id"),
    "groups": (FriendGroupMember, "account_id"),
    "suggestions": (Suggestion, "account_id"),
    "lists_shown": (ShownList, "account_id"),
    "left_out_of_waves": (AskingWithout, "account_id"),
    "conversations": (Conversation, "account_id"),
    "reports": (Report, "reporter_id"),
    "blocks": (Block, "account_id"),
    "notices": (Notice, "account_id"),
    "messages": (OutboxMessage, "recipient_id"),
}
LOOKS = ("see_contact", "see_paper", "see_member_contact")
MOST_LOOKS = 1000
LEFT_OUT = {
    "password_hash",
    "token_hash",
    "code_hash",
    "secret",
    "new_secret",
    "last_step",
    "checked_by_id",
    "recorded_by_id",
    "asked_by_id",
    "invited_by_id",
    "hands_over_id",
    "account_id",
    "recipient_id",
    "author_id",
    "reporter_id",
    "about_id",
    "created_by_id",
    "answered_by_id",
    "version",
}


async def own_data(session: AsyncSession, *, account_id: UUID) -> dict[str, Any]:
    """The person's rows of every table, and of what they took part in only the public part."""
    account = await session.get_one(Account, account_id)
    data: dict[str, Any] = {"account": _row(account)}
    for name, (table, column) in OWN_ROWS.items():
        rows = await session.scalars(select(table).where(getattr(table, column) == account_id))
        data[name] = [_row(row) for row in rows]
    data["conversation_messages"] = await _written(session, account_id)
    data["questions_in_waves"] = await _questions_in_waves(session, account_id)
    data["what_counted_in_questions"] = await _what_counted(session, account_id)
    data["answers_to_reports_about_you"] = await _answers_to_reports(session, account_id)
    data["needs_taken_part_in"] = await _needs(session, account_id)
    data["organizations"] = await _organizations(session, account_id)
    data["names_of_teams"] = await _teams(session, account_id)
    data["looks_by_others"] = await _looks(session, account_id)
    return data


async def _written(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """What stands in one's own conversations, and what one has written for an organization."""
    own = select(Conversation.id).where(Conversation.account_id == account_id)
    rows = await session.scalars(
        select(ConversationMessage)
        .where(or_(ConversationMessage.conversation_id.in_(own), ConversationMessage.author_id == account_id))
        .order_by(ConversationMessage.id)
    )
    return [_row(row) for row in rows]


async def _questions_in_waves(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """How likely a yes seemed, and with which chance the person came to be asked."""
    rows = await session.scalars(
        select(WaveQuestion)
        .join(Participation, Participation.id == WaveQuestion.participation_id)
        .where(Participation.account_id == account_id)
        .order_by(WaveQuestion.participation_id)
    )
    return [_row(row) for row in rows]


async def _what_counted(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """How well a need suited the person when they were asked."""
    rows = await session.scalars(
        select(QuestionFeatures)
        .join(Participation, Participation.id == QuestionFeatures.participation_id)
        .where(Participation.account_id == account_id)
        .order_by(QuestionFeatures.participation_id)
    )
    return [_row(row) for row in rows]


async def _answers_to_reports(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """Without who reported and in which words: those are another's."""
    rows = await session.execute(
        select(Report.id, Report.reason, Report.answer, Report.answered_at)
        .where(Report.about_id == account_id, Report.answered_at.is_not(None))
        .order_by(Report.id)
    )
    return [
        dict(zip(("id", "reason", "answer", "answered_at"), map(_plain, row), strict=True)) for row in rows
    ]


async def _needs(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Need.id, Need.title, Shift.id, Shift.starts_at, Shift.ends_at)
        .join(Shift, Shift.need_id == Need.id)
        .where(Shift.id.in_(select(Participation.shift_id).where(Participation.account_id == account_id)))
        .order_by(Shift.starts_at)
    )
    names = ("need_id", "title", "shift_id", "starts_at", "ends_at")
    return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]


async def _organizations(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Organization.id, Organization.name, Organization.kind)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.account_id == account_id)
    )
    return [dict(zip(("id", "name", "kind"), map(_plain, row), strict=True)) for row in rows]


async def _teams(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Team.id, Team.name)
        .where(Team.id.in_(select(TeamMember.team_id).where(TeamMember.account_id == account_id)))
        .order_by(Team.name, Team.id)
    )
    return [dict(zip(("id", "name"), map(_plain, row), strict=True)) for row in rows]


async def _looks(session: AsyncSession, account_id: UUID) -> list[dict[str, Any]]:
    """Who was shown this person's number or papers, latest first: which organization, never which officer."""
    own_places = select(Participation.id).where(Participation.account_id == account_id)
    rows = await session.execute(
        select(AuditEntry.at, AuditEntry.action, Organization.id, Organization.name)
        .outerjoin(Organization, Organization.id == AuditEntry.organization_id)
        .where(or_(AuditEntry.object_id == account_id, AuditEntry.object_id.in_(own_places)))
        .where(AuditEntry.action.in_(LOOKS), AuditEntry.actor_id != account_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(MOST_LOOKS)
    )
    names = ("at", "action", "organization_id", "organization")
    return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]


def _row(row: Base) -> dict[str, Any]:
    columns: Sequence[str] = [column.key for column in row.__table__.columns]
    return {name: _plain(getattr(row, name)) for name in columns if name not in LEFT_OUT}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
    return value


@get("/me/data", opt=may(signed_in))
async def show_my_data(request: Asked, session: Session, caller: Caller) -> Response[Any]:
    data = await own_data(session, account_id=caller.account_id)
    counts = {name: len(rows) for name, rows in data.items() if isinstance(rows, list)}
    return render(request, "desks/my_data.html", own=data["account"], counts=counts)


@get("/me/data.json", opt=may(signed_in))
async def export_my_data(session: Session, caller: Caller, now: Now) -> Response[bytes]:
    data = {"exported_at": now.isoformat()} | await own_data(session, account_id=caller.account_id)
    return Response(
        msgspec.json.format(msgspec.json.encode(data), indent=2),
        media_type="application/json; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="linli-my-data.json"'},
    )


router = Router("/", route_handlers=[show_my_data, export_my_data])
