"""Sample needs: what the committees ask for over four weeks, and what has become of each."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from linli.core import seed
from linli.core.seed import Ask, NeedTemplate
from linli.core.seed_samples import SampleNeed, samples
from linli.demo.organizations import SampleOrganization
from linli.demo.places import Town
from linli.needs.forms import NeedDraft, ShiftDraft
from linli.needs.rules import Joining, Priority, Setting, Times

WEEKS: Final = 4


class Story(StrEnum):
    """What has become of a need on the start date."""

    draft = "draft"
    new = "new"  # posted yesterday, nobody asked yet
    asked = "asked"  # some invited, one of them said no
    applied = "applied"  # some wait for the officer
    coming = "coming"  # some confirmed, some places free
    filled = "filled"
    under_way = "under_way"
    done = "done"
    cancelled = "cancelled"
    overdue = "overdue"
    answered = "answered"  # nobody found, and a named person has said what happens instead


FULL_STORIES: Final = (Story.filled, Story.under_way, Story.done)
# The full ones come first, as `_sources` expects.
STORIES: Final = {
    Story.filled: 6,
    Story.under_way: 2,
    Story.done: 5,
    Story.coming: 12,
    Story.cancelled: 2,
    Story.applied: 8,
    Story.asked: 8,
    Story.overdue: 3,
    Story.answered: 2,
    Story.draft: 2,
    Story.new: 10,
}


@dataclass(frozen=True)
class PlannedNeed:
    """A need with the story it is to have; `asker` is an index."""

    asker: int
    draft: NeedDraft
    story: Story
    posted_at: datetime


@dataclass(frozen=True)
class Source:
    """A template's example or a sample need: one text in one language with what it asks for."""

    ask: Ask
    template_id: str | None
    language: str
    title: str
    description: str
    risks: str


@dataclass(frozen=True)
class Diary:
    """Days and hours around the start date, in the town's time zone."""

    start: date
    zone: ZoneInfo

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """So many days from the start date."""
        return datetime.combine(self.start + timedelta(days=days), time(hour, minute), self.zone)

    def times(self, ask: Ask, days: Sequence[date]) -> tuple[ShiftDraft, ...]:
        begins = (datetime.combine(day, ask.starts, self.zone) for day in days)
        lasts = timedelta(minutes=ask.minutes)
        return tuple(ShiftDraft(None, Times(each, each + lasts, ask.places)) for each in begins)

    def days_of(self, ask: Ask, story: Story, place: float) -> list[date]:
        """The days of a need; `place` from 0 to 1 says how late in the four weeks it begins."""
        if story is Story.done:
            return [_on_weekday(self.start - timedelta(days=9), ask.weekdays)]
        if story is Story.under_way:
            return [self.start - timedelta(days=1), self.start + timedelta(days=3)]
        is_urgent = ask.priority == Priority.urgent
        first = self.start + timedelta(days=1 if is_urgent else 3 + round(place * (WEEKS * 7 - 10)))
        coming = (first + timedelta(days=n) for n in range(WEEKS * 7))
        last = self.start + timedelta(weeks=WEEKS)
        return [day for day in coming if day.weekday() in ask.weekdays and day <= last][: ask.shifts]

    def posted_at(self, draft_priority: str, story: Story, rng: random.Random) -> datetime:
        """Late enough that its clock still runs, unless the story says otherwise."""
        days = {
            Story.overdue: -9,
            Story.answered: -8,
            Story.done: -14,
            Story.under_way: -6,
            Story.cancelled: -6,
            Story.filled: -6,
            Story.coming: -5,
        }.get(story, -1 if draft_priority in {"urgent", "soon"} else -2)
        return self.at(days, rng.randint(14, 18), rng.choice((0, 10, 20, 30, 40, 50)))


@dataclass(frozen=True)
class Asker:
    """A committee, and its officer, whom people call."""

    committee: SampleOrganization
    officer: str
    phone: str


def planned_needs(
    town: Town, askers: Sequence[Asker], diary: Diary, rng: random.Random
) -> tuple[PlannedNeed, ...]:
    """The first asker has a need of every story, so that one desk shows them all."""
    stories = [story for story, count in STORIES.items() for _ in range(count)]
    planned = []
    for n, (source, story) in enumerate(zip(_sources(len(stories), rng), stories, strict=True)):
        is_first_of_story = n == 0 or stories[n - 1] is not story
        asker = 0 if is_first_of_story else rng.randrange(len(askers))
        days = diary.days_of(source.ask, story, rng.random())
        draft = _draft(source, askers[asker], diary.times(source.ask, days), town, rng)
        planned.append(PlannedNeed(asker, draft, story, diary.posted_at(source.ask.priority, story, rng)))
    return tuple(planned)


def _sources(count: int, rng: random.Random) -> list[Source]:
    """Every template's example, and sample needs in a random order; from the start when they run out."""
    examples = [_example(template) for template in seed.templates().values()]
    dealt = [*examples, *(_sample(each) for each in _dealt(samples().needs, count - len(examples), rng))]
    # What is to be filled must be fillable: few places and no rare papers.
    easy_first = sorted(dealt, key=_difficulty)
    fillable = sum(STORIES[story] for story in FULL_STORIES)
    return [*easy_first[:fillable], *rng.sample(easy_first[fillable:], count - fillable)]


def _dealt(needs: Sequence[SampleNeed], count: int, rng: random.Random) -> Iterator[SampleNeed]:
    for start in range(0, count, len(needs)):
        yield from rng.sample(needs, min(len(needs), count - start))


def _example(template: NeedTemplate) -> Source:
    texts = (template.example(part, "zh") for part in ("title", "description", "risks"))
    return Source(template, template.id, "zh", *texts)


def _sample(need: SampleNeed) -> Source:
    return Source(need, None, need.language, need.title, need.description, need.risks)


def _difficulty(source: Source) -> tuple[int, int, int]:
    return len(source.ask.credentials), len(source.ask.skills.required), source.ask.places


def _draft(
    source: Source, asker: Asker, shifts: tuple[ShiftDraft, ...], town: Town, rng: random.Random
) -> NeedDraft:
    ask, is_at_home = source.ask, source.ask.setting == Setting.home
    point = town.near(asker.committee.division, rng)
    return NeedDraft(
        template_id=source.template_id,
        field_id=ask.field,
        title=source.title,
        description=source.description,
        language=source.language,
        risks=source.risks,
        risk_kinds=list(ask.risk_kinds),
        priority=Priority(ask.priority),
        joining=Joining(ask.joining),
        setting=Setting(ask.setting),
        minimum_age_years=ask.minimum_age_years,
        division=asker.committee.division,
        place="" if is_at_home else _meeting_point(ask.setting, source.language, rng),
        longitude=point.longitude,
        latitude=point.latitude,
        address=_address(asker.committee, source.language, rng),
        directions="",
        contact_name=asker.officer,
        contact_phone=asker.phone,
        beneficiary_name=_beneficiary(rng) if is_at_home else "",
        skills_wanted=ask.skills.wanted,
        skills_required=ask.skills.required,
        credentials=ask.credentials,
        languages=ask.languages,
        shifts=shifts,
    )


def _meeting_point(setting: str, language: str, rng: random.Random) -> str:
    points = samples().places.meeting_points["outdoors" if setting == Setting.outdoors else "indoors"]
    return rng.choice(points).in_language(language)


def _address(committee: SampleOrganization, language: str, rng: random.Random) -> str:
    places = samples().places
    homes = places.town_homes if committee.division[6] == "0" else places.village_homes
    numbers = {"n": rng.randint(1, 9), "floor": rng.randint(1, 6), "room": rng.randint(1, 4)}
    return rng.choice(homes).in_language(language).format_map(numbers)


def _beneficiary(rng: random.Random) -> str:
    return rng.choice(list(samples().people.surnames)) + rng.choice(("奶奶", "爷爷", "阿姨", "叔叔"))


def _on_weekday(first: date, weekdays: Sequence[int]) -> date:
    return next(day for n in range(7) if (day := first + timedelta(days=n)).weekday() in weekdays)
