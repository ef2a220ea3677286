"""Reads the form of a need into a frozen draft."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from linli.core import seed
from linli.core.forms import Form
from linli.core.i18n import LANGUAGES, Message
from linli.divisions.queries import with_code
from linli.needs import rules
from linli.needs.rules import Joining, Priority, Setting, Times

LONGEST_TITLE = 80
LONGEST_TEXT = 4000
LONGEST_KEY = 200


@dataclass(frozen=True)
class ShiftDraft:
    id: UUID | None
    times: Times


@dataclass(frozen=True)
class NeedDraft:
    template_id: str | None
    field_id: str
    title: str
    description: str
    language: str
    risks: str
    risk_kinds: list[str]
    priority: Priority
    joining: Joining
    setting: Setting
    minimum_age_years: int
    division: str
    place: str
    longitude: float | None
    latitude: float | None
    address: str
    directions: str
    contact_name: str
    contact_phone: str
    beneficiary_name: str
    skills_wanted: tuple[str, ...]
    skills_required: tuple[str, ...]
    credentials: tuple[str, ...]
    languages: tuple[str, ...]
    shifts: tuple[ShiftDraft, ...]
    same_person: bool = False
    all_or_nothing: bool = False


def read_need(form: Form, *, within_division: str, zone: ZoneInfo, now: datetime) -> NeedDraft:
    """The draft, or Invalid with a sentence for each field that cannot be used."""
    title = form.text("title", longest=LONGEST_TITLE, required=True)
    description = form.text("description", longest=LONGEST_TEXT, required=True, many_lines=True)
    risks = form.text("risks", longest=LONGEST_TEXT, required=True, many_lines=True)
    for name, text in (("title", title), ("description", description), ("risks", risks)):
        if gaps := seed.open_slots(text):
            form.refuse(name, Message("Please fill the gap 〔{gap}〕.", gap=gaps[0]))
    skills = seed.skills()
    required = form.some_of("skills_required", skills)
    draft = NeedDraft(
        template_id=form.one_of("template_id", seed.templates()),
        field_id=form.one_of("field_id", seed.need_fields(), required=True) or "",
        title=title,
        description=description,
        language=form.one_of("language", LANGUAGES) or "zh",
        risks=risks,
        risk_kinds=_read_risk_kinds(form),
        priority=form.choice("priority", Priority, required=True) or Priority.normal,
        joining=form.choice("joining", Joining, required=True) or Joining.asked,
        setting=form.choice("setting", Setting, required=True) or Setting.indoors,
        minimum_age_years=form.whole("minimum_age_years", least=14, most=80, required=True) or 18,
        division=_read_division(form, within_division),
        place=form.text("place", longest=100),
        longitude=form.decimal("longitude", least=-180, most=180),
        latitude=form.decimal("latitude", least=-90, most=90),
        address=form.text("address", longest=200, required=True),
        directions=form.text("directions", longest=500, many_lines=True),
        contact_name=form.text("contact_name", longest=60, required=True),
        contact_phone=form.text("contact_phone", longest=40, required=True),
        beneficiary_name=form.text("beneficiary_name", longest=60),
        skills_wanted=tuple(each for each in form.some_of("skills_wanted", skills) if each not in required),
        skills_required=required,
        credentials=form.some_of("credentials", seed.credentials()),
        languages=form.some_of("languages", seed.languages()),
        shifts=_read_shifts(form, zone=zone, now=now),
        same_person=form.flag("same_person"),
        all_or_nothing=form.flag("all_or_nothing"),
    )
    if draft.same_person and (refusal := rules.refuse_same_person([each.times for each in draft.shifts])):
        form.refuse("same_person", refusal)
    if (draft.longitude is None) != (draft.latitude is None):
        form.refuse("latitude", Message("A point needs both numbers, or none."))
    _check_field(form, draft)
    form.check()
    return draft


def _read_division(form: Form, within: str) -> str:
    """A place inside the organization's own division, its own where nothing was chosen."""
    code = form.text("division", longest=12) or within
    if with_code(code) is None:
        form.refuse("division", Message("Please choose a community from the list."))
    elif not code.startswith(within):
        form.refuse("division", Message("This place is outside your division."))
    return code


def _read_risk_kinds(form: Form) -> list[str]:
    """What was ticked, and what every need of the field carries in any case."""
    field = seed.need_fields().get(form.typed.get("field_id", ""))
    chosen = {*form.some_of("risk_kinds", seed.risk_kinds()), *(field.risk_kinds if field else ())}
    return [each for each in seed.risk_kinds() if each in chosen]


def _check_field(form: Form, draft: NeedDraft) -> None:
    field = seed.need_fields().get(draft.field_id)
    if field is None:
        return
    refused = rules.refuse_requirements(
        minimum_age_years=draft.minimum_age_years,
        least_age_years=field.minimum_age_years,
        credentials=draft.credentials,
        needed_credentials=field.credentials_for(draft.setting.value),
        names=seed.credentials(),
    )
    for name, sentence in refused.items():
        form.refuse(name, sentence)
    if field.two_adults and any(shift.times.places < 2 for shift in draft.shifts):
        form.refuse("shifts", Message("In this field of service at least two adults come together."))


def shift_rows(form: Form) -> list[int]:
    """The numbers of the shift rows that were sent, empty ones included."""
    return [n for n in range(rules.MOST_SHIFTS) if form.has(f"day-{n}")]


def _read_shifts(form: Form, *, zone: ZoneInfo, now: datetime) -> tuple[ShiftDraft, ...]:
    shifts = [shift for n in shift_rows(form) if (shift := read_shift(form, n, zone=zone, now=now))]
    if not shifts and not any(name.split("-")[0] in {"day", "from", "to", "places"} for name in form.errors):
        form.refuse("day-0", Message("Please give at least one time."))
    spans = sorted((shift.times.starts_at, shift.times.ends_at) for shift in shifts)
    if len(set(spans)) < len(spans):
        form.refuse("shifts", Message("Two times are the same. Please give more places instead."))
    return tuple(shifts)


def read_shift(form: Form, n: int, *, zone: ZoneInfo, now: datetime) -> ShiftDraft | None:
    names = (f"day-{n}", f"from-{n}", f"to-{n}")
    if not any(form.text(name, longest=40) for name in names):
        return None
    day = form.day(names[0], required=True)
    start, end = form.clock(names[1], required=True), form.clock(names[2], required=True)
    places = form.whole(f"places-{n}", least=1, most=rules.MOST_PLACES, required=True)
    kept_id = form.id(f"shift-{n}")
    if day is None or start is None or end is None or places is None:
        return None
    starts_at, ends_at = datetime.combine(day, start, zone), datetime.combine(day, end, zone)
    times = Times(starts_at, ends_at, places)
    # A shift that is being edited may lie in the past; whether it may change is for the action to say.
    sentence = rules.refuse_shift(times, now if kept_id is None else starts_at - timedelta(days=1))
    if sentence:
        form.refuse(names[2] if ends_at <= starts_at else names[0], sentence)
        return None
    return ShiftDraft(kept_id, times)


def read_answer(form: Form) -> str:
    answer = form.text("answer", longest=1000, required=True, many_lines=True)
    form.check()
    return answer
