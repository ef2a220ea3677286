"""A large town for measuring: the demo's people and needs many times over, written past the actions."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.db import new_id
from linli.demo.needs import Asker, Diary, PlannedNeed, Story, planned_needs
from linli.demo.organizations import SampleOrganization
from linli.demo.people import SamplePerson, volunteers_of
from linli.demo.places import WENGAN, Town, town
from linli.demo.sizes import TOWN
from linli.divisions.rules import CommunityKind, community_kind
from linli.needs.models import Need, NeedCredential, NeedLanguage, NeedSkill, Shift
from linli.needs.rules import ANSWER_HOURS, NeedState
from linli.organizations.models import Membership, Organization
from linli.organizations.registration import RegistrationState
from linli.organizations.rules import OrganizationKind, Role
from linli.participation.models import Participation
from linli.participation.rules import TAKES_A_PLACE, State
from linli.volunteers.models import (
    VolunteerCredential,
    VolunteerField,
    VolunteerLanguage,
    VolunteerProfile,
    VolunteerSkill,
)

AT_ONCE = 2000
A_ROUND = 5000  # sample telephone numbers end at 9999
PEOPLE_IN_A_NEED = 6
STATES = {
    Story.draft: NeedState.draft,
    Story.done: NeedState.done,
    Story.under_way: NeedState.under_way,
    Story.cancelled: NeedState.cancelled,
}
PARTICIPATION_STATES = (State.invited, State.applied, State.confirmed, State.declined, State.expired)
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class LargeTown:
    """Whom to sign in as, and what to look at."""

    officer_id: UUID
    volunteer_id: UUID
    organization_id: UUID
    need_id: UUID
    volunteers: int
    needs: int


async def fill(
    session: AsyncSession,
    *,
    now: datetime,
    zone: ZoneInfo,
    volunteers: int = 10_000,
    needs: int = 2_000,
    seed: int = 1,
) -> LargeTown:
    """So many volunteers of one county and needs of all its committees; the same for the same seed."""
    rng = random.Random(seed)
    place = town(WENGAN, rng)
    diary = Diary(now.astimezone(zone).date(), zone)
    people = list(volunteer_profiles(place, volunteers, diary, rng))
    account_ids = await insert_people(session, people, now)
    askers = [asker_of(place, number) for number in range(len(place.communities))]
    organizations = await insert_organizations(session, askers, now)
    planned = list(needs_of(place, askers, needs, diary, rng))
    shown = await insert_needs(session, planned, organizations, account_ids, now, rng)
    officer_id, organization_id = organizations[0]
    return LargeTown(officer_id, account_ids[0], organization_id, shown, len(people), len(planned))


def volunteer_profiles(place: Town, count: int, diary: Diary, rng: random.Random) -> Iterator[SamplePerson]:
    made = 0
    while made < count:
        for person in volunteers_of(place, min(A_ROUND, count - made), today=diary.start, rng=rng):
            yield replace(person, mobile=f"154{made:08d}", email=None)
            made += 1


def asker_of(place: Town, number: int) -> Asker:
    community = place.communities[number]
    is_village = community_kind(community) is CommunityKind.VILLAGE
    kind = OrganizationKind.village_committee if is_village else OrganizationKind.residents_committee
    committee = SampleOrganization(kind, community.name, community.code, Role.officer)
    return Asker(committee, community.code, f"主任{number}", f"1541{number:07d}")


def needs_of(
    place: Town, askers: Sequence[Asker], count: int, diary: Diary, rng: random.Random
) -> Iterator[PlannedNeed]:
    made = 0
    while made < count:
        for need in planned_needs(place, askers, TOWN.stories, diary, rng)[: count - made]:
            # The planner gives its first asker one need of every story; here no desk is longer than others.
            asker = rng.randrange(len(askers))
            yield replace(need, asker=asker, draft=replace(need.draft, division=askers[asker].community))
            made += 1


async def insert_people(session: AsyncSession, people: Sequence[SamplePerson], now: datetime) -> list[UUID]:
    ids = [new_id() for _ in people]
    each = list(zip(ids, people, strict=True))
    await write(session, Account, (account_row(id, person, now) for id, person in each))
    await write(session, VolunteerProfile, (profile_row(id, person, now) for id, person in each))
    skills = (
        {"account_id": id, "skill_id": skill, "level": level}
        for id, person in each
        for skill, level in person.skills
    )
    await write(session, VolunteerSkill, skills)
    fields = ({"account_id": id, "field_id": field} for id, person in each for field in person.fields)
    await write(session, VolunteerField, fields)
    spoken = ({"account_id": id, "language_id": spoken} for id, person in each for spoken in person.languages)
    await write(session, VolunteerLanguage, spoken)
    await write(
        session, VolunteerCredential, (row for id, person in each for row in paper_rows(id, person, now))
    )
    return ids


def account_row(id: UUID, person: SamplePerson, now: datetime) -> dict[str, Any]:
    names = ("name", "birth_on", "mobile", "email", "language", "division")
    values = {name: getattr(person, name) for name in names}
    return {**values, "id": id, "password_hash": None, "is_sample": True, "created_at": now}


def profile_row(id: UUID, person: SamplePerson, now: datetime) -> dict[str, Any]:
    names = ("opted_in", "division", "about", "availability", "weekly_cap", "reach_km", "means")
    values = {name: getattr(person, name) for name in names}
    point = {
        "longitude": person.point.longitude if person.point else None,
        "latitude": person.point.latitude if person.point else None,
    }
    return {**values, **point, "account_id": id, "changed_at": now - timedelta(days=1)}


def paper_rows(id: UUID, person: SamplePerson, now: datetime) -> Iterator[dict[str, Any]]:
    for held in person.credentials:
        yield {
            "id": new_id(),
            "account_id": id,
            "credential_id": held.credential_id,
            "stated_at": now,
            "stated_expires_on": held.expires_on,
            "expires_on": held.expires_on if held.is_checked else None,
            "checked_at": now if held.is_checked else None,
        }


async def insert_organizations(
    session: AsyncSession, askers: Sequence[Asker], now: datetime
) -> list[tuple[UUID, UUID]]:
    """Officer and organization of each asker."""
    made = [(new_id(), new_id(), asker) for asker in askers]
    officers = [
        {
            "id": officer,
            "name": asker.contact,
            "birth_on": now.date() - timedelta(days=15_000),
            "mobile": asker.phone,
            "language": "zh",
            "division": asker.organization.division,
            "password_hash": "a role counts only with a password",
            "is_sample": True,
            "created_at": now,
        }
        for officer, _, asker in made
    ]
    organizations = [
        {
            "id": organization,
            "kind": asker.organization.kind,
            "name": asker.organization.name,
            "division": asker.organization.division,
            "state": RegistrationState.verified,
            "verified_at": now,
            "is_sample": True,
            "created_at": now,
        }
        for _, organization, asker in made
    ]
    memberships = [
        {
            "id": new_id(),
            "account_id": officer,
            "organization_id": organization,
            "role": Role.officer,
            "since": now,
        }
        for officer, organization, _ in made
    ]
    for model, rows in ((Account, officers), (Organization, organizations), (Membership, memberships)):
        await write(session, model, rows)
    return [(officer, organization) for officer, organization, _ in made]


async def insert_needs(
    session: AsyncSession,
    planned: Sequence[PlannedNeed],
    organizations: Sequence[tuple[UUID, UUID]],
    account_ids: Sequence[UUID],
    now: datetime,
    rng: random.Random,
) -> UUID:
    """The first open need of the first organization, to be looked at."""
    needs: Rows = []
    shifts: Rows = []
    people: Rows = []
    parts: dict[type, Rows] = {NeedSkill: [], NeedCredential: [], NeedLanguage: []}
    for need in planned:
        officer, organization = organizations[need.asker]
        row = need_row(need, officer, organization, now)
        needs.append(row)
        own = [shift_row(row["id"], shift.times) for shift in need.draft.shifts]
        if need.story not in STATES:
            people += participation_rows(own[0], rng.sample(account_ids, PEOPLE_IN_A_NEED), now, rng)
        shifts += own
        for model, rows in part_rows(row["id"], need).items():
            parts[model] += rows
    for model, rows in ((Need, needs), (Shift, shifts), *parts.items(), (Participation, people)):
        await write(session, model, rows)
    own_needs = (row["id"] for row in needs if row["organization_id"] == organizations[0][1])
    is_open = {row["id"] for row in needs if row["state"] is NeedState.open}
    return next(id for id in own_needs if id in is_open)


def need_row(need: PlannedNeed, officer: UUID, organization: UUID, now: datetime) -> dict[str, Any]:
    apart = {"skills_wanted", "skills_required", "credentials", "languages", "shifts"}
    values = {name: value for name, value in vars(need.draft).items() if name not in apart}
    is_posted = need.story is not Story.draft
    due_at = need.posted_at + timedelta(hours=ANSWER_HOURS[need.draft.priority])
    return {
        **values,
        "id": new_id(),
        "organization_id": organization,
        "posted_by_id": officer,
        "state": STATES.get(need.story, NeedState.open),
        "created_at": need.posted_at,
        "changed_at": need.posted_at,
        "posted_at": need.posted_at if is_posted else None,
        "answer_due_at": due_at if is_posted else None,
        "answered_at": None if need.story in {Story.overdue, Story.new, Story.draft} else now,
        "told_overdue_at": now,
        "is_sample": True,
    }


def shift_row(need_id: UUID, times: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "need_id": need_id,
        "starts_at": times.starts_at,
        "ends_at": times.ends_at,
        "places": times.places,
        "places_taken": 0,
    }


def participation_rows(
    shift: dict[str, Any], account_ids: Sequence[UUID], now: datetime, rng: random.Random
) -> Iterator[dict[str, Any]]:
    for account_id in account_ids:
        state = rng.choice(PARTICIPATION_STATES)
        if state in TAKES_A_PLACE:
            # One place stays free, so that the need stays open.
            if shift["places_taken"] + 1 >= shift["places"]:
                continue
            shift["places_taken"] += 1
        asked_at = now - timedelta(days=rng.randint(1, 20))
        yield {
            "id": new_id(),
            "shift_id": shift["id"],
            "need_id": shift["need_id"],
            "account_id": account_id,
            "state": state,
            "asked_at": asked_at,
            "reaches_at": asked_at,
            "expires_at": shift["starts_at"] if state in {State.invited, State.applied} else None,
            "created_at": now,
            "changed_at": now,
        }


def part_rows(need_id: UUID, need: PlannedNeed) -> dict[type, Rows]:
    draft = need.draft
    skills = dict.fromkeys(draft.skills_wanted, False) | dict.fromkeys(draft.skills_required, True)
    return {
        NeedSkill: [
            {"need_id": need_id, "skill_id": id, "is_required": is_required}
            for id, is_required in skills.items()
        ],
        NeedCredential: [{"need_id": need_id, "credential_id": id} for id in draft.credentials],
        NeedLanguage: [{"need_id": need_id, "language_id": id} for id in draft.languages],
    }


async def write(session: AsyncSession, model: type, rows: Iterable[dict[str, Any]]) -> None:
    waiting = list(rows)
    for start in range(0, len(waiting), AT_ONCE):
        await session.execute(insert(model), waiting[start : start + AT_ONCE])
