"""Sample people: invented names and introductions, with the profile that goes with the words."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from linli.core import seed
from linli.core.seed_samples import SampleIntro, SamplePeople, samples
from linli.demo.places import NEW_YORK, Town, scattered
from linli.divisions.rules import Point
from linli.volunteers.rules import FREE, SLOTS, UNKNOWN, Means, SkillLevel

LIVES_IN_TOWN: Final = 0.7
ENGLISH: Final = 0.1
SAYS_NOTHING: Final = 0.08
GIVES_A_POINT: Final = 0.6
IS_CHECKED: Final = 0.75
HAS_EXPIRED: Final = 0.06
# Papers were stated and checked a month before the start date.
CHECKED_DAYS_AGO: Final = 28
OPTED_OUT: Final = 0.04
UNSURE_WHEN: Final = 0.12
MARK_OF_NEW_YORK: Final = ".new.york@"
BACKGROUND: Final = "background_check"
LEVELS: Final = (SkillLevel.some, SkillLevel.good, SkillLevel.good, SkillLevel.professional)
OLDER_FROM_YEARS: Final = 45
# Sample numbers below this belong to people with a role.
FIRST_VOLUNTEER_NUMBER: Final = 100


@dataclass(frozen=True)
class HeldCredential:
    credential_id: str
    expires_on: date | None
    is_checked: bool


@dataclass(frozen=True, kw_only=True)
class SamplePerson:
    name: str
    birth_on: date
    language: str
    mobile: str | None
    email: str | None
    division: str | None
    opted_in: bool
    about: str
    availability: str
    weekly_cap: int | None
    reach_km: float | None
    means: Means | None
    point: Point | None
    skills: tuple[tuple[str, SkillLevel], ...]
    fields: tuple[str, ...]
    languages: tuple[str, ...]
    credentials: tuple[HeldCredential, ...]
    signs_in: bool = False


def volunteers_of(town: Town, count: int, *, today: date, rng: random.Random) -> tuple[SamplePerson, ...]:
    """Most live in the middle of the county, one in ten writes English."""
    people = []
    intros = {language: _dealt(language, rng) for language in ("zh", "en")}
    for number in range(FIRST_VOLUNTEER_NUMBER, FIRST_VOLUNTEER_NUMBER + count):
        language = "en" if rng.random() < ENGLISH else "zh"
        person = _person(next(intros[language]), number, today, rng)
        where = rng.choice(town.urban if rng.random() < LIVES_IN_TOWN else town.communities)
        point = town.near(where.code, rng) if rng.random() < GIVES_A_POINT else None
        people.append(replace(person, division=where.code, point=point))
    return tuple(people)


@dataclass(frozen=True)
class Home:
    town: Town
    community: str


def sign_in_volunteer(
    language: str, number: int, *, email: str, home: Home, today: date, rng: random.Random, place: int = 0
) -> SamplePerson:
    """Somebody with much time and a checked background, so that the demo's own volunteers fit many needs.

    `place` 0 has most time, 1 second most.
    """
    intros = [
        each for each in samples().intros if each.language == language and BACKGROUND in each.credentials
    ]
    intros.sort(key=lambda each: (each.availability.count(FREE), len(each.skills)), reverse=True)
    intro = intros[place]
    person = _with_profile(_person(intro, number, today, rng), intro, today, rng)
    credentials = tuple(_held(each, today, rng, is_fresh=True) for each in intro.credentials)
    return replace(
        person,
        email=email,
        division=home.community,
        point=home.town.near(home.community, rng),
        opted_in=True,
        availability=intro.availability,
        weekly_cap=3,
        credentials=credentials,
        signs_in=True,
    )


def volunteers_around_new_york(count: int, *, today: date, rng: random.Random) -> tuple[SamplePerson, ...]:
    """For matching real requests of that city: English introductions, a point and no division."""
    intros = _dealt("en", rng)
    people = []
    for number in range(count):
        person = _person(next(intros), number, today, rng)
        languages = ("english", *rng.choices(((), ("spanish",), ("mandarin",)), weights=(7, 2, 1))[0])
        email = person.email.replace("@", MARK_OF_NEW_YORK) if person.email else None
        point = scattered(rng.choice(NEW_YORK), 2.0, rng)
        people.append(replace(person, email=email, languages=languages, point=point))
    return tuple(people)


def name_of(number: int, language: str, birth_on: date, today: date, rng: random.Random) -> tuple[str, str]:
    """A name, and the same in letters for an address."""
    people = samples().people
    if language == "en":
        name = f"{rng.choice(people.english_given)} {rng.choice(people.english_surnames)}"
        return name, name.lower().replace(" ", ".")
    older = (today - birth_on).days / 365.25 >= OLDER_FROM_YEARS
    surname = rng.choice(list(people.surnames))
    given = rng.choice(list(people.given["older" if older else "younger"]))
    return surname + given, f"person.{number}"


def mobile_of(number: int) -> str:
    return people_of_samples().mobile(number)


def people_of_samples() -> SamplePeople:
    return samples().people


def _dealt(language: str, rng: random.Random) -> Iterator[SampleIntro]:
    """Every introduction once, in a random order, before any comes again."""
    intros: Sequence[SampleIntro] = [each for each in samples().intros if each.language == language]
    while True:
        yield from rng.sample(intros, len(intros))


def _person(intro: SampleIntro, number: int, today: date, rng: random.Random) -> SamplePerson:
    birth_on = _birth_date(intro, today, rng)
    name, letters = name_of(number, intro.language, birth_on, today, rng)
    writes_mail = intro.language == "en"
    person = SamplePerson(
        name=name,
        birth_on=birth_on,
        language=intro.language,
        mobile=None if writes_mail else mobile_of(number),
        email=f"{letters}.{number}@{people_of_samples().email_domain}" if writes_mail else None,
        division=None,
        opted_in=rng.random() >= OPTED_OUT,
        about="",
        availability=UNKNOWN * SLOTS,
        weekly_cap=None,
        reach_km=None,
        means=None,
        point=None,
        skills=(),
        fields=(),
        languages=(),
        credentials=(),
    )
    return person if rng.random() < SAYS_NOTHING else _with_profile(person, intro, today, rng)


def _with_profile(person: SamplePerson, intro: SampleIntro, today: date, rng: random.Random) -> SamplePerson:
    means = rng.choice((None, Means.on_foot, Means.bicycle, Means.transit, Means.car))
    if "driving" in intro.skills:
        means = Means.car
    extra = rng.sample(_kindred_skills(intro), rng.choice((0, 1, 1, 2)))
    return replace(
        person,
        about=intro.text + "".join(_also(skill, intro.language) for skill in extra),
        availability=UNKNOWN * SLOTS if rng.random() < UNSURE_WHEN else intro.availability,
        weekly_cap=rng.choice((None, 1, 2, 2, 3)),
        reach_km=rng.choice((None, None, 3.0, 5.0, 10.0, 30.0)),
        means=means,
        skills=(
            *((skill, rng.choice(LEVELS)) for skill in intro.skills),
            *((skill.id, SkillLevel.some) for skill in extra),
        ),
        fields=intro.fields,
        languages=intro.languages,
        credentials=tuple(_held(each, today, rng) for each in intro.credentials),
    )


def _kindred_skills(intro: SampleIntro) -> list[seed.Skill]:
    """What the same person might do besides, without a paper: so that no two are quite alike."""
    return [
        skill
        for skill in seed.skills().values()
        if not skill.is_group
        and not skill.credentials
        and skill.id not in intro.skills
        and set(skill.fields) & set(intro.fields)
    ]


def _also(skill: seed.Skill, language: str) -> str:
    return f"另外也愿意做：{skill.zh}。" if language == "zh" else f" Also: {skill.en.lower()}."


def _birth_date(intro: SampleIntro, today: date, rng: random.Random) -> date:
    youngest, oldest = intro.age_years
    # The day before yesterday a year more, so that the age holds for the whole of the start date.
    return today - timedelta(days=round(rng.randint(youngest, oldest) * 365.25) + rng.randint(2, 360))


def _held(credential_id: str, today: date, rng: random.Random, *, is_fresh: bool = False) -> HeldCredential:
    months = seed.credentials()[credential_id].valid_months
    is_checked = is_fresh or rng.random() < IS_CHECKED
    if months is None:
        return HeldCredential(credential_id, None, is_checked)
    has_expired = not is_fresh and rng.random() < HAS_EXPIRED
    days = -rng.randint(1, 20) if has_expired else rng.randint(60, months * 30 - 2 * CHECKED_DAYS_AGO)
    return HeldCredential(credential_id, today + timedelta(days=days), is_checked)
