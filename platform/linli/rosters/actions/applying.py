"""The differences that somebody looked at are applied, all of them or none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.audit import record
from linli.core.db import insert_rows, new_id, take_turns
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.rosters.actions.imports import from_json
from linli.rosters.actions.registering import Registration, register_people
from linli.rosters.actions.saying import say
from linli.rosters.models import RosterImport
from linli.rosters.queries import accounts_by_id, roster_of, seats_by_id
from linli.rosters.rules import Difference, ImportState, Kind
from linli.teams import actions as teams
from linli.teams.models import Team, TeamMember
from linli.teams.rules import CONSENT_VERSION, OPEN_STATES, MemberState, TeamRole

CHANGED_SINCE: Final = Message(
    "The roster has changed since this file was compared. Please send the file again."
)
Seats = dict[tuple[UUID, UUID], TeamMember]
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
    await work.change(changes)
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
    """Kind by kind, so that many people take no more statements than one.

    `done` says what to undo, in the order in which it was done.
    """

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
        leading: list[tuple[Team, UUID, TeamRole]] = []
        for each in new:
            if each.team_id and each.first_row:
                seat = self._seat(by_row[each.first_row], each.team_id)
                seats.append(seat)
                if each.role is TeamRole.leader:
                    leading.append((self._team(each), seat["id"], each.role))
                elif each.role:
                    seat["role"] = each.role
        await insert_rows(self.session, TeamMember, seats)
        await self._give_roles(leading)

    async def change(self, changes: Sequence[Difference]) -> None:
        changed = [each for each in changes if each.kind is Kind.changed]
        await self._say([each for each in changed if each.says])
        in_a_team = [each for each in changed if each.team_id]
        seats = await self._seats_of({_person(each) for each in changes})
        joining = [each for each in in_a_team if (each.person_id, each.team_id) not in seats]
        seats |= await self._bring_in(joining)
        roles = [(each, seats[_person(each), self._team(each).id]) for each in in_a_team if each.role]
        await self._give_roles(
            [(self._team(each), seat.id, each.role) for each, seat in roles if each.role and seat.is_member]
        )
        leaving = [(each.person_id, each.team_id) for each in changes if each.kind is Kind.leaves]
        await self._let_go([seats[each] for each in leaving if each in seats])

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

    async def _say(self, saying: Sequence[Difference]) -> None:
        """Only of people whom this organization registered: the comparison has seen to that."""
        before = await say(self.session, [(_person(each), each.says) for each in saying])
        self.done += [{"did": "said", "person": str(id), "old": old} for id, old in before.items()]

    async def _bring_in(self, joining: Sequence[Difference]) -> Seats:
        act: dict[str, Any] = {"account_id": self.account_id, "now": self.now}
        people = await accounts_by_id(self.session, {_person(each) for each in joining})
        pairs = [(self._team(each), people[_person(each)]) for each in joining]
        entered = [(team, person) for team, person in pairs if person.is_managed]
        invited = [(team, person) for team, person in pairs if not person.is_managed]
        seats = await teams.enter_members(self.session, entered=entered, **act) if entered else []
        seats += await teams.invite_members(self.session, invited=invited, **act) if invited else []
        self.done += [{"did": "brought_in", "seat": str(seat.id)} for seat in seats]
        return {(seat.account_id, seat.team_id): seat for seat in seats}

    async def _let_go(self, seats: Sequence[TeamMember]) -> None:
        if not seats:
            return
        self.done += [{"did": "let_go", "seat": str(each.id), "state": each.state.value} for each in seats]
        await teams.remove_members(
            self.session,
            leaving=[(self.teams[each.team_id], each.id) for each in seats],
            account_id=self.account_id,
            now=self.now,
        )

    async def _give_roles(self, given: Sequence[tuple[Team, UUID, TeamRole]]) -> None:
        if not given:
            return
        led = [team.id for team, _, role in given if role is TeamRole.leader]
        leaders = {each.team_id: str(each.id) for each in await teams.leaders_of(self.session, led)}
        self.done += [{"did": "led", "team": str(team_id), "leader": leaders.get(team_id)} for team_id in led]
        seats = await seats_by_id(self.session, [seat_id for _, seat_id, _ in given])
        self.done += [{"did": "role", "seat": str(id), "role": seat.role.value} for id, seat in seats.items()]
        await teams.set_roles(self.session, given=given, account_id=self.account_id, now=self.now)

    async def _seats_of(self, people: Collection[UUID]) -> Seats:
        """Where these people are, wait or are invited, by person and team."""
        found = await self.session.scalars(
            select(TeamMember).where(
                TeamMember.account_id.in_(people),
                TeamMember.team_id.in_(self.teams),
                TeamMember.state.in_(OPEN_STATES),
            )
        )
        return {(each.account_id, each.team_id): each for each in found}

    def _team(self, each: Difference) -> Team:
        assert each.team_id is not None
        return self.teams[each.team_id]


def _registration(each: Difference) -> Registration:
    says = each.says
    return Registration(
        says["name"], date.fromisoformat(says["birth_on"]), says["division"], says.get("mobile", "")
    )


def _person(each: Difference) -> UUID:
    assert each.person_id is not None
    return each.person_id
