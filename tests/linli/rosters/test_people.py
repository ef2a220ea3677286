"""Registering who has no phone, answering for them, and bringing two entries together."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Consent
from linli.core.errors import Conflict, NotFound
from linli.migrations import all_tables
from linli.organizations.models import Organization
from linli.organizations.rules import OrganizationKind
from linli.participation.models import Participation
from linli.participation.rules import State
from linli.rosters.actions import merge_people
from linli.rosters.actions.merging import MOVED
from linli.rosters.duplicates import duplicates_in
from linli.rosters.models import RegisteredPerson
from linli.rosters.queries import roster_of
from linli.teams.models import TeamMember
from linli.teams.rules import TeamRole
from tests.conftest import Visitor
from tests.factories import (
    COMMUNITY,
    make_account,
    make_member,
    make_need,
    make_organization,
    make_participation,
    make_registered_person,
    make_team,
    make_team_member,
    make_volunteer,
)

FORM = {
    "name": "石阿婆",
    "birth_on": "1950-05-01",
    "community": "红花岗",
    "division": COMMUNITY,
    "division_of": "红花岗",
    "mobile": "13912345678",
    "agree": "yes",
}
# Tables in which somebody who never signed in has no row of their own, or whose rows end with the entry.
ENDS_WITH_THE_ENTRY = {
    "consents.account_id",
    "sessions.account_id",
    "memberships.account_id",
    "notices.account_id",
    "suggestions.account_id",
    "askings_without.account_id",
    "registered_people.account_id",
    "volunteer_profiles.account_id",
}

# Of people who sign in themselves, or act for an organization.
NEVER_THEIRS = {
    "api_tokens.account_id",
    "blocks.account_id",
    "conversations.account_id",
    "friend_group_members.account_id",
    "idempotency_keys.account_id",
    "identities.account_id",
    "membership_invitations.account_id",
    "one_time_codes.account_id",
    "recovery_codes.account_id",
    "roster_imports.account_id",
    "second_factors.account_id",
    "shown_lists.account_id",
    "trusted_devices.account_id",
}


async def merge(
    session: AsyncSession, charity: Organization, kept_id: UUID, merged_id: UUID, now: datetime
) -> None:
    await merge_people(
        session,
        organization_id=charity.id,
        kept_id=kept_id,
        merged_id=merged_id,
        account_id=kept_id,
        now=now,
    )


async def test_only_who_is_registered_for_may_be_without_an_address(session: AsyncSession) -> None:
    await make_registered_person(session, await make_organization(session))
    with pytest.raises(IntegrityError):
        await make_account(session, mobile=None)


async def test_a_coordinator_registers_with_the_consent_noted(
    session: AsyncSession, visitor: Visitor
) -> None:
    charity = await make_organization(session, OrganizationKind.charity)
    coordinator = await make_member(session, charity)
    await visitor.sign_in(coordinator)
    path = f"/organizations/{charity.id}/people"
    for lacking in ({"agree": ""}, {"birth_on": "2020-01-01"}, {"mobile": "12"}, {"name": ""}):
        answer = await visitor.submit(path, FORM | lacking)
        assert answer.status_code == 422
    answer = await visitor.submit(path, FORM)
    assert answer.status_code == 303
    registered = (await session.scalars(select(RegisteredPerson))).one()
    assert (registered.recorded_by_id, registered.consent_version) == (coordinator.id, "2026-11")
    account = await session.get_one(Account, registered.account_id)
    assert (account.addresses, account.is_managed) == ((), True)
    assert (await session.scalars(select(Consent.given).where(Consent.account_id == account.id))).all() == [
        True
    ]
    page = await visitor.get(answer.headers["location"])
    assert "13912345678" in page.text


async def test_only_their_organization_answers_for_them(
    session: AsyncSession, visitor: Visitor, now: datetime
) -> None:
    charity, other = [await make_organization(session, OrganizationKind.charity) for _ in range(2)]
    person = await make_registered_person(session, charity)
    need = await make_need(session)
    held = await make_participation(session, need.shifts[0], person, State.invited)
    await visitor.sign_in(await make_member(session, other))
    path = f"/organizations/{{}}/registered/{person.id}/participations/{held.id}/accept"
    assert (await visitor.submit(path.format(other.id))).status_code == 404
    await visitor.sign_in(await make_member(session, charity))
    assert (await visitor.submit(path.format(charity.id))).status_code == 303
    await session.refresh(held)
    assert held.state is State.confirmed


async def test_two_entries_become_one_with_all_that_belongs_to_both(
    session: AsyncSession, now: datetime
) -> None:
    charity = await make_organization(session, OrganizationKind.charity)
    both, only = await make_team(session, charity), await make_team(session, charity)
    kept = await make_volunteer(session)
    merged = await make_registered_person(session, charity, name=kept.name, birth_on=kept.birth_on)
    await make_team_member(session, both, kept)
    await make_team_member(session, both, merged, TeamRole.leader)
    await make_team_member(session, only, merged)
    need = await make_need(session)
    held = await make_participation(session, need.shifts[0], merged, State.confirmed)
    [pair] = duplicates_in((await roster_of(session, organization_id=charity.id)).people)
    assert (pair.kept.id, pair.merged.id) == (kept.id, merged.id)

    await merge(session, charity, kept.id, merged.id, now)
    assert await session.scalar(select(Account).where(Account.id == merged.id)) is None
    seats = await session.execute(
        select(TeamMember.team_id, TeamMember.role).where(TeamMember.account_id == kept.id)
    )
    assert {tuple(each) for each in seats} == {(both.id, TeamRole.leader), (only.id, TeamRole.member)}
    holder = select(Participation.account_id).where(Participation.id == held.id)
    assert await session.scalar(holder) == kept.id


async def test_nobody_who_has_an_account_is_merged_away(session: AsyncSession, now: datetime) -> None:
    charity = await make_organization(session, OrganizationKind.charity)
    team = await make_team(session, charity)
    person = await make_registered_person(session, charity)
    member = (await make_team_member(session, team)).account_id
    elsewhere = await make_registered_person(session, await make_organization(session))
    for kept, merged in ((person.id, member), (person.id, elsewhere.id), (elsewhere.id, person.id)):
        with pytest.raises(NotFound):
            await merge_people(
                session,
                organization_id=charity.id,
                kept_id=kept,
                merged_id=merged,
                account_id=member,
                now=now,
            )


async def test_two_places_at_once_are_not_brought_together(session: AsyncSession, now: datetime) -> None:
    charity = await make_organization(session, OrganizationKind.charity)
    one, other = [await make_registered_person(session, charity) for _ in range(2)]
    need = await make_need(session)
    for person in (one, other):
        await make_participation(session, need.shifts[0], person, State.confirmed)
    with pytest.raises(Conflict):
        await merge_people(
            session,
            organization_id=charity.id,
            kept_id=one.id,
            merged_id=other.id,
            account_id=one.id,
            now=now,
        )


def test_every_column_with_a_persons_own_rows_is_decided() -> None:
    """A table that comes later must say what becomes of its rows when two entries are merged."""
    own = {
        f"{table.name}.{column.name}"
        for table in all_tables().sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"accounts", "volunteer_profiles"} and column.name == "account_id"
    }
    assert own == MOVED | ENDS_WITH_THE_ENTRY | NEVER_THEIRS
