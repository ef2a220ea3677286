"""Who lives in the invented city and what is asked for there: drawn once, before anything happens."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.city.behaviour import Behaviour
from matching.columns import Booleans, Floats, Whole
from matching.week import CELLS

OTHER = "c_other"
OTHER_SHARE = 0.1
"""Needs whose category nobody filled in; their text alone tells what they are about."""


@dataclass(frozen=True)
class Words:
    """The city's own vocabulary."""

    skills: dict[str, list[str]]
    languages: dict[str, float]
    credentials: dict[str, float]
    categories: dict[str, dict[str, Any]]

    @property
    def skill_ids(self) -> list[str]:
        """In the order of every column."""
        return list(self.skills)


@cache
def words() -> Words:
    """The vocabulary, read from `words.toml`."""
    return Words(**tomllib.loads(files("matching.city").joinpath("words.toml").read_text("utf-8")))


@dataclass(frozen=True, eq=False)
class Communities:
    """Where people live; shape (communities,) each."""

    x: Floats
    y: Floats
    poor: Booleans
    across_river: Booleans


@dataclass(frozen=True, eq=False)
class People:
    """The volunteers; one row a person. What a policy never sees is marked so."""

    community: Whole
    x: Floats
    y: Floats
    skills: Booleans
    stated_interests: Booleans
    credentials: Booleans
    languages: Booleans
    stated_free: Booleans
    weekly_cap: Whole
    texts: list[str]
    likes: Floats
    """Hidden: how much each category is liked, shape (n, categories), in [-0.5, 1]."""
    free: Booleans
    """Hidden: when they are really free, shape (n, 21)."""
    willing: Floats
    """Hidden: log-odds of a yes."""
    misses: Floats
    """Hidden: chance of not turning up."""
    friends: Whole
    """Hidden: rows of three friends each, shape (n, 3)."""


@dataclass(frozen=True)
class Need:
    """One need, as the city knows it."""

    row: int
    community: int
    x: float
    y: float
    text: str
    lang_text: str
    category: int
    shown_category: str
    skills: NDArray[np.int64]
    credentials: tuple[str, ...]
    language: str
    tier: int
    slots: int
    posted_day: int
    due_day: int
    daypart: int

    @property
    def id(self) -> str:
        """As it is called in messages."""
        return f"n{self.row:05d}"

    @property
    def cell(self) -> int:
        """Of the week."""
        return self.due_day % 7 * 3 + self.daypart


@dataclass(frozen=True, eq=False)
class City:
    """Everything that was drawn."""

    seed: int
    behaviour: Behaviour
    communities: Communities
    people: People
    needs: list[Need]


def build(seed: int, behaviour: Behaviour) -> City:
    """Draw a city.

    Parameters
    ----------
    seed : int
        The same seed and behaviour give the same city.
    behaviour : Behaviour

    Returns
    -------
    City

    Examples
    --------
    >>> from matching.city.behaviour import TINY
    >>> len(build(1, TINY).people.texts)
    40
    """
    random = np.random.default_rng(seed)
    communities = _communities(random, behaviour)
    people = _people(random, behaviour, communities)
    return City(seed, behaviour, communities, people, _needs(random, behaviour, communities))


def _communities(random: np.random.Generator, behaviour: Behaviour) -> Communities:
    count, half = behaviour.communities, behaviour.city_km / 2
    poor = np.arange(count) < round(behaviour.poor_share * count)
    angle = random.uniform(0, 2 * np.pi, count)
    from_middle = half * np.where(poor, random.uniform(0.65, 1.0, count), random.uniform(0.05, 0.7, count))
    x, y = half + from_middle * np.cos(angle), half + from_middle * np.sin(angle)
    return Communities(x, y, poor, x + 0.4 * y > 0.7 * behaviour.city_km)


def _people(random: np.random.Generator, behaviour: Behaviour, places: Communities) -> People:
    count = behaviour.volunteers
    weight = np.where(places.poor, 0.3, 1.0) * random.uniform(0.6, 1.4, len(places.x))
    community = random.choice(len(places.x), count, p=weight / weight.sum())
    likes = _likes(random, count)
    skills = _skills(random, likes)
    free = _free(random, count)
    wrong = random.random(free.shape) < behaviour.stated_wrong
    stated = ((likes > 0.5) & (random.random(likes.shape) < 0.75)) | (random.random(likes.shape) < 0.06)
    known = words()
    usual = np.log(behaviour.misses / (1 - behaviour.misses))
    return People(
        community=community,
        x=places.x[community] + random.normal(0, 0.5, count),
        y=places.y[community] + random.normal(0, 0.5, count),
        skills=skills,
        stated_interests=stated,
        credentials=random.random((count, len(known.credentials))) < list(known.credentials.values()),
        languages=random.random((count, len(known.languages))) < list(known.languages.values()),
        stated_free=free ^ wrong,
        weekly_cap=random.choice([1, 2, 3], count, p=[0.4, 0.4, 0.2]),
        texts=[_own_words(random, skills[row], stated[row]) for row in range(count)],
        likes=likes,
        free=free,
        willing=behaviour.willing + behaviour.willing_spread * random.standard_normal(count),
        misses=_logistic(usual + behaviour.misses_spread * random.standard_normal(count)),
        friends=random.integers(0, count, (count, 3)),
    )


def _likes(random: np.random.Generator, count: int) -> Floats:
    categories = len(words().categories)
    likes = np.full((count, categories), -0.5)
    share = np.array([one["share"] for one in words().categories.values()]) + 0.04
    for row in range(count):
        chosen = random.choice(categories, random.integers(1, 4), replace=False, p=share / share.sum())
        likes[row, chosen] = 1.0
    lukewarm = (likes < 0) & (random.random(likes.shape) < 0.3)
    return np.where(lukewarm, 0.2, likes)


def _skills(random: np.random.Generator, likes: Floats) -> Booleans:
    """People can do what they like more often than other things."""
    known = words()
    suits = np.array(
        [[skill in category["skills"] for skill in known.skills] for category in known.categories.values()]
    )
    liked = (likes > 0.5) @ suits
    return np.asarray(random.random(liked.shape) < np.where(liked, 0.45, 0.07))


def _free(random: np.random.Generator, count: int) -> Booleans:
    """Retired people in the daytime, workers in the evening and at weekends, students in the afternoon."""
    patterns = np.zeros((3, CELLS))
    patterns[0, [day * 3 + part for day in range(7) for part in (0, 1)]] = 0.6
    patterns[1, [day * 3 + 2 for day in range(5)]] = 0.45
    patterns[1, 15:] = 0.6
    patterns[2, [day * 3 + 1 for day in range(5)]] = 0.35
    patterns[2, 15:] = 0.5
    kind = random.choice(3, count, p=[0.35, 0.45, 0.2])
    return np.asarray(random.random((count, CELLS)) < patterns[kind])


def _own_words(random: np.random.Generator, skills: Booleans, interests: Booleans) -> str:
    """A sentence or two about oneself, or nothing."""
    if random.random() < 0.15:
        return ""
    chinese = random.random() < 0.6
    known = words()
    phrases = [known.skills[known.skill_ids[skill]][int(chinese)] for skill in np.flatnonzero(skills)[:3]]
    names = list(known.categories)
    liked = [known.categories[names[category]] for category in np.flatnonzero(interests)[:2]]
    phrases += [str(random.choice(category["zh" if chinese else "en"])) for category in liked]
    random.shuffle(phrases)
    return ("，" if chinese else ", ").join(phrases)


def _needs(random: np.random.Generator, behaviour: Behaviour, places: Communities) -> list[Need]:
    weight = np.where(places.poor, 1.5, 1.0) * random.uniform(0.5, 1.5, len(places.x))
    needs: list[Need] = []
    for day in range(behaviour.days):
        for _ in range(random.poisson(behaviour.needs_per_day)):
            community = int(random.choice(len(places.x), p=weight / weight.sum()))
            needs.append(_need(random, behaviour, places, len(needs), community, day))
    return [need for need in needs if need.due_day < behaviour.days]


def _need(
    random: np.random.Generator, behaviour: Behaviour, places: Communities, row: int, community: int, day: int
) -> Need:
    known = words()
    share = np.array([one["share"] for one in known.categories.values()])
    category = int(random.choice(len(share), p=share / share.sum()))
    name = list(known.categories)[category]
    kind = known.categories[name]
    skills = random.choice(kind["skills"], random.integers(1, 3), replace=False)
    chinese = random.random() < 0.7
    phrases = [str(random.choice(kind["zh" if chinese else "en"]))]
    phrases += [known.skills[skill][int(chinese)] for skill in skills]
    vulnerable = 0.35 if places.poor[community] else 0.15
    return Need(
        row=row,
        community=community,
        x=float(places.x[community] + random.normal(0, 0.4)),
        y=float(places.y[community] + random.normal(0, 0.4)),
        text=("，" if chinese else ", ").join(phrases),
        lang_text="zh" if chinese else "en",
        category=category,
        shown_category=OTHER if random.random() < OTHER_SHARE else name,
        skills=np.array([known.skill_ids.index(skill) for skill in skills]),
        credentials=tuple(paper for paper, often in kind["credentials"].items() if random.random() < often),
        language=str(random.choice(list(known.languages), p=[0.75, 0.17, 0.06, 0.02])),
        tier=int(random.choice([1, 2, 3], p=[vulnerable, 0.35, 0.65 - vulnerable])),
        slots=int(random.choice(list(behaviour.slots), p=list(behaviour.slots.values()))),
        posted_day=day,
        due_day=day + int(random.integers(behaviour.lead_days[0], behaviour.lead_days[1] + 1)),
        daypart=int(random.choice(3, p=[0.4, 0.4, 0.2])),
    )


def _logistic(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-log_odds)))
