"""What pages get of a need: the public part for everybody, the private part only for who has a place."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.core import seed
from linli.core.i18n import Named
from linli.needs.models import Need


@dataclass(frozen=True)
class PublicNeed:
    """Nobody's name, phone or exact address is in here, so no template can show it."""

    id: UUID
    title: str
    description: str
    risks: str
    language: str
    state: str
    joining: str
    setting: str
    place: str
    division: str | None
    field: Any
    minimum_age_years: int
    is_sample: bool
    same_person: bool
    all_or_nothing: bool

    @classmethod
    def of(cls, need: Need) -> "PublicNeed":
        return cls(
            id=need.id,
            title=need.title,
            description=need.description,
            risks=need.risks,
            language=need.language,
            state=need.state.value,
            joining=need.joining.value,
            setting=need.setting.value,
            place=need.place,
            division=need.division,
            field=seed.need_fields().get(need.field_id or ""),
            minimum_age_years=need.minimum_age_years,
            is_sample=need.is_sample,
            same_person=need.same_person,
            all_or_nothing=need.all_or_nothing,
        )


def risk_names(need: Need) -> tuple[Named, ...]:
    """The kinds of risk that take an insurance; one that seed/ no longer knows is insured all the same."""
    known = seed.risk_kinds()
    return tuple(known[each] for each in need.risk_kinds if each in known)


@dataclass(frozen=True)
class Asks:
    """What a need asks of a volunteer, by name."""

    skills_wanted: tuple[Named, ...]
    skills_required: tuple[Named, ...]
    credentials: tuple[Named, ...]
    languages: tuple[Named, ...]
    risk_kinds: tuple[Named, ...]

    @classmethod
    def of(cls, need: Need) -> "Asks":
        skills, credentials, languages = seed.skills(), seed.credentials(), seed.languages()
        return cls(
            tuple(skills[each.skill_id] for each in need.skills if not each.is_required),
            tuple(skills[each.skill_id] for each in need.skills if each.is_required),
            tuple(credentials[each.credential_id] for each in need.credentials),
            tuple(languages[each.language_id] for each in need.languages),
            risk_names(need),
        )


@dataclass(frozen=True)
class PrivatePlace:
    address: str
    directions: str
    contact_name: str
    contact_phone: str
    longitude: float | None
    latitude: float | None

    @classmethod
    def of(cls, need: Need) -> "PrivatePlace":
        return cls(
            need.address,
            need.directions,
            need.contact_name,
            need.contact_phone,
            need.longitude,
            need.latitude,
        )
