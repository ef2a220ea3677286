"""Sample teams: thirty that go on, some of them of neighbours, and one that waits for its committee."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle, islice
from typing import Final

from linli.accounts.rules import ADULT_AGE_YEARS, age_on
from linli.demo.organizations import SampleOrganization
from linli.demo.people import SamplePerson
from linli.divisions.names import label
from linli.divisions.queries import with_code
from linli.organizations.rules import ACTING_ROLES, Role
from linli.teams.forms import TeamDraft
from linli.teams.rules import MOST_TEAMS
from linli.volunteers.rules import availability_of

GROUPS: Final = 5
FEWEST_PEOPLE, MOST_PEOPLE = 5, 14
WAITING: Final = 2
# Who signs in as leader and as member of the first coordinator's first team.
LED: Final = ((2, 3),)


@dataclass(frozen=True)
class TeamKind:
    """`{place}` in the name is the community's."""

    name: str
    fields: tuple[str, ...]
    about: str
    week: tuple[str, ...]


KINDS: Final = (
    TeamKind(
        "{place}银铃陪伴队",
        ("elderly_care",),
        "每周去看望独居老人，陪着说说话、量量血压、代买东西。新队员先跟着老队员走两次。",
        ("2-afternoon", "4-afternoon"),
    ),
    TeamKind(
        "{place}护河清洁队",
        ("community_services",),
        "周末沿河捡拾垃圾，夏天巡河提醒孩子不要下水。手套和夹子由队里准备。",
        ("6-morning", "7-morning"),
    ),
    TeamKind(
        "{place}四点半课堂",
        ("children",),
        "放学后陪孩子写作业、读书，等家长来接。两位大人一起在场。",
        ("1-afternoon", "3-afternoon", "5-afternoon"),
    ),
    TeamKind(
        "{place}乡音助老队",
        ("elderly_care", "health"),
        "用方言陪老人看病取药，讲清楚医生的嘱咐。",
        ("1-morning", "2-morning", "3-morning"),
    ),
    TeamKind(
        "{place}助残同行队",
        ("disabled_people",),
        "陪行动不便的邻居出门办事，帮忙填表、跑窗口。",
        ("3-morning", "5-morning"),
    ),
    TeamKind(
        "{place}邻里应急队",
        ("emergency_assistance", "community_services"),
        "停水停电、老人摔倒、大雪封路，邻里有急事先到一步。",
        ("6-evening", "7-evening"),
    ),
    TeamKind(
        "{place}红白喜事帮忙队",
        ("weddings_and_funerals",),
        "谁家有事，帮着张罗，一切从简。",
        ("6-morning", "6-afternoon"),
    ),
)
OF_A_GROUP: Final = (
    "{place}楼下的伙伴们",
    "{place}晨走助老小组",
    "{place}妈妈互助组",
    "{place}手艺人小队",
    "{place}读书角",
    "{place}夜归人守望队",
    "{place}花园维护组",
)


@dataclass(frozen=True)
class PlannedTeam:
    """`home` is an index of the members (who acts for it), `people` and `waiting` of the volunteers.

    The first of the people leads. A group of neighbours is proposed by them, and agreed to unless it waits.
    """

    home: int
    is_group: bool
    is_agreed: bool
    draft: TeamDraft
    people: tuple[int, ...]
    waiting: tuple[int, ...]


def planned_teams(
    homes: Sequence[tuple[SampleOrganization, Role]],
    people: Sequence[SamplePerson],
    *,
    today: date,
    rng: random.Random,
) -> tuple[PlannedTeam, ...]:
    """Teams of every verified organization, then groups; the first group is led by the first volunteer."""
    casting = _Casting(people, today, rng)
    officers = [n for n, (home, role) in enumerate(homes) if role is Role.officer and home.is_verified]
    first = officers[0]
    teams = [casting.team(first, homes[first][0], OF_A_GROUP[0], KINDS[0], is_group=True, known=(0,))]
    kinds = cycle(KINDS)
    leads = iter(LED)
    for n, (home, role) in enumerate(homes):
        for _ in range(home.teams if home.is_verified and role in ACTING_ROLES else 0):
            kind = next(each for each in kinds if set(each.fields) & set(home.fields))
            known = next(leads, ()) if role is Role.coordinator else ()
            teams.append(casting.team(n, home, kind.name, kind, known=known))
    for number, n in enumerate(officers[1 : 1 + GROUPS]):
        name, kind = OF_A_GROUP[1 + number], rng.choice(KINDS)
        teams.append(casting.team(n, homes[n][0], name, kind, is_group=True))
    waits = first
    teams.append(
        casting.team(waits, homes[waits][0], "{place}广场舞暖心队", KINDS[0], is_group=True, is_agreed=False)
    )
    return tuple(teams)


class _Casting:
    """Who is where; nobody in more than five, and near ones first."""

    def __init__(self, people: Sequence[SamplePerson], today: date, rng: random.Random) -> None:
        self.people, self.today, self.rng = people, today, rng
        self.taken: Counter[int] = Counter()

    def team(
        self,
        home_number: int,
        home: SampleOrganization,
        name: str,
        kind: TeamKind,
        *,
        is_group: bool = False,
        is_agreed: bool = True,
        known: Sequence[int] = (),
    ) -> PlannedTeam:
        division = home.division if len(home.division) == 12 else self._some_community(home.division)
        near = self._near(division)
        size = self.rng.randint(FEWEST_PEOPLE, MOST_PEOPLE) if is_agreed else 1
        lead, *others = [*known, *islice(near, size + WAITING - len(known))]
        self.taken.update((lead, *others))
        place = with_code(division)
        draft = TeamDraft(
            name=name.format(place=label(place) if place else ""),
            division=division,
            fields=kind.fields,
            availability=availability_of(kind.week),
            about=kind.about,
        )
        members = others[: size - 1]
        waiting = tuple(others[size - 1 :]) if is_agreed else ()
        return PlannedTeam(home_number, is_group, is_agreed, draft, (lead, *members), waiting)

    def _near(self, division: str) -> Iterator[int]:
        """Adults who can still join one, nearest division first."""
        free = [n for n in range(len(self.people)) if self._may_join(n)]
        self.rng.shuffle(free)
        return iter(sorted(free, key=lambda n: -_shared(self.people[n].division or "", division)))

    def _may_join(self, n: int) -> bool:
        """Who signs in to the demo is where the plan puts them, and nowhere else."""
        person = self.people[n]
        is_adult = age_on(person.birth_on, self.today) >= ADULT_AGE_YEARS
        return is_adult and not person.signs_in and self.taken[n] < MOST_TEAMS - 1

    def _some_community(self, division: str) -> str:
        inside = sorted(
            {each.division for each in self.people if each.division and each.division.startswith(division)}
        )
        return self.rng.choice(inside) if inside else division


def _shared(one: str, other: str) -> int:
    """How many digits two codes begin with in common."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
