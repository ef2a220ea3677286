"""What the form of a need shows at first: from a template, an earlier need, or the need being edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from linli.core import seed
from linli.core.forms import Form
from linli.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from linli.needs.actions import PLAIN_FIELDS
from linli.needs.forms import shift_rows
from linli.needs.models import Need
from linli.organizations.models import Organization

SETTINGS = frozenset(get_args(seed.Setting))
TICKED = ("same_person", "all_or_nothing")
CHOSEN = ("skills_wanted", "skills_required", "credentials", "languages", "risk_kinds")


@dataclass(frozen=True)
class ShiftRow:
    n: int
    id: str = ""
    day: str = ""
    starts: str = ""
    ends: str = ""
    places: str = "1"


@dataclass(frozen=True)
class TypedNeed:
    """The values of the form, as text."""

    values: Mapping[str, str]
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shifts: tuple[ShiftRow, ...] = ()

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def language(self) -> str:
        """Of the words in it. The field is hidden, but anything may have been sent in it."""
        sent = self.value("language")
        return sent if sent in LANGUAGES else DEFAULT_LANGUAGE

    def choices(self, name: str) -> tuple[str, ...]:
        return self.chosen.get(name, ())

    def with_shift_rows(self, more: int) -> "TypedNeed":
        """Room for more times, each a week after the last one."""
        rows = list(self.shifts)
        for _ in range(more):
            last = rows[-1] if rows else ShiftRow(-1)
            rows.append(ShiftRow(len(rows), "", _a_week_later(last.day), last.starts, last.ends, last.places))
        return TypedNeed(self.values, self.chosen, tuple(rows))


def typed_from_form(form: Form) -> TypedNeed:
    """Exactly what arrived, to be shown again."""
    typed = form.typed
    rows = tuple(
        ShiftRow(
            n,
            typed.get(f"shift-{row}", ""),
            typed.get(f"day-{row}", ""),
            typed.get(f"from-{row}", ""),
            typed.get(f"to-{row}", ""),
            typed.get(f"places-{row}", "1"),
        )
        for n, row in enumerate(shift_rows(form))
    )
    return TypedNeed(typed, {name: tuple(form.typed_many(name)) for name in CHOSEN}, rows)


def as_form(values: TypedNeed) -> Form:
    """What the form would send if nothing were changed in it."""
    names = ("shift", "day", "from", "to", "places")
    pairs = [*values.values.items(), *((name, each) for name, many in values.chosen.items() for each in many)]
    for row in values.shifts:
        cells = (row.id, row.day, row.starts, row.ends, row.places)
        pairs += [(f"{name}-{row.n}", cell) for name, cell in zip(names, cells, strict=True)]
    return Form(pairs)


def typed_from_template(
    template: seed.NeedTemplate, *, organization: Organization, language: str, today: date
) -> TypedNeed:
    """The template's texts and usual times; only the gaps are left to fill."""
    values = {
        "template_id": template.id,
        "field_id": template.field,
        "language": language,
        "title": template.text("title", language),
        "description": template.text("description", language),
        "risks": template.text("risks", language),
        "priority": template.priority,
        "joining": template.joining,
        "setting": template.setting,
        "minimum_age_years": str(template.minimum_age_years),
    } | _usual_place(organization)
    if template.same_person:
        values["same_person"] = "yes"
    chosen = {
        "skills_wanted": template.skills.wanted,
        "skills_required": template.skills.required,
        "credentials": template.credentials,
        "languages": template.languages,
        "risk_kinds": template.risk_kinds,
    }
    ends = (datetime.combine(today, template.starts) + timedelta(minutes=template.minutes)).time()
    first = _next_day(today, template.weekdays)
    rows = tuple(
        ShiftRow(
            n,
            "",
            (first + timedelta(weeks=n)).isoformat(),
            f"{template.starts:%H:%M}",
            f"{ends:%H:%M}",
            str(template.places),
        )
        for n in range(template.shifts)
    )
    return TypedNeed(values, chosen, rows)


def typed_in_field(values: TypedNeed, field: seed.Field) -> TypedNeed:
    """What was typed, with a field taken over and what every need of it asks for."""
    setting = values.value("setting")
    needed = field.credentials_for(setting if setting in SETTINGS else "indoors")  # type: ignore[arg-type]
    age = values.value("minimum_age_years")
    is_old_enough = age.isdecimal() and len(age) < 4 and int(age) >= field.minimum_age_years
    return TypedNeed(
        {
            **values.values,
            "field_id": field.id,
            "priority": field.priority,
            "minimum_age_years": age if is_old_enough else str(field.minimum_age_years),
        },
        {
            **values.chosen,
            "credentials": tuple(dict.fromkeys((*values.choices("credentials"), *needed))),
            "risk_kinds": tuple(dict.fromkeys((*values.choices("risk_kinds"), *field.risk_kinds))),
        },
        values.shifts,
    )


def typed_from_scratch(*, organization: Organization, language: str) -> TypedNeed:
    values = {
        "language": language,
        "priority": "normal",
        "joining": "asked",
        "setting": "indoors",
        "minimum_age_years": "18",
    }
    return TypedNeed(values | _usual_place(organization), {}, (ShiftRow(0),))


def typed_from_need(need: Need, *, zone: ZoneInfo, again_from: date | None = None) -> TypedNeed:
    """The need as it stands; `again_from` moves its times by whole weeks to that day or later, as new."""
    plain = {name: getattr(need, name) for name in PLAIN_FIELDS if name not in CHOSEN}
    values = {name: str(value) for name, value in plain.items() if value is not None}
    values |= {name: "yes" if getattr(need, name) else "" for name in TICKED}
    values["version"] = str(need.version)
    chosen = {
        "skills_wanted": tuple(each.skill_id for each in need.skills if not each.is_required),
        "skills_required": tuple(each.skill_id for each in need.skills if each.is_required),
        "credentials": tuple(each.credential_id for each in need.credentials),
        "languages": tuple(each.language_id for each in need.languages),
        "risk_kinds": tuple(need.risk_kinds),
    }
    weeks = _weeks_until(need, again_from, zone) if again_from else 0
    rows = []
    for n, shift in enumerate(need.shifts):
        starts = shift.starts_at.astimezone(zone) + timedelta(weeks=weeks)
        ends = shift.ends_at.astimezone(zone)
        id = "" if again_from else str(shift.id)
        rows.append(
            ShiftRow(n, id, starts.date().isoformat(), f"{starts:%H:%M}", f"{ends:%H:%M}", str(shift.places))
        )
    return TypedNeed(values, chosen, tuple(rows) or (ShiftRow(0),))


def _usual_place(organization: Organization) -> dict[str, str]:
    return {"division": organization.division, "contact_phone": organization.phone}


def _next_day(today: date, weekdays: tuple[int, ...]) -> date:
    """The first fitting day that leaves at least a day to find somebody."""
    candidates = (today + timedelta(days=n) for n in range(2, 9))
    return next((day for day in candidates if day.weekday() in weekdays), today + timedelta(days=2))


def _weeks_until(need: Need, day: date, zone: ZoneInfo) -> int:
    if not need.shifts:
        return 0
    first = need.shifts[0].starts_at.astimezone(zone).date()
    return max(-((first - day).days // 7), 0) if first < day else 0


def _a_week_later(day: str) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(weeks=1)).isoformat()
    except (ValueError, OverflowError):
        return ""
