"""The differences that somebody looked at are applied, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.core.audit import record
from linli.core.db import insert_rows, new_id, take_turns
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.rosters.actions.imports import from_json
from linli.rosters.actions.registering import Registration, register_people
from linli.rosters.models import RegisteredPerson, RosterImport
from linli.rosters.queries import roster_of
from linli.rosters.rules import Difference, ImportState, Kind
from linli.teams import actions as teams
from linli.teams.models import Team, TeamMember
from linli.teams.rules import CONSENT_VERSION, OPEN_STATES, MemberState, TeamRole

CHANGED_SINCE: Final = Message(
    "The roster has changed since this file was compared. Please send the file again."
)
# More would hold up everybody else's writing for too long.
MOST_CHANGES: Final = 1000


async def apply_import(
    session: AsyncSession,
    *,
    seen: RosterImport,
    with_missing: bool,
    they_agree: bool,
    account_id: UUID,
    now: datetime,
) -> int:
    """How many rows were applied. Refused rows do nothing; who is missing leaves only if that was ticked."""
    await take_turns(session, f"roster {seen.organization_id}")
    if seen.state is not ImportState.previewed:
        raise Conflict(Message("This file has been applied already."))
    roster = await roster_of(session, organization_id=seen.organization_id)
    if roster.print != seen.seen_print:
        raise Conflict(CHANGED_SINCE)
    wanted = [from_json(each) for each in seen.differences]
    new = [each for each in wanted if each.kind is Kind.new]
    if new and not they_agree:
        raise Invalid({"agree": Message("Please tick that the new people have agreed to be registered.")})
    changes = [each for each in wanted if each.kind is Kind.changed]
    changes += [each for each in wanted if with_missing and each.kind is Kind.leaves]
    if len(changes) > MOST_CHANGES:
        raise Conflict(
            Message(
                "At most {n} people can be changed at once. Please send the file in parts.", n=MOST_CHANGES
            )
        )
    work = _Work(session, seen, {team.id: team for team in roster.teams}, account_id, now)
    await work.register(new)
    for each in changes:
        await work.change(each)
    seen.state, seen.applied_at, seen.done = ImportState.applied, now, work.done
    await session.flush()
    seen.made_print = (await roster_of(session, organization_id=seen.organization_id)).print
    await session.flush()
    record(
        session,
        action="apply_roster",
        object_id=seen.id,
        organization_id=seen.organization_id,
        actor_id=account_id,
        now=now,
    )
    return len(new) + len(changes)


@dataclass
class _Work:
    """`done` says what to undo, in the order in which it was done."""

    session: AsyncSession
    seen: RosterImport
    teams: dict[UUID, Team]
    account_id: UUID
    now: datetime
    done: list[Any] = field(default_factory=list)

    async def register(self, new: Sequence[Difference]) -> None:
        firsts = [each for each in new if each.first_row == each.number]
        people = await register_people(
            self.session,
            organization_id=self.seen.organization_id,
            drafts=[_registration(each) for each in firsts],
            account_id=self.account_id,
            now=self.now,
        )
        by_row = {each.number: person_id for each, person_id in zip(firsts, people, strict=True)}
        self.done += [{"did": "registered", "person": str(person_id)} for person_id in people]
        seats: list[dict[str, Any]] = []
        leading: list[UUID] = []
        for each in new:
            if each.team_id and each.first_row:
                seat = self._seat(by_row[each.first_row], each.team_id)
                seats.append(seat)
                if each.role is TeamRole.leader:
                    leading.append(seat["id"])
                elif each.role:
                    seat["role"] = each.role
        await insert_rows(self.session, TeamMember, seats)
        for seat_id in leading:
            await self._give_role(await self.session.get_one(TeamMember, seat_id), TeamRole.leader)

    async def change(self, each: Difference) -> None:
        assert each.person_id is not None
        if each.kind is Kind.leaves:
            await self._let_go(each.person_id, self._team(each))
            return
        if each.says:
            await self._say(each.person_id, dict(each.says))
        if each.team_id is None:
            return
        seat = await self._seat_of(each.person_id, each.team_id)
        if seat is None:
            seat = await self._bring_in(each.person_id, self._team(each))
        if each.role and seat.is_member:
            await self._give_role(seat, each.role)

    def _seat(self, person_id: UUID, team_id: UUID) -> dict[str, Any]:
        """Somebody just registered is in no team, so that there is nothing to count."""
        return {
            "id": new_id(),
            "team_id": team_id,
            "account_id": person_id,
            "role": TeamRole.member,
            "state": MemberState.member,
            "consent_version": CONSENT_VERSION,
            "asked_at": self.now,
            "since": self.now,
        }

    async def _bring_in(self, person_id: UUID, team: Team) -> TeamMember:
        person = await self.session.get_one(Account, person_id)
        bring = teams.enter_member if person.is_managed else teams.invite_member
        seat = await bring(self.session, team=team, account=person, account_id=self.account_id, now=self.now)
        self.done.append({"did": "brought_in", "seat": str(seat.id)})
        return seat

    async def _let_go(self, person_id: UUID, team: Team) -> None:
        seat = await self._seat_of(person_id, team.id)
        if seat is None:
            return
        self.done.append({"did": "let_go", "seat": str(seat.id), "state": seat.state.value})
        await teams.remove_member(
            self.session, team=team, member_id=seat.id, account_id=self.account_id, now=self.now
        )

    async def _give_role(self, seat: TeamMember, role: TeamRole) -> None:
        team = self.teams[seat.team_id]
        if role is TeamRole.leader:
            leader = await self.session.scalar(
                select(TeamMember.id).where(
                    TeamMember.team_id == team.id,
                    TeamMember.state == MemberState.member,
                    TeamMember.role == TeamRole.leader,
                )
            )
            self.done.append({"did": "led", "team": str(team.id), "leader": str(leader) if leader else None})
        self.done.append({"did": "role", "seat": str(seat.id), "role": seat.role.value})
        await teams.set_role(
            self.session, team=team, member_id=seat.id, role=role, account_id=self.account_id, now=self.now
        )

    async def _say(self, person_id: UUID, says: dict[str, str]) -> None:
        """Only of people whom this organization registered: the comparison has seen to that."""
        account = await self.session.get_one(Account, person_id)
        registered = await self.session.get_one(RegisteredPerson, person_id)
        old = {
            "name": account.name,
            "mobile": registered.mobile,
            "birth_on": account.birth_on.isoformat(),
            "division": account.division or "",
        }
        self.done.append({"did": "said", "person": str(person_id), "old": {key: old[key] for key in says}})
        say(account, registered, says)
        await self.session.flush()

    async def _seat_of(self, person_id: UUID, team_id: UUID) -> TeamMember | None:
        found: TeamMember | None = await self.session.scalar(
            select(TeamMember).where(
                TeamMember.account_id == person_id,
                TeamMember.team_id == team_id,
                TeamMember.state.in_(OPEN_STATES),
            )
        )
        return found

    def _team(self, each: Difference) -> Team:
        assert each.team_id is not None
        return self.teams[each.team_id]


def say(account: Account, registered: RegisteredPerson, says: dict[str, str]) -> None:
    account.name = says.get("name", account.name)
    account.division = says.get("division", account.division or "") or None
    registered.mobile = says.get("mobile", registered.mobile)
    if birth_on := says.get("birth_on"):
        account.birth_on = date.fromisoformat(birth_on)


def _registration(each: Difference) -> Registration:
    says = each.says
    return Registration(
        says["name"], date.fromisoformat(says["birth_on"]), says["division"], says.get("mobile", "")
    )
