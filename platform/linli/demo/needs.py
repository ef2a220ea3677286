"""Sample needs: what the committees ask for over four weeks, and what has become of each."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import cycle, islice
from typing import Final
from zoneinfo import ZoneInfo

from linli.core import seed
from linli.core.seed import Ask, Part
from linli.core.seed_samples import samples
from linli.demo.organizations import SampleOrganization
from linli.demo.places import Town
from linli.needs.forms import NeedDraft, ShiftDraft
from linli.needs.rules import Joining, Priority, Setting, Times
from linli.organizations.rules import COMMITTEES, OrganizationKind

WEEKS: Final = 4
PARTS: Final[tuple[Part, ...]] = ("title", "description", "risks")


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

    @classmethod
    def in_order(cls) -> tuple["Story", ...]:
        """The full ones first, which get the needs that are easiest to fill; then those that want room."""
        first = (*FULL_STORIES, cls.coming)
        return (*first, *(each for each in cls if each not in first))


# Nobody has been asked yet, so that the same person can still be looked for.
STEADY_STORIES: Final = (Story.draft, Story.new, Story.overdue, Story.answered)
FULL_STORIES: Final = (Story.filled, Story.under_way, Story.done)
# Of the others one: so the desk that most people look at first tells every story.
OF_THE_FIRST_ASKER: Final[Mapping[Story, int]] = {Story.coming: 3}
# Of institutions, stations and charities, each time that a need is in their fields.
SHARE_OF_OTHERS: Final = 0.3


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

    @property
    def is_steady(self) -> bool:
        return isinstance(self.ask, seed.NeedTemplate) and self.ask.same_person


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
        first = self.start + timedelta(days=1 if _is_urgent(ask) else 3 + round(place * (WEEKS * 7 - 10)))
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
    """Who posts needs, in which community, and whom people call."""

    organization: SampleOrganization
    community: str
    contact: str
    phone: str

    def asks_for(self, ask: Ask) -> bool:
        """Whether such a need is one of its own; at home or outdoors nobody is an institution's guest."""
        is_host = self.organization.kind is OrganizationKind.host
        return ask.field in self.organization.fields and (not is_host or ask.setting == Setting.indoors)


def planned_needs(
    town: Town, askers: Sequence[Asker], stories: Mapping[Story, int], diary: Diary, rng: random.Random
) -> tuple[PlannedNeed, ...]:
    """The first asker has needs of every story, so that one desk shows them all."""
    told = [story for story in Story.in_order() for _ in range(stories.get(story, 0))]
    planned = []
    for n, (source, story) in enumerate(zip(_sources(stories, rng), told, strict=True)):
        is_shown_at_once = told[:n].count(story) < OF_THE_FIRST_ASKER.get(story, 1)
        asker = askers[0] if is_shown_at_once else _asker(source, askers, rng)
        days = diary.days_of(source.ask, story, rng.random())
        draft = _draft(source, asker, diary.times(source.ask, days), town, rng)
        if story in STEADY_STORIES and source.is_steady and len(draft.shifts) > 1:
            draft = replace(draft, same_person=True)
        posted_at = diary.posted_at(source.ask.priority, story, rng)
        planned.append(PlannedNeed(askers.index(asker), draft, story, posted_at))
    return tuple(planned)


def _asker(source: Source, askers: Sequence[Asker], rng: random.Random) -> Asker:
    """Mostly a committee; now and then whoever else has such needs."""
    committees = [each for each in askers if each.organization.kind in COMMITTEES]
    others = [each for each in askers if each not in committees and each.asks_for(source.ask)]
    hosts = [each for each in others if each.organization.kind is OrganizationKind.host]
    return rng.choice((hosts or others) if others and rng.random() < SHARE_OF_OTHERS else committees)


def _sources(stories: Mapping[Story, int], rng: random.Random) -> list[Source]:
    """As many of each field as are asked for, in the order of the stories."""
    shares = samples().needs_per_field(sum(stories.values()))
    written = _by_field(rng)
    dealt = [source for field, count in shares.items() for source in islice(cycle(written[field]), count)]
    # What is to be filled must be fillable: few places and no rare papers.
    easy_first = sorted(dealt, key=_difficulty)
    fillable = sum(stories.get(story, 0) for story in FULL_STORIES)
    others = rng.sample(easy_first[fillable:], len(dealt) - fillable)
    # Where some come and others change their minds or a team is asked, there has to be room, for anybody.
    others.sort(key=lambda source: (bool(source.ask.credentials), _is_urgent(source.ask), -source.ask.places))
    roomy = stories.get(Story.coming, 0)
    return [*easy_first[:fillable], *others[:roomy], *rng.sample(others[roomy:], len(others) - roomy)]


def _by_field(rng: random.Random) -> dict[str, list[Source]]:
    """Every text there is: templates with their examples first, then all others in a random order."""
    found: dict[str, list[Source]] = defaultdict(list)
    for sources in (_examples(), [*_samples(), *_fillings()]):
        for source in rng.sample(sources, len(sources)):
            found[source.ask.field].append(source)
    return found


def _examples() -> list[Source]:
    return [
        Source(template, template.id, "zh", *(template.example(part, "zh") for part in PARTS))
        for template in seed.templates().values()
    ]


def _fillings() -> Iterator[Source]:
    for id, fillings in samples().fillings.items():
        template = seed.templates()[id]
        for language, slots in fillings.each():
            texts = (template.text(part, language, **slots) for part in PARTS)
            yield Source(template, id, language, *texts)


def _samples() -> Iterator[Source]:
    for need in samples().needs:
        yield Source(need, None, need.language, need.title, need.description, need.risks)


def _difficulty(source: Source) -> tuple[int, int, int]:
    return len(source.ask.credentials), len(source.ask.skills.required), source.ask.places


def _draft(
    source: Source, asker: Asker, shifts: tuple[ShiftDraft, ...], town: Town, rng: random.Random
) -> NeedDraft:
    ask, is_at_home = source.ask, source.ask.setting == Setting.home
    point = town.near(asker.community, rng)
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
        division=asker.community,
        place="" if is_at_home else _meeting_point(ask.setting, source.language, rng),
        longitude=point.longitude,
        latitude=point.latitude,
        address=_address(asker.community, source.language, rng),
        directions="",
        contact_name=asker.contact,
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


def _address(community: str, language: str, rng: random.Random) -> str:
    places = samples().places
    homes = places.town_homes if community[6] == "0" else places.village_homes
    numbers = {"n": rng.randint(1, 9), "floor": rng.randint(1, 6), "room": rng.randint(1, 4)}
    return rng.choice(homes).in_language(language).format_map(numbers)


def _beneficiary(rng: random.Random) -> str:
    return rng.choice(list(samples().people.surnames)) + rng.choice(("奶奶", "爷爷", "阿姨", "叔叔"))


def _is_urgent(ask: Ask) -> bool:
    return ask.priority == Priority.urgent


def _on_weekday(first: date, weekdays: Sequence[int]) -> date:
    return next(day for n in range(7) if (day := first + timedelta(days=n)).weekday() in weekdays)
