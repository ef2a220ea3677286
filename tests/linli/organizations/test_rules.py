import pytest

from linli.core.i18n import Message
from linli.organizations import rules
from linli.organizations.rules import (
    KIND_NAMES,
    ROLE_NAMES,
    ROLES,
    Role,
    contains,
    refuse_division,
    refuse_role,
)
from linli.organizations.rules import OrganizationKind as Kind

COMMUNITY = "522725100001"


@pytest.mark.parametrize(
    ("division", "other", "is_inside"),
    [
        ("52", COMMUNITY, True),
        ("522725", COMMUNITY, True),
        (COMMUNITY, COMMUNITY, True),
        (COMMUNITY, "522725", False),  # the narrow one does not contain the wide one
        ("522726", COMMUNITY, False),
        ("4419", "441900003001", True),  # prefecture and county at once
        ("", COMMUNITY, False),  # no division is not the whole country
    ],
)
def test_a_division_contains_what_begins_with_its_code(division: str, other: str, is_inside: bool) -> None:
    assert contains(division, other) is is_inside


@pytest.mark.parametrize(
    ("kind", "division", "fits"),
    [
        (Kind.residents_committee, COMMUNITY, True),
        (Kind.village_committee, "522725100", False),
        (Kind.bureau, "522725", True),
        (Kind.bureau, "52", True),
        (Kind.bureau, "522725100", False),
        (Kind.station, "522725100", True),
        (Kind.charity, "522725", True),
    ],
)
def test_committees_belong_to_a_community_and_bureaus_to_a_county_or_wider(
    kind: Kind, division: str, fits: bool
) -> None:
    assert (refuse_division(kind, division) is None) is fits


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_its_own_roles_and_says_so(kind: Kind) -> None:
    for role in Role:
        refusal = refuse_role(kind, role)
        assert (refusal is None) == (role in ROLES[kind])
        if refusal:
            assert all(ROLE_NAMES[own].in_language("zh") in refusal.in_language("zh") for own in ROLES[kind])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, None),
        ({"division": "522726"}, "This organization lies outside your division."),
        ({"division": "52"}, "This organization lies outside your division."),
        ({"is_own": True}, "A bureau cannot verify itself. Ask the bureau above you."),
        ({"bureau_is_verified": False}, "Only a verified civil affairs bureau can do this."),
    ],
)
def test_a_bureau_vouches_only_for_others_inside_its_division(
    changed: dict[str, object], sentence: str | None
) -> None:
    fitting = {
        "bureau_division": "522725",
        "bureau_is_verified": True,
        "division": COMMUNITY,
        "is_own": False,
    }
    refusal = rules.refuse_verifying(**(fitting | changed))  # type: ignore[arg-type]
    assert (refusal.text if refusal else None) == sentence


def test_kinds_and_roles_have_names_in_both_languages() -> None:
    for name in (*KIND_NAMES.values(), *ROLE_NAMES.values()):
        assert name.in_language("zh") != name.in_language("en")
    assert KIND_NAMES[Kind.residents_committee].in_language("zh") == "居民委员会"
    assert set(KIND_NAMES) == set(Kind)
    assert set(ROLE_NAMES) == set(Role)


def test_an_unverified_organization_hears_how_to_become_verified() -> None:
    assert rules.refuse_publishing(is_verified=True) is None
    refusal = rules.refuse_publishing(is_verified=False)
    assert isinstance(refusal, Message)
    assert "民政" in refusal.in_language("zh")
