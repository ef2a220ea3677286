"""What Linli holds on a person: all of it, and nothing on anybody else."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import (
    Account,
    ApiToken,
    Consent,
    Identity,
    RecoveryCode,
    SecondFactor,
    TrustedDevice,
)
from linli.accounts.rules import ConsentPurpose
from linli.conversations.actions import open_conversation, write
from linli.conversations.models import Block, Report
from linli.conversations.rules import Reason, Side, Subject
from linli.core.db import Base
from linli.core.i18n import Message
from linli.desks.pages.my_data import OWN_ROWS
from linli.migrations import MODULES_WITH_TABLES
from linli.needs.models import Need
from linli.notifications.actions import tell
from linli.organizations.models import Membership, Organization
from linli.organizations.rules import Role
from linli.participation.models import FriendGroupMember
from linli.participation.rules import State
from linli.rosters.models import RegisteredPerson
from linli.suggestions.models import ShownList, Suggestion, SuggestionRun
from linli.volunteers.models import VolunteerCredential, VolunteerField, VolunteerLanguage, VolunteerSkill
from linli.volunteers.rules import SkillLevel
from linli.waves.models import AskingWithout
from linli.waves.rules import AskingState
from tests.conftest import Visitor
from tests.factories import (
    make_account,
    make_asking,
    make_group,
    make_invitation,
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_team,
    make_team_member,
    make_volunteer,
)

PRIVATE_OF_NEED = ("幸福路 8 号 2 栋 301", "李主任", "13900000000", "赵奶奶")
# Columns that name a person and whose rows are not about that person, or are gone within a day.
NOT_ABOUT_THEM = {
    "audit_entries.actor_id": "acts for an organization; looks at a person's data are listed to that person",
    "idempotency_keys.account_id": "two days",
    "one_time_codes.account_id": "ten minutes, and a secret",
    "organizations.verified_by_id": "about the organization",
    "dispatches.asked_by_id": "acts for an organization",
    "dispatches.answered_by_id": "acts for a team or an organization",
    "insurance_entries.entered_by_id": "about the insurance",
    "matcher_versions.made_by_id": "acts for whoever runs the site",
    "insurance_entries.checked_by_id": "about the insurance",
    "insurance_entries.revoked_by_id": "about the insurance",
    "organizations.claimed_by_id": "half an hour, about the organization",
    "organization_documents.uploaded_by_id": "about the organization",
    "registration_steps.by_id": "acts for an organization",
    "membership_invitations.invited_by_id": "about whoever is invited",
    "needs.posted_by_id": "about the need",
    "needs.answered_by_id": "about the need",
    "volunteer_credentials.checked_by_id": "about the volunteer",
    "participations.asked_by_id": "about the volunteer",
    "askings.begun_by_id": "acts for an organization",
    "registered_people.recorded_by_id": "about the person who was registered",
    "roster_imports.account_id": "acts for an organization; forgotten after a month",
    "teams.proposed_by_id": "about the team; its proposer is its first member",
    "friend_groups.started_by_id": "who started it is a member, and so in the export",
    "conversation_messages.author_id": "read with one's conversations, and by who wrote them",
    "published_answers.published_by_id": "about the need",
    "reports.about_id": "its answer is in the export; who reported, and in which words, is another's",
    "reports.answered_by_id": "about the report",
    "blocks.created_by_id": "about who is blocked",
}


def columns_that_name_a_person() -> set[str]:
    for module in MODULES_WITH_TABLES:
        import_module(module)
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in {"actor_id", "recipient_id"}
        or {key.column.table.name for key in column.foreign_keys} & {"accounts", "volunteer_profiles"}
    }


def test_every_table_with_rows_about_a_person_is_in_the_export() -> None:
    exported = {f"{table.__tablename__}.{column}" for table, column in OWN_ROWS.values()}
    assert columns_that_name_a_person() == exported | set(NOT_ABOUT_THEM)


async def make_full_person(
    session: AsyncSession, mark: str, *, need: Need, organization: Organization, now: datetime
) -> Account:
    """Somebody with a row in every table, each with a mark that belongs to nobody else."""
    account = await make_account(
        session, name=f"名字{mark}", email=f"{mark}@example.org", password_hash=f"hash {mark}"
    )
    await make_volunteer(session, account=account, about=f"关于{mark}", number=f"编号{mark}")
    held = await make_participation(session, need.shifts[0], account, State.confirmed, note=f"备注{mark}")
    held.asked_by_id = account.id
    session.add(
        RegisteredPerson(
            account_id=account.id,
            organization_id=organization.id,
            consent_version=f"登记{mark}",
            consent_at=now,
        )
    )
    await make_team_member(session, await make_team(session, organization, name=f"服务队{mark}"), account)
    run = SuggestionRun(
        need_id=need.id,
        shift_id=None,
        matcher=f"matcher {mark}",
        made_at=now,
        knows_until=now,
        need_version=1,
        pool=2,
        fitting=2,
        excluded={},
        not_applied=[],
    )
    if mark == "甲":
        session.add(run)
        await session.flush()
        session.add(suggestion(run, account, mark))
    session.add(
        ShownList(account_id=account.id, matcher=f"matcher {mark}", made_at=now, entries=[], digest="d")
    )
    over = {"state": AskingState.ended, "ended_at": now}
    asking = await make_asking(session, need.shifts[0], **over)
    session.add(AskingWithout(asking_id=asking.id, account_id=account.id))
    group = await make_group(session, need.shifts[0], token=f"link {mark}")
    await make_invitation(session, organization, account, account_id=account.id)
    conversation = await open_conversation(session, need_id=need.id, account_id=account.id, now=now)
    await write(
        session,
        conversation=conversation,
        side=Side.volunteer,
        author_id=account.id,
        text=f"问题{mark}",
        language="zh",
        now=now,
    )
    session.add_all(
        (
            FriendGroupMember(group_id=group.id, account_id=account.id, said_yes_at=now),
            Report(
                reporter_id=account.id,
                side=Side.volunteer,
                subject=Subject.need,
                organization_id=organization.id,
                division=organization.division,
                reason=Reason.other,
                text=f"举报{mark}",
                is_shared=False,
                created_at=now,
            ),
            Block(
                organization_id=organization.id,
                account_id=account.id,
                side=Side.volunteer,
                created_at=now,
                ended_at=now,
            ),
            Consent(
                account_id=account.id,
                purpose=ConsentPurpose.privacy,
                text_version=f"版本{mark}",
                given=True,
                at=now,
            ),
            Membership(account_id=account.id, organization_id=organization.id, role=Role.officer, since=now),
            VolunteerSkill(account_id=account.id, skill_id=f"skill {mark}", level=SkillLevel.good),
            VolunteerField(account_id=account.id, field_id=f"field {mark}"),
            SecondFactor(account_id=account.id, secret=f"secret {mark}", confirmed_at=now),
            Identity(
                account_id=account.id,
                issuer="https://city.example",
                subject=f"subject {mark}",
                name=f"市民{mark}",
                linked_at=now,
            ),
            RecoveryCode(account_id=account.id, code_hash=f"hash {mark}", created_at=now),
            ApiToken(
                account_id=account.id,
                name=f"program {mark}",
                token_hash=f"hash of key {mark}",
                scopes=["needs:read"],
                created_at=now,
                expires_at=now,
            ),
            TrustedDevice(
                account_id=account.id,
                token_hash=f"hash of {mark}",
                device=f"device {mark}",
                created_at=now,
                last_used_at=now,
                expires_at=now,
            ),
            VolunteerLanguage(account_id=account.id, language_id=f"language {mark}"),
            VolunteerCredential(account_id=account.id, credential_id=f"paper {mark}", stated_at=now),
        )
    )
    tell(
        session,
        person=account,
        event=f"event {mark}",
        subject=Message(mark),
        sentence=Message(mark),
        path="/home",
        now=now,
    )
    await session.flush()
    return account


def suggestion(run: SuggestionRun, account: Account, mark: str) -> Suggestion:
    return Suggestion(
        run_id=run.id,
        account_id=account.id,
        rank=1,
        score=0.5,
        likely=0.5,
        contributions={},
        reasons=[f"reason {mark}"],
        unknown=[],
        nearness={},
    )


@pytest.fixture
async def two_people(session: AsyncSession, now: datetime) -> tuple[Account, Account]:
    organization = await make_organization(session)
    need = await make_need(session, organization=organization)
    first, second = [
        await make_full_person(session, mark, need=need, organization=organization, now=now)
        for mark in ("甲", "乙")
    ]
    return first, second


async def exported(visitor: Visitor) -> tuple[dict[str, Any], str]:
    answer = await visitor.get("/me/data.json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    return answer.json(), answer.text


async def test_the_export_holds_all_that_is_ones_own_and_nothing_of_others(
    visitor: Visitor, two_people: tuple[Account, Account]
) -> None:
    me, other = two_people
    await visitor.sign_in(me)
    found, text = await exported(visitor)
    assert [name for name in OWN_ROWS if not found[name]] == []
    for marked in (
        "名字甲",
        "甲@example.org",
        "关于甲",
        "编号甲",
        "备注甲",
        "版本甲",
        "skill 甲",
        "field 甲",
        "服务队甲",
        "问题甲",
        "举报甲",
    ):
        assert marked in text
    for marked in ("language 甲", "paper 甲", "event 甲", "reason 甲", "陪独居老人聊聊天"):
        assert marked in text
    for foreign in ("乙", str(other.id), str(other.mobile), "hash 甲", "secret 甲", *PRIVATE_OF_NEED):
        assert foreign not in text


async def test_one_without_anything_gets_an_empty_export(session: AsyncSession, visitor: Visitor) -> None:
    account = await make_account(session)
    await visitor.sign_in(account)
    found, _ = await exported(visitor)
    assert {name for name in OWN_ROWS if found[name]} == {"sessions"}
    assert found["account"]["mobile"] == account.mobile


async def test_the_page_shows_oneself_and_how_much_there_is(
    visitor: Visitor, two_people: tuple[Account, Account]
) -> None:
    me, _ = two_people
    await visitor.sign_in(me)
    for language in ("zh", "en"):
        visitor.cookies.set("linli-language", language)
        page = await visitor.get("/me/data")
        assert "名字甲" in page.text
        assert "乙" not in page.text
        assert "/me/data.json" in page.text


async def test_who_looked_at_ones_number_or_papers_is_listed_by_organization(
    session: AsyncSession, visitor: Visitor
) -> None:
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    need = await make_need(session, organization=committee)
    volunteer = await make_volunteer(session)
    await make_participation(session, need.shifts[0], volunteer, State.confirmed)
    session.add(
        VolunteerCredential(
            account_id=volunteer.id, credential_id="first_aid", stated_at=need.created_at - timedelta(days=1)
        )
    )
    await session.flush()
    await visitor.sign_in(officer)
    for path in (f"/needs/{need.id}/roster", f"/organizations/{committee.id}/credentials"):
        assert (await visitor.get(path)).status_code == 200
    await visitor.sign_in(volunteer)
    found, text = await exported(visitor)
    assert [(each["action"], each["organization"]) for each in found["looks_by_others"]] == [
        ("see_paper", committee.name),
        ("see_contact", committee.name),
    ]
    assert str(officer.id) not in text
