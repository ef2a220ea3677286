import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Consent
from linli.accounts.rules import ConsentPurpose
from linli.core import seed
from linli.core.audit import AuditEntry
from linli.core.db import Database
from linli.core.errors import Conflict, Invalid, NotFound
from linli.notifications.models import Notice
from linli.organizations.models import Organization
from linli.volunteers import actions, queries
from linli.volunteers.forms import ProfileDraft, StatedPaper
from linli.volunteers.jobs import follow_accounts
from linli.volunteers.models import VolunteerCredential, VolunteerProfile
from linli.volunteers.numbers import is_volunteer_number
from linli.volunteers.rules import CredentialState, Means, SkillLevel
from tests.factories import COMMUNITY, make_account, make_member, make_organization, make_volunteer

FULL = ProfileDraft(
    skills={"chatting": SkillLevel.professional, "driving": SkillLevel.some},
    fields=("elderly_care", "children"),
    languages=("guizhou", "mandarin"),
    availability="1" + "0" * 20,
    weekly_cap=2,
    means=Means.bicycle,
    reach_km=4.5,
    longitude=107.471,
    latitude=27.066,
    about="我喜欢下棋。",
)
FIRST_AID = seed.credentials()["first_aid"]
LATER = timedelta(minutes=1)


async def test_a_profile_is_kept_as_it_was_said(session: AsyncSession, now: datetime) -> None:
    account = await make_account(session)
    await actions.save_profile(session, account=account, draft=FULL, version=0, now=now)
    kept = await queries.profile_of(session, account.id)
    assert kept.draft == replace(FULL, fields=tuple(sorted(FULL.fields)))
    assert (kept.version, kept.opted_in, kept.number) == (1, True, None)
    profile = await session.get_one(VolunteerProfile, account.id)
    assert (profile.division, profile.changed_at) == (COMMUNITY, now)


async def test_saving_again_keeps_adds_and_removes(session: AsyncSession, now: datetime) -> None:
    account = await make_account(session)
    await actions.save_profile(session, account=account, draft=FULL, version=0, now=now)
    changed = replace(
        FULL,
        skills={"driving": SkillLevel.good, "errands": SkillLevel.some},
        fields=("children",),
        languages=(),
    )
    await actions.save_profile(session, account=account, draft=changed, version=1, now=now + LATER)
    kept = await queries.profile_of(session, account.id)
    assert kept.draft == changed
    assert kept.version == 2


async def test_an_account_without_a_profile_has_an_empty_one(session: AsyncSession) -> None:
    account = await make_account(session)
    kept = await queries.profile_of(session, account.id)
    assert (kept.draft, kept.version, kept.opted_in) == (ProfileDraft(), 0, False)


@pytest.mark.parametrize("version", [0, 1, 3])
async def test_a_stale_edit_is_refused(session: AsyncSession, now: datetime, version: int) -> None:
    account = await make_account(session)
    await actions.save_profile(session, account=account, draft=FULL, version=0, now=now)
    await actions.save_profile(session, account=account, draft=FULL, version=1, now=now + LATER)
    with pytest.raises(Conflict, match="another page"):
        await actions.save_profile(session, account=account, draft=FULL, version=version, now=now)


async def test_a_point_needs_and_ends_a_consent_of_its_own(session: AsyncSession, now: datetime) -> None:
    account = await make_account(session)
    without = replace(FULL, longitude=None, latitude=None)
    for version, draft in enumerate((without, FULL, FULL, without)):
        await actions.save_profile(
            session, account=account, draft=draft, version=version, now=now + LATER * version
        )
    said = await session.scalars(
        select(Consent.given).where(Consent.purpose == ConsentPurpose.location).order_by(Consent.at)
    )
    assert list(said) == [True, False]


async def test_opting_out_and_in_is_noted_once_each(session: AsyncSession, now: datetime) -> None:
    account = await make_account(session)
    for act in (actions.opt_out, actions.opt_out, actions.opt_in):
        await act(session, account=account, now=now)
    assert await acts(session, account.id) == ["opt_in", "opt_out"]
    assert (await queries.profile_of(session, account.id)).opted_in


async def test_the_audit_holds_no_word_of_the_profile(session: AsyncSession, now: datetime) -> None:
    account = await make_account(session)
    await actions.save_profile(session, account=account, draft=FULL, version=0, now=now)
    entry = (await session.scalars(select(AuditEntry).where(AuditEntry.object_id == account.id))).one()
    assert (entry.action, entry.ids) == ("save_profile", {})


async def test_two_first_saves_at_once_keep_one_and_tell_the_other(
    own_database: Database, now: datetime
) -> None:
    async with own_database.transaction() as session:
        account = await make_account(session)

    async def save(about: str) -> str:
        try:
            async with own_database.transaction() as session:
                draft = ProfileDraft(about=about)
                await actions.save_profile(session, account=account, draft=draft, version=0, now=now)
        except Conflict:
            return "told"
        return "kept"

    assert sorted(await asyncio.gather(save("一"), save("二"))) == ["kept", "told"]


async def test_a_number_is_given_once_and_stays(session: AsyncSession, now: datetime) -> None:
    account = await make_account(session)
    number = await actions.give_number(session, account=account, now=now)
    assert is_volunteer_number(number)
    assert number.startswith(f"V{COMMUNITY[:6]}26")
    assert await actions.give_number(session, account=account, now=now + LATER) == number
    assert (await queries.profile_of(session, account.id)).number == number
    assert await acts(session, account.id) == ["give_number"]


async def test_a_number_that_somebody_holds_is_drawn_again(
    session: AsyncSession, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(drawn))
    first, second = [
        await actions.give_number(session, account=await make_account(session), now=now) for _ in range(2)
    ]
    assert (first[9:15], second[9:15]) == ("000007", "000008")


async def test_when_every_number_is_taken_it_says_so(
    session: AsyncSession, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda _: 7)
    await actions.give_number(session, account=await make_account(session), now=now)
    with pytest.raises(Conflict, match="No volunteer number"):
        await actions.give_number(session, account=await make_account(session), now=now)


async def test_two_places_confirmed_at_once_give_one_number(own_database: Database, now: datetime) -> None:
    async with own_database.transaction() as session:
        account = await make_account(session)

    async def give() -> str:
        async with own_database.transaction() as session:
            return await actions.give_number(session, account=account, now=now)

    assert len(set(await asyncio.gather(*(give() for _ in range(4))))) == 1


async def test_a_stated_paper_waits_and_counts_for_nothing(session: AsyncSession, now: datetime) -> None:
    account = await make_account(session)
    await state(session, account, now)
    [paper] = await queries.papers_of(session, account.id, today=now.date())
    assert (paper.state, paper.is_waiting) == (CredentialState.stated, True)


async def test_a_checked_paper_counts_until_its_last_day(session: AsyncSession, now: datetime) -> None:
    account, committee, officer = await volunteer_and_officer(session)
    held = await state(session, account, now)
    await check(session, held, committee, officer, now + LATER)
    [paper] = await queries.papers_of(session, account.id, today=now.date())
    assert (paper.state, paper.is_waiting) == (CredentialState.counts, False)
    [paper] = await queries.papers_of(session, account.id, today=date(2027, 5, 2))
    assert paper.state is CredentialState.expired
    notice = (await session.scalars(select(Notice).where(Notice.account_id == account.id))).one()
    assert notice.path == "/me/credentials"
    profile = await session.get_one(VolunteerProfile, account.id, populate_existing=True)
    assert profile.changed_at == now + LATER
    entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "check_credential"))
    assert entry is not None
    assert (entry.actor_id, entry.object_id, entry.organization_id) == (officer.id, account.id, committee.id)


async def test_a_renewed_paper_waits_while_the_old_one_still_counts(
    session: AsyncSession, now: datetime
) -> None:
    account, committee, officer = await volunteer_and_officer(session)
    held = await state(session, account, now)
    await check(session, held, committee, officer, now + LATER)
    await state(session, account, now + 2 * LATER, until=date(2029, 5, 1))
    [paper] = await queries.papers_of(session, account.id, today=now.date())
    assert (paper.state, paper.is_waiting) == (CredentialState.counts, True)
    assert held.expires_on == date(2027, 5, 1)


@pytest.mark.parametrize("until", [None, date(2026, 11, 22), date(2035, 1, 1)])
async def test_a_check_needs_a_day_that_can_be(
    session: AsyncSession, now: datetime, until: date | None
) -> None:
    account, committee, officer = await volunteer_and_officer(session)
    held = await state(session, account, now)
    with pytest.raises(Invalid):
        await check(session, held, committee, officer, now, until=until)
    assert held.checked_at is None


async def test_nobody_checks_their_own_paper(session: AsyncSession, now: datetime) -> None:
    _, committee, officer = await volunteer_and_officer(session)
    held = await state(session, officer, now)
    with pytest.raises(Conflict, match="own papers"):
        await check(session, held, committee, officer, now)


async def test_an_officer_does_not_check_what_a_social_worker_must(
    session: AsyncSession, now: datetime
) -> None:
    account, committee, officer = await volunteer_and_officer(session)
    held = await state(session, account, now, credential="child_safeguarding")
    with pytest.raises(Conflict, match="somebody else"):
        await check(session, held, committee, officer, now)


async def test_a_check_can_be_taken_back_by_the_organization_that_made_it(
    session: AsyncSession, now: datetime
) -> None:
    account, committee, officer = await volunteer_and_officer(session)
    held = await state(session, account, now)
    await check(session, held, committee, officer, now + LATER)
    other = await make_organization(session)
    with pytest.raises(NotFound):
        await actions.take_back_check(session, held=held, organization=other, account_id=officer.id, now=now)
    await actions.take_back_check(session, held=held, organization=committee, account_id=officer.id, now=now)
    [paper] = await queries.papers_of(session, account.id, today=now.date())
    assert (paper.state, paper.held.expires_on, paper.held.checked_for_id) == (
        CredentialState.stated,
        None,
        None,
    )
    assert "take_back_check" in await acts(session, account.id)


async def test_a_withdrawn_paper_is_gone(session: AsyncSession, now: datetime) -> None:
    account = await make_account(session)
    await state(session, account, now)
    await actions.withdraw_credential(session, account=account, credential_id="first_aid", now=now)
    assert await queries.papers_of(session, account.id, today=now.date()) == []
    with pytest.raises(NotFound):
        await actions.withdraw_credential(session, account=account, credential_id="first_aid", now=now)


async def test_an_officer_finds_papers_of_the_township_only(session: AsyncSession, now: datetime) -> None:
    township, other_township = COMMUNITY[:9], COMMUNITY[:6] + "003"
    committee = await make_organization(session)
    officer = await make_member(session, committee)
    near = await make_volunteer(session, account=await make_account(session, division=township + "002"))
    far = await make_volunteer(session, account=await make_account(session, division=other_township + "001"))
    stopped = await make_volunteer(session, account=await make_account(session, stopped_at=now))
    held = {person.id: await state(session, person, now) for person in (near, far, stopped, officer)}
    await state(session, near, now, credential="child_safeguarding")
    waiting = await queries.papers_to_check(
        session, organization=committee, role="officer", account_id=officer.id, after=None
    )
    assert [(row.name, row.credential.id) for row in waiting.rows] == [(near.name, "first_aid")]
    assert await queries.paper_to_check(session, organization=committee, paper_id=held[near.id].id)
    for hidden in (far, stopped):
        with pytest.raises(NotFound):
            await queries.paper_to_check(session, organization=committee, paper_id=held[hidden.id].id)


async def test_who_looked_at_whose_papers_is_noted(session: AsyncSession, now: datetime) -> None:
    account, committee, officer = await volunteer_and_officer(session)
    await state(session, account, now)
    waiting = await queries.papers_to_check(
        session, organization=committee, role="officer", account_id=officer.id, after=None
    )
    await actions.note_papers_seen(
        session, papers=waiting.rows, organization=committee, account_id=officer.id, now=now
    )
    await session.flush()
    entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "see_paper"))
    assert entry is not None
    assert (entry.actor_id, entry.object_id, entry.organization_id) == (officer.id, account.id, committee.id)


async def test_a_profile_follows_an_account_that_moves(
    session: AsyncSession, database: Database, now: datetime
) -> None:
    account = await make_volunteer(session)
    moved = COMMUNITY[:9] + "002"
    account.division = moved
    await session.commit()
    assert await follow_accounts(database, now + LATER) == 1
    assert await follow_accounts(database, now + 2 * LATER) == 0
    profile = await session.get_one(VolunteerProfile, account.id, populate_existing=True)
    assert (profile.division, profile.changed_at) == (moved, now + LATER)


async def state(
    session: AsyncSession,
    account: Account,
    now: datetime,
    *,
    credential: str = "first_aid",
    until: date | None = None,
) -> VolunteerCredential:
    paper = StatedPaper(seed.credentials()[credential], until)
    return await actions.state_credential(session, account=account, paper=paper, now=now)


async def check(
    session: AsyncSession,
    held: VolunteerCredential,
    organization: Organization,
    officer: Account,
    now: datetime,
    until: date | None = date(2027, 5, 1),
) -> None:
    await actions.check_credential(
        session,
        held=held,
        organization=organization,
        role="officer",
        account_id=officer.id,
        valid_until=until,
        now=now,
    )


async def volunteer_and_officer(session: AsyncSession) -> tuple[Account, Organization, Account]:
    committee = await make_organization(session)
    return await make_account(session), committee, await make_member(session, committee)


async def acts(session: AsyncSession, account_id: UUID) -> list[str]:
    await session.flush()
    return sorted(await session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == account_id)))
