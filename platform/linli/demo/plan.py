"""The whole town before anything is written: the same for the same seed and start date."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from linli.demo.minds import Minds
from linli.demo.needs import Asker, Diary, PlannedNeed, planned_needs
from linli.demo.organizations import SampleOrganization, bureau_of, committees_of, others_of
from linli.demo.past import PastNeed, planned_past
from linli.demo.people import Home, SamplePerson, name_of, people_of_samples, sign_in_volunteer, volunteers_of
from linli.demo.places import WENGAN, Town, town
from linli.demo.sizes import TOWN, Size
from linli.demo.stories import Casting, Step
from linli.demo.teams import PlannedTeam, planned_teams
from linli.needs.policies import POSTING_ROLES
from linli.organizations.rules import Role

SEED: Final = 522725
# Everybody signs in with this: a town of samples has nothing to hide, and it is easy to type.
PASSWORD: Final = "lantern bridge morning tea"  # noqa: S105 - printed for everyone
LAST_HOUR: Final = 20


@dataclass(frozen=True)
class SampleMember:
    """Somebody with a role; who has an address can sign in with the password above."""

    organization: SampleOrganization
    name: str
    birth_on: date
    mobile: str
    email: str | None
    role: Role


@dataclass(frozen=True)
class TownPlan:
    diary: Diary
    town: Town
    members: tuple[SampleMember, ...]
    volunteers: tuple[SamplePerson, ...]
    needs: tuple[PlannedNeed, ...]
    steps: tuple[Step, ...]
    teams: tuple[PlannedTeam, ...]
    past: tuple[PastNeed, ...]
    minds: Minds = field(compare=False)


def plan_town(
    *, start: date, zone: ZoneInfo, size: Size = TOWN, seed: int = SEED, county: str = WENGAN
) -> TownPlan:
    """Bureau staff come first among the members, then who asks, in the order of the askers."""
    rng = random.Random(f"{seed} {start}")  # noqa: S311 - samples, not secrets
    diary = Diary(start, zone)
    place = town(county, rng)
    bureau, committees = bureau_of(place), committees_of(place, rng)
    others = others_of(place, rng, is_whole=size.is_whole)
    members = _members((bureau, *committees, *others), start, rng)
    askers = _askers(members, place, rng)
    home = Home(place, committees[0].division)
    people = (
        sign_in_volunteer("zh", 90, email=sign_in("volunteer"), home=home, today=start, rng=rng),
        sign_in_volunteer("en", 91, email=sign_in("neighbour"), home=home, today=start, rng=rng),
        *(
            sign_in_volunteer("zh", 92 + n, email=sign_in(name), home=home, today=start, rng=rng, place=1 + n)
            for n, name in enumerate(("team_leader", "team_member"))
        ),
        *volunteers_of(place, size.volunteers - 4, today=start, rng=rng),
    )
    needs = planned_needs(place, askers, size.stories, diary, rng)
    # Dice of its own, so that other teams change nothing else in the town.
    teams = planned_teams(
        [(each.organization, each.role) for each in members],
        people,
        today=start,
        rng=random.Random(f"teams {seed} {start}"),  # noqa: S311 - samples
    )
    # And these of theirs.
    minds = Minds(people, random.Random(f"minds {seed} {start}"))  # noqa: S311 - samples
    past = planned_past(
        needs,
        people,
        minds,
        count=size.past,
        diary=diary,
        rng=random.Random(f"past {seed} {start}"),  # noqa: S311 - samples
    )
    steps = Casting(people, needs, rng, diary.at(-1, LAST_HOUR), minds).steps()
    return TownPlan(diary, place, members, people, needs, tuple(steps), teams, past, minds)


def _askers(members: Sequence[SampleMember], place: Town, rng: random.Random) -> list[Asker]:
    """Whoever may post; who has no community of their own asks for one in their area."""
    askers = []
    for member in members:
        if member.role in POSTING_ROLES and member.organization.is_verified:
            home = member.organization.division
            inside = [each.code for each in place.communities if each.code.startswith(home)]
            askers.append(Asker(member.organization, rng.choice(inside), member.name, member.mobile))
    return askers


def sign_in(name: str) -> str:
    return f"{name.replace('_', '.')}@{people_of_samples().email_domain}"


def _members(
    organizations: tuple[SampleOrganization, ...], start: date, rng: random.Random
) -> tuple[SampleMember, ...]:
    """One for each organization, and an auditor; the first with a role has an address to sign in with."""
    members: list[SampleMember] = []
    seen: set[Role] = set()
    roles = [(organization, organization.role) for organization in organizations]
    for number, (organization, role) in enumerate([*roles, (organizations[0], Role.auditor)], start=1):
        birth_on = date(start.year - rng.randint(27, 58), rng.randint(1, 12), rng.randint(1, 28))
        name, _ = name_of(number, "zh", birth_on, start, rng)
        email = None if role in seen else sign_in(role)
        seen.add(role)
        mobile = people_of_samples().mobile(number)
        members.append(SampleMember(organization, name, birth_on, mobile, email, role))
    return tuple(members)
