"""Builds a planned town by the actions that people use, each at its own moment."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.actions import begin_factor, confirm_factor, create_account
from linli.accounts.factor import code_at, step_of
from linli.accounts.models import Account
from linli.accounts.passwords import hash_password
from linli.accounts.queries import factor_of, waiting_secret
from linli.core import seed
from linli.core.errors import Conflict
from linli.demo.asking_teams import Asker, ask_organization, ask_team
from linli.demo.founding import FOUNDED_DAYS_AGO, Founding, found_bureau
from linli.demo.insurance import sample_insurances
from linli.demo.minds import Answer
from linli.demo.needs import PlannedNeed, Story
from linli.demo.past_building import build_past
from linli.demo.people import CHECKED_DAYS_AGO, HeldCredential, SamplePerson
from linli.demo.plan import PASSWORD, SampleMember, TownPlan
from linli.demo.questions import ask_and_answer
from linli.demo.stories import Act, Step
from linli.demo.team_building import build_team
from linli.demo.teams import LED, PlannedTeam
from linli.demo.waves import ask_in_waves
from linli.insurance.actions import enter_insurance
from linli.needs import actions as needs
from linli.needs.models import Need
from linli.notifications.models import Notice, OutboxMessage
from linli.organizations.models import Organization
from linli.organizations.rules import Role
from linli.participation import actions as participation
from linli.participation.queries import open_in_shift
from linli.teams.models import Team
from linli.volunteers import actions as volunteers
from linli.volunteers.forms import ProfileDraft, StatedPaper

READ_DAYS: Final = 4
BUREAU_ROLES: Final = frozenset({Role.bureau_staff, Role.auditor})
SIGNED_UP_DAYS_AGO: Final = 150
TEAMS_BEGAN_DAYS_AGO: Final = 20

WHY_CANCELLED: Final = "天气预报有暴雨，改期再约。"
WHAT_INSTEAD: Final = "志愿者一时没找到，社区安排网格员先上门；下周再发一次。"
VOLUNTEERS_ANSWERS: Final[Mapping[Act, Callable[..., Awaitable[Any]]]] = {
    Act.accept: participation.accept,
    Act.decline: participation.decline,
    Act.withdraw: participation.withdraw,
}
OFFICERS_ANSWERS: Final[Mapping[Act, Callable[..., Awaitable[Any]]]] = {
    Act.confirm: participation.confirm_application,
    Act.refuse: participation.refuse_application,
}
ASKED_ABOUT: Final = frozenset({Story.coming, Story.asked, Story.applied})
ASKED_OF_TEAMS: Final = (Story.coming, Story.asked)
ASKED_IN_WAVES: Final = (Story.coming, Story.asked, Story.new)

Event = tuple[datetime, Callable[[], Awaitable[Any]]]


@dataclass
class Built:
    """What stands already: in the order of the plan."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    members: list[Account] = field(default_factory=list)
    volunteers: list[Account] = field(default_factory=list)
    needs: dict[int, Need] = field(default_factory=dict)
    teams: list[Team] = field(default_factory=list)


@dataclass
class Builder:
    session: AsyncSession
    plan: TownPlan
    secret_key: str
    built: Built = field(default_factory=Built)
    # Of the one password that all of them have: made for each, it would take a sixth of the time.
    password_hash: str = ""

    async def build(self) -> Built:
        self.password_hash = await hash_password(PASSWORD)
        await self._found()
        for person in self.plan.volunteers:
            self.built.volunteers.append(await self._sign_up(person))
        for planned in self.plan.teams:
            await self._begin_team(planned)
        await self._remember()
        for _, happens in sorted(self._events(), key=lambda event: event[0]):
            await happens()
        await self._let_people_ask()
        await self._let_teams_be_asked()
        await self._ask_in_waves()
        await self._let_time_pass()
        return self.built

    async def _found(self) -> None:
        """The bureau first, which then answers the others."""
        diary = self.plan.diary
        for member in self.plan.members:
            begins = diary.at(-FOUNDED_DAYS_AGO, 9)
            account = await self._account_of_member(member, begins)
            if member.role in BUREAU_ROLES:
                await found_bureau(self.session, member, account, self.built.organizations, now=begins)
            else:
                founding = Founding(self.session, diary, self.bureau, self.built.members[0])
                organization = await founding.register(member, account)
                self.built.organizations[organization.name] = organization
                if organization.is_verified:
                    await self._insure(organization, account)
            self.built.members.append(account)

    async def _insure(self, organization: Organization, account: Account) -> None:
        diary = self.plan.diary
        for draft in sample_insurances(len(self.built.organizations), diary.start):
            await enter_insurance(
                self.session,
                organization=organization,
                draft=draft,
                account_id=account.id,
                now=diary.at(-FOUNDED_DAYS_AGO + 1, 15),
            )

    async def _account_of_member(self, member: SampleMember, now: datetime) -> Account:
        account = await create_account(
            self.session,
            name=member.name,
            birth_on=member.birth_on,
            mobile=member.mobile,
            email=member.email,
            password_hash=self.password_hash if member.email else None,
            division=member.organization.division,
            is_sample=True,
            now=now,
        )
        if member.email:
            await give_factor(self.session, account, secret_key=self.secret_key, now=now)
        return account

    @property
    def bureau(self) -> Organization:
        return next(iter(self.built.organizations.values()))

    async def _sign_up(self, person: SamplePerson) -> Account:
        now = self.plan.diary.at(-SIGNED_UP_DAYS_AGO, 19)
        password_hash = self.password_hash if person.signs_in else None
        account = await sign_up(self.session, person, now=now, password_hash=password_hash)
        for held in person.credentials:
            await self._state(account, held)
        return account

    async def _begin_team(self, planned: PlannedTeam) -> None:
        team = await build_team(
            self.session,
            planned,
            home=self.built.organizations[self.plan.members[planned.home].organization.name],
            officer=self.built.members[planned.home],
            volunteers=self.built.volunteers,
            now=self.plan.diary.at(-TEAMS_BEGAN_DAYS_AGO, 20),
        )
        self.built.teams.append(team)

    async def _remember(self) -> None:
        asking = [
            (self.built.organizations[member.organization.name], account)
            for member, account in zip(self.plan.members[1:], self.built.members[1:], strict=True)
        ]
        await build_past(self.session, self.plan.past, askers=asking, volunteers=self.built.volunteers)

    async def _state(self, account: Account, held: HeldCredential) -> None:
        now = self.plan.diary.at(-CHECKED_DAYS_AGO, 11)
        paper = StatedPaper(seed.credentials()[held.credential_id], held.expires_on)
        stated = await volunteers.state_credential(self.session, account=account, paper=paper, now=now)
        if held.is_checked:
            await volunteers.check_credential(
                self.session,
                held=stated,
                organization=self.bureau,
                role=Role.bureau_staff,
                account_id=self.built.members[0].id,
                valid_until=held.expires_on,
                now=now,
            )

    def _events(self) -> Iterator[Event]:
        for number, planned in enumerate(self.plan.needs):
            yield planned.posted_at, partial(self._post, number, planned)
        for step in self.plan.steps:
            yield step.at, partial(self._take, step)

    async def _post(self, number: int, planned: PlannedNeed) -> None:
        member = self.plan.members[1 + planned.asker]
        post = needs.keep_draft if planned.story is Story.draft else needs.post_need
        need = await post(
            self.session,
            organization=self.built.organizations[member.organization.name],
            draft=planned.draft,
            account_id=self._officer(number).id,
            now=planned.posted_at,
        )
        need.is_sample = True
        await self.session.flush()
        self.built.needs[number] = need

    async def _take(self, step: Step) -> None:
        person, officer = self.built.volunteers[step.person], self._officer(step.need)
        shift_id = self.built.needs[step.need].shifts[step.shift].id
        if step.act is Act.invite:
            await self._invite(shift_id, person, officer, step.at)
        elif step.act is Act.apply:
            await participation.apply(self.session, shift_id=shift_id, account_id=person.id, now=step.at)
        else:
            standing = await open_in_shift(self.session, shift_id=shift_id, account_id=person.id)
            assert standing is not None
            if answer := VOLUNTEERS_ANSWERS.get(step.act):
                await answer(self.session, participation=standing, account_id=person.id, now=step.at)
            else:
                decide = OFFICERS_ANSWERS[step.act]
                await decide(self.session, participation=standing, officer_id=officer.id, now=step.at)

    async def _invite(self, shift_id: UUID, person: Account, officer: Account, at: datetime) -> None:
        asked = await participation.invite(
            self.session, shift_id=shift_id, account_ids=[person.id], asked_by_id=officer.id, now=at
        )
        for _, sentence in asked.left_out:
            raise Conflict(sentence)

    def _officer(self, need: int) -> Account:
        return self.built.members[1 + self.plan.needs[need].asker]

    async def _let_people_ask(self) -> None:
        """Those who sign in ask the officer who signs in."""
        officer = self.built.members[1]
        theirs = [
            need
            for number, need in self.built.needs.items()
            if self._officer(number) is officer and self.plan.needs[number].story in ASKED_ABOUT
        ]
        await ask_and_answer(
            self.session,
            needs=theirs,
            people=self.built.volunteers[:2],
            officer=officer,
            organization=self.built.organizations[self.plan.members[1].organization.name],
            evening=self.plan.diary.at(-1, 20),
        )

    async def _let_teams_be_asked(self) -> None:
        """The officer who signs in asks the team that the first volunteer leads; others ask the charity's."""
        first = self.built.members[1]
        own = [each for each in self._askers() if each.officer is first]
        others = [each for each in self._askers() if each.officer is not first]
        evening = self.plan.diary.at(-1, 20)
        for leader, askers in ((0, own), (LED[0][0], others)):
            for team, planned in zip(self.built.teams, self.plan.teams, strict=True):
                if planned.people[0] == leader:
                    people = [self.built.volunteers[n] for n in planned.people]
                    await ask_team(self.session, team=team, askers=askers, people=people, evening=evening)
        for account, member in zip(self.built.members, self.plan.members, strict=True):
            if member.role is Role.coordinator and member.email and self.plan.teams:
                await ask_organization(
                    self.session,
                    organization=self.built.organizations[member.organization.name],
                    askers=others[::-1],
                    coordinator=account,
                    evening=evening,
                )

    async def _ask_in_waves(self) -> None:
        """The officer who signs in lets two needs be asked for by themselves."""
        first = self.built.members[1]
        askers = [
            Asker(need, first)
            for story in ASKED_IN_WAVES
            for n, need in self.built.needs.items()
            if self.plan.needs[n].story is story and self._officer(n) is first
        ]
        signed_in = [each.id for each in self.built.volunteers[:2]]
        people = {each.id: n for n, each in enumerate(self.built.volunteers)}
        planned = {need.id: self.plan.needs[n] for n, need in self.built.needs.items()}
        await ask_in_waves(
            self.session,
            askers,
            evening=self.plan.diary.at(-1, 19),
            without=signed_in,
            says_yes=lambda person, need: self.plan.minds.answer(people[person], planned[need]) is Answer.yes,
        )

    def _askers(self) -> list[Asker]:
        """Needs of committees with something going on, those for which people come first."""
        return [
            Asker(need, self._officer(n))
            for story in ASKED_OF_TEAMS
            for n, need in self.built.needs.items()
            if self.plan.needs[n].story is story
            and self.plan.members[1 + self.plan.needs[n].asker].role is Role.officer
        ]

    async def _let_time_pass(self) -> None:
        """What a night of background work does, and the two decisions that only officers make."""
        evening, morning = self.plan.diary.at(-1, 21), self.plan.diary.at(0, 0)
        for number, need in self.built.needs.items():
            story, officer = self.plan.needs[number].story, self._officer(number)
            if story is Story.cancelled:
                await participation.cancel_need(
                    self.session, need_id=need.id, reason=WHY_CANCELLED, account_id=officer.id, now=evening
                )
            elif story is Story.answered:
                await needs.record_answer(
                    self.session, need=need, answer=WHAT_INSTEAD, account_id=officer.id, now=evening
                )
        await participation.expire_due(self.session, now=morning)
        await needs.move_on(self.session, now=morning)
        await needs.tell_overdue(self.session, now=morning)
        await self.session.flush()
        await keep_from_leaving(self.session)
        await read_old_notices(self.session, before=self.plan.diary.at(-READ_DAYS, 0), now=morning)


async def give_factor(session: AsyncSession, account: Account, *, secret_key: str, now: datetime) -> None:
    """As if they had scanned the picture; outside production the sign-in page shows a sample's code."""
    await begin_factor(session, secret_key=secret_key, account=account, now=now)
    kept = await factor_of(session, account_id=account.id)
    secret = waiting_secret(kept, secret_key=secret_key, now=now)
    assert secret is not None
    code = code_at(secret, step_of(now))
    await confirm_factor(session, secret_key=secret_key, account=account, typed=code, now=now)


async def keep_from_leaving(session: AsyncSession) -> None:
    """Messages to sample people count as sent when they were written: they are past, and nobody is there."""
    samples = select(Account.id).where(Account.is_sample)
    waiting = OutboxMessage.sent_at.is_(None), OutboxMessage.recipient_id.in_(samples)
    await session.execute(update(OutboxMessage).where(*waiting).values(sent_at=OutboxMessage.created_at))


async def read_old_notices(session: AsyncSession, *, before: datetime, now: datetime) -> None:
    """What is old, people have read: who signs in finds the news of these days."""
    await session.execute(update(Notice).where(Notice.created_at < before).values(read_at=now))


async def sign_up(
    session: AsyncSession, person: SamplePerson, *, now: datetime, password_hash: str | None = None
) -> Account:
    """The account, and the profile of who says something about themselves."""
    account = await create_account(
        session,
        name=person.name,
        birth_on=person.birth_on,
        mobile=person.mobile,
        email=person.email,
        password_hash=password_hash,
        language=person.language,
        division=person.division,
        is_sample=True,
        now=now,
    )
    await volunteers.save_profile(session, account=account, draft=profile_of(person), version=0, now=now)
    if not person.opted_in:
        await volunteers.opt_out(session, account=account, now=now)
    return account


def profile_of(person: SamplePerson) -> ProfileDraft:
    return ProfileDraft(
        skills=dict(person.skills),
        fields=person.fields,
        languages=person.languages,
        availability=person.availability,
        weekly_cap=person.weekly_cap,
        means=person.means,
        reach_km=person.reach_km,
        longitude=person.point.longitude if person.point else None,
        latitude=person.point.latitude if person.point else None,
        about=person.about,
    )
