"""Kinds of organizations, the roles people hold in them, and what follows from both.

Its number in the national register is read in `credit_codes`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from linli.core.i18n import Message


class OrganizationKind(StrEnum):
    residents_committee = "residents_committee"
    village_committee = "village_committee"
    charity = "charity"
    social_organization = "social_organization"
    station = "station"
    host = "host"
    bureau = "bureau"


class SubKind(StrEnum):
    association = "association"
    service_organization = "service_organization"
    foundation = "foundation"
    home = "home"
    day_care = "day_care"
    child_welfare = "child_welfare"


class Role(StrEnum):
    officer = "officer"
    coordinator = "coordinator"
    social_worker = "social_worker"
    bureau_staff = "bureau_staff"
    auditor = "auditor"


KIND_NAMES: Final[Mapping[OrganizationKind, Message]] = {
    OrganizationKind.residents_committee: Message("Residents' committee"),
    OrganizationKind.village_committee: Message("Village committee"),
    OrganizationKind.charity: Message("Charity"),
    OrganizationKind.social_organization: Message("Social organization"),
    OrganizationKind.station: Message("Social work station"),
    OrganizationKind.host: Message("Host institution"),
    OrganizationKind.bureau: Message("Civil affairs bureau"),
}
SUB_KIND_NAMES: Final[Mapping[SubKind, Message]] = {
    SubKind.association: Message("Association"),
    SubKind.service_organization: Message("Social service organization"),
    SubKind.foundation: Message("Foundation"),
    SubKind.home: Message("Home for older people"),
    SubKind.day_care: Message("Day-care centre"),
    SubKind.child_welfare: Message("Child-welfare centre"),
}
# The three legal forms of social organizations (慈善法 2023, art. 8), and the institutions that host needs.
SUB_KINDS: Final[Mapping[OrganizationKind, tuple[SubKind, ...]]] = {
    OrganizationKind.social_organization: (
        SubKind.association,
        SubKind.service_organization,
        SubKind.foundation,
    ),
    OrganizationKind.host: (SubKind.home, SubKind.day_care, SubKind.child_welfare),
}
ROLE_NAMES: Final[Mapping[Role, Message]] = {
    Role.officer: Message("Officer"),
    Role.coordinator: Message("Coordinator"),
    Role.social_worker: Message("Social worker"),
    Role.bureau_staff: Message("Bureau staff"),
    Role.auditor: Message("Auditor"),
}
COMMITTEES: Final = frozenset({OrganizationKind.residents_committee, OrganizationKind.village_committee})
# Which role counts in which kind of organization.
ROLES: Final = {
    OrganizationKind.residents_committee: frozenset({Role.officer}),
    OrganizationKind.village_committee: frozenset({Role.officer}),
    OrganizationKind.charity: frozenset({Role.coordinator}),
    OrganizationKind.social_organization: frozenset({Role.coordinator}),
    OrganizationKind.host: frozenset({Role.coordinator}),
    OrganizationKind.station: frozenset({Role.social_worker}),
    OrganizationKind.bureau: frozenset({Role.bureau_staff, Role.auditor}),
}
# An auditor only reads.
ACTING_ROLES: Final = frozenset(Role) - {Role.auditor}
# Who asks for people, or brings them; a bureau's staff only watches.
DESK_ROLES: Final = ACTING_ROLES - {Role.bureau_staff}
# Registered legal persons: without their number nobody can look them up.
KINDS_WITH_CREDIT_CODE: Final = frozenset(
    {OrganizationKind.charity, OrganizationKind.social_organization, OrganizationKind.host}
)
# What may be registered in the browser; the operator makes the first bureau, and bureaus answer for it.
REGISTRABLE: Final = tuple(kind for kind in OrganizationKind if kind is not OrganizationKind.bureau)
COMMUNITY_DIGITS: Final = 12
BUREAU_DIGITS: Final = frozenset({2, 4, 6})
NAME_LENGTH: Final = 80
UNVERIFIED: Final = Message(
    "Your organization is not verified yet. The civil affairs bureau of your county can do that; "
    "until then you can prepare drafts."
)
SUSPENDED: Final = Message(
    "The civil affairs bureau has suspended your organization. Until it lifts this, you can prepare drafts; "
    "the page of your registration says why, and how to appeal."
)


def contains(division: str, other: str) -> bool:
    """Whether one division lies inside another, or is the same.

    Codes are unpadded, so that a wider division is the beginning of a narrower one.

    Examples
    --------
    >>> contains("522725", "522725100001"), contains("522725", "522726")
    (True, False)
    """
    return bool(division) and other.startswith(division)


def wider_divisions(division: str) -> list[str]:
    """Every division of a bureau's level in which this one lies, the widest first; not itself.

    Examples
    --------
    >>> wider_divisions("522725"), wider_divisions("52")
    (['52', '5227'], [])
    """
    return [division[:digits] for digits in sorted(BUREAU_DIGITS) if digits < len(division)]


def refuse_deciding_for_all(bureau_above: str | None) -> Message | None:
    """Whether a verified bureau may decide what counts for the whole site: not where another stands over it.

    Parameters
    ----------
    bureau_above : str or None
        The name of the verified bureau with the widest division around its own.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> refuse_deciding_for_all(None) is None
    True
    >>> refuse_deciding_for_all("贵州省民政厅").in_language("en")
    'It counts for the whole site, so the bureau over yours decides: 贵州省民政厅.'
    """
    if bureau_above is None:
        return None
    return Message(
        "It counts for the whole site, so the bureau over yours decides: {bureau}.", bureau=bureau_above
    )


def refuse_division(kind: OrganizationKind, division: str) -> Message | None:
    """Whether an organization of this kind can be at home in a division of this level.

    Parameters
    ----------
    kind : OrganizationKind
    division : str
        The unpadded code of a division that exists.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> refuse_division(OrganizationKind.residents_committee, "522725100001") is None
    True
    >>> refuse_division(OrganizationKind.residents_committee, "522725").text
    'A committee belongs to one community: please choose it.'
    """
    if kind in COMMITTEES and len(division) != COMMUNITY_DIGITS:
        return Message("A committee belongs to one community: please choose it.")
    if kind is OrganizationKind.bureau and len(division) not in BUREAU_DIGITS:
        return Message("A bureau belongs to a county, a prefecture or a province: please choose it.")
    return None


def first_role(kind: OrganizationKind) -> Role:
    """The role of whoever registers an organization of this kind.

    Examples
    --------
    >>> first_role(OrganizationKind.station).value, first_role(OrganizationKind.bureau).value
    ('social_worker', 'bureau_staff')
    """
    return next(role for role in ROLE_NAMES if role in ROLES[kind] & ACTING_ROLES)


def refuse_role(kind: OrganizationKind, role: Role) -> Message | None:
    """Whether this role exists in this kind of organization.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> refuse_role(OrganizationKind.charity, Role.coordinator) is None
    True
    >>> refuse_role(OrganizationKind.charity, Role.auditor).in_language("en")
    'In this organization people can be: Coordinator.'
    """
    if role in ROLES[kind]:
        return None
    return Message("In this organization people can be: {roles}.", roles=role_names(kind))


def role_names(kind: OrganizationKind) -> list[Message]:
    """The names of the roles of a kind, the acting ones first.

    Examples
    --------
    >>> [name.text for name in role_names(OrganizationKind.bureau)]
    ['Bureau staff', 'Auditor']
    """
    return [name for role, name in ROLE_NAMES.items() if role in ROLES[kind]]


def refuse_publishing(*, is_verified: bool, is_suspended: bool = False) -> Message | None:
    """Whether an organization may publish needs: people must be able to trust who asks.

    Examples
    --------
    >>> refuse_publishing(is_verified=True) is None, refuse_publishing(is_verified=False) is UNVERIFIED
    (True, True)
    >>> refuse_publishing(is_verified=False, is_suspended=True) is SUSPENDED
    True
    """
    if is_verified:
        return None
    return SUSPENDED if is_suspended else UNVERIFIED


def refuse_verifying(
    *, bureau_division: str, bureau_is_verified: bool, division: str, is_own: bool
) -> Message | None:
    """Whether a bureau may set or take away the verified mark of an organization.

    Parameters
    ----------
    bureau_division, division : str
        Unpadded codes of the bureau and of the organization.
    bureau_is_verified : bool
        Whether it is a bureau, and itself verified.
    is_own : bool
        Whether the organization is that bureau itself: nobody vouches for themselves.

    Returns
    -------
    Message or None
        The sentence that refuses, or None.

    Examples
    --------
    >>> about = {"bureau_division": "522725", "bureau_is_verified": True, "is_own": False}
    >>> refuse_verifying(division="522725100001", **about) is None
    True
    >>> refuse_verifying(division="522726100001", **about).text
    'This organization lies outside your division.'
    """
    if not bureau_is_verified:
        return Message("Only a verified civil affairs bureau can do this.")
    if is_own:
        return Message("A bureau cannot verify itself. Ask the bureau above you.")
    if not contains(bureau_division, division):
        return Message("This organization lies outside your division.")
    return None
