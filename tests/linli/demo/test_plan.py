"""What a town is planned to be, before anything is written."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from linli.accounts.rules import refuse_password
from linli.core import seed
from linli.core.seed_samples import samples
from linli.demo.needs import Story
from linli.demo.organizations import Standing
from linli.demo.people import MARK_OF_NEW_YORK, volunteers_around_new_york
from linli.demo.places import LANGUAN, NEW_YORK
from linli.demo.plan import PASSWORD, TownPlan, plan_town
from linli.demo.sizes import COUNTY, SIZES, TOWN, Size
from linli.demo.stories import SIGNED_IN, Act, fits
from linli.divisions.queries import with_code
from linli.divisions.rules import distance_km
from linli.needs.rules import Times
from linli.organizations.credit_codes import refuse_credit_code
from linli.organizations.registration import RENEW_WITHIN
from linli.organizations.rules import COMMITTEES, OrganizationKind, Role
from linli.participation.rules import State, may_become

ZONE = ZoneInfo("Asia/Shanghai")
START = date(2026, 11, 23)


@pytest.fixture(scope="module")
def plan() -> TownPlan:
    return plan_town(start=START, zone=ZONE)


@pytest.fixture(scope="module")
def county() -> TownPlan:
    return plan_town(start=START, zone=ZONE, size=COUNTY)


def test_the_same_seed_and_start_date_give_the_same_town(plan: TownPlan) -> None:
    assert plan_town(start=START, zone=ZONE) == plan
    assert plan_town(start=START, zone=ZONE, seed=1) != plan
    assert plan_town(start=START + timedelta(days=1), zone=ZONE) != plan


def test_the_same_seed_and_start_date_give_the_same_county(county: TownPlan) -> None:
    assert plan_town(start=START, zone=ZONE, size=COUNTY) == county


def test_the_county_has_its_people_teams_and_organizations(county: TownPlan) -> None:
    kinds = Counter(each.organization.kind for each in county.members if each.role is not Role.auditor)
    assert sum(kinds.pop(kind) for kind in COMMITTEES) == 12
    assert kinds == {
        OrganizationKind.bureau: 1,
        OrganizationKind.charity: 6,
        OrganizationKind.station: 2,
        OrganizationKind.host: 2,
    }
    assert (len(county.volunteers), len(county.needs)) == (600, 150)
    assert sum(team.is_agreed for team in county.teams) == 30
    homes = {county.members[team.home].organization.kind for team in county.teams}
    assert homes >= {OrganizationKind.charity, OrganizationKind.station, OrganizationKind.host}


def test_no_two_teams_have_one_name(county: TownPlan) -> None:
    assert max(Counter(team.draft.name for team in county.teams).values()) == 1


def test_the_bureau_finds_charities_to_decide_about(county: TownPlan) -> None:
    charities = [
        each.organization for each in county.members if each.organization.kind is OrganizationKind.charity
    ]
    assert Counter(each.standing for each in charities) == {
        Standing.verified: 3,
        Standing.waiting: 1,
        Standing.returned: 1,
        Standing.suspended: 1,
    }
    assert all(each.reason for each in charities if each.standing in {Standing.returned, Standing.suspended})
    assert sum(each.paper_days <= RENEW_WITHIN.days for each in charities) == 1
    assert sum(each.teams for each in charities if each.is_verified) == 9


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_needs_are_shared_out_among_the_fields_after_the_demand(size: Size) -> None:
    plan = plan_town(start=START, zone=ZONE, size=size)
    assert Counter(need.draft.field_id for need in plan.needs) == samples().needs_per_field(size.needs)


def test_the_needs_of_the_county_are_no_copies_and_come_from_all_kinds_of_organizations(
    county: TownPlan,
) -> None:
    told = Counter((need.draft.title, need.draft.description) for need in county.needs)
    assert len(told) >= 140
    repeated = [need.draft for need in county.needs if told[need.draft.title, need.draft.description] > 1]
    assert len({(draft.title, draft.description, draft.address) for draft in repeated}) == len(repeated)
    assert Counter(need.draft.language for need in county.needs)["en"] >= 25
    assert {need.draft.template_id for need in county.needs} >= set(seed.templates())
    askers = {county.members[1 + need.asker].organization for need in county.needs}
    assert all(asker.is_verified for asker in askers)
    assert {asker.kind for asker in askers} == set(OrganizationKind) - {
        OrganizationKind.bureau,
        OrganizationKind.social_organization,
    }


def test_it_is_wengan_county_with_its_people_and_organizations(plan: TownPlan) -> None:
    assert (plan.town.county.name, len(plan.town.townships), len(plan.town.communities)) == (
        "瓮安县",
        13,
        105,
    )
    kinds = Counter(member.organization.kind for member in plan.members if member.role is not Role.auditor)
    assert sum(kinds[kind] for kind in COMMITTEES) == 12
    assert (
        kinds[OrganizationKind.bureau],
        kinds[OrganizationKind.station],
        kinds[OrganizationKind.charity],
    ) == (1, 1, 2)
    assert LANGUAN in {member.organization.division for member in plan.members}
    assert (len(plan.volunteers), len(plan.needs)) == (300, 60)


def test_every_place_exists_and_lies_in_the_county(plan: TownPlan) -> None:
    codes = {person.division for person in plan.volunteers} | {need.draft.division for need in plan.needs}
    codes |= {member.organization.division for member in plan.members}
    assert all(code and with_code(code) and code.startswith("522725") for code in codes)


def test_registered_organizations_have_a_number_with_both_check_characters(plan: TownPlan) -> None:
    numbers = [member.organization.credit_code for member in plan.members if member.organization.credit_code]
    assert len(set(numbers)) == 3
    assert [refuse_credit_code(number) for number in numbers] == [None] * 3


def test_there_is_one_sign_in_for_each_role(plan: TownPlan) -> None:
    roles = Counter(member.role for member in plan.members if member.email)
    assert roles == dict.fromkeys(Role, 1)
    volunteers = [person for person in plan.volunteers if person.signs_in]
    assert len({person.about for person in volunteers}) == len(volunteers) == 4
    assert {person.language for person in volunteers} == {"zh", "en"}
    assert refuse_password(PASSWORD) is None


def test_nobody_can_be_reached_by_mistake(plan: TownPlan) -> None:
    mobiles = [each.mobile for each in plan.members] + [
        each.mobile for each in plan.volunteers if each.mobile
    ]
    emails = [each.email for each in plan.members] + [each.email for each in plan.volunteers]
    known = [email for email in emails if email]
    assert {mobile[:7] for mobile in mobiles} == {"1540000"}
    assert {email.partition("@")[2] for email in known} == {"example.org"}
    assert len(mobiles) + len(known) == len({*mobiles, *known})


def test_one_in_ten_volunteers_writes_english_and_some_say_nothing(plan: TownPlan) -> None:
    languages = Counter(person.language for person in plan.volunteers)
    assert 15 <= languages["en"] <= 50
    silent = [person for person in plan.volunteers if not person.about]
    assert 8 <= len(silent) <= 50
    assert all(not person.skills and set(person.availability) == {"?"} for person in silent)


def test_papers_are_checked_unchecked_and_expired(plan: TownPlan) -> None:
    held = [paper for person in plan.volunteers for paper in person.credentials]
    assert {paper.is_checked for paper in held} == {True, False}
    assert any(paper.expires_on and paper.expires_on < START for paper in held)


def test_every_story_is_told_and_the_first_officers_desk_shows_each(plan: TownPlan) -> None:
    assert Counter(need.story for need in plan.needs) == TOWN.stories
    assert {need.story for need in plan.needs if need.asker == 0} == set(Story)


def test_needs_are_spread_over_four_weeks_in_both_languages(plan: TownPlan) -> None:
    coming = [each.draft.shifts for each in plan.needs if each.story not in {Story.done, Story.under_way}]
    days = {shift.times.starts_at.date() for shifts in coming for shift in shifts}
    assert START < min(days) <= START + timedelta(days=4)
    assert START + timedelta(days=21) <= max(days) <= START + timedelta(days=28)
    assert Counter(need.draft.language for need in plan.needs)["en"] >= 8
    assert {need.draft.template_id for need in plan.needs} > {None}


@pytest.mark.parametrize(
    ("size", "days"),
    [*((TOWN, days) for days in (0, 1, 2, 3, 4, 5, 6, 40, 100, 200, 300, 463)), (COUNTY, 0), (COUNTY, 250)],
)
def test_every_step_is_possible_whatever_the_start_date(size: Size, days: int) -> None:
    plan = plan_town(start=START + timedelta(days=days), zone=ZONE, size=size)
    taken: Counter[tuple[int, int]] = Counter()
    states: dict[tuple[int, int], State] = {}
    busy: dict[int, list[Times]] = defaultdict(list)
    for step in plan.steps:
        need, person = plan.needs[step.need], plan.volunteers[step.person]
        times = need.draft.shifts[step.shift].times
        assert need.posted_at < step.at < times.starts_at - timedelta(hours=2)
        assert step.at <= plan.diary.at(-1, 23)
        assert fits(person, need, times)
        if step.act in {Act.invite, Act.apply}:
            assert (step.need, step.person) not in states
            assert not any(
                times.starts_at < each.ends_at and each.starts_at < times.ends_at
                for each in busy[step.person]
            )
            busy[step.person].append(times)
            states[step.need, step.person] = State.invited if step.act is Act.invite else State.applied
        else:
            new = RESULT[step.act]
            assert may_become(states[step.need, step.person], new)
            states[step.need, step.person] = new
        if step.act in {Act.accept, Act.confirm} or (
            step.act is Act.apply and need.draft.joining == "at_once"
        ):
            taken[step.need, step.shift] += 1
            assert taken[step.need, step.shift] <= times.places
        if step.act is Act.withdraw:
            taken[step.need, step.shift] -= 1
    for number, need in enumerate(plan.needs):
        if need.story in {Story.filled, Story.under_way}:
            for shift, draft in enumerate(need.draft.shifts):
                assert taken[number, shift] == draft.times.places, need.draft.title


RESULT = {
    Act.accept: State.confirmed,
    Act.confirm: State.confirmed,
    Act.decline: State.declined,
    Act.refuse: State.refused,
    Act.withdraw: State.withdrawn,
}


def test_the_demos_volunteers_find_a_question_and_a_promise(plan: TownPlan) -> None:
    acts = {(step.person, step.act) for step in plan.steps if step.person in SIGNED_IN}
    assert (0, Act.accept) in acts
    asked = {step.need for step in plan.steps if step.person == 0 and step.act is Act.invite}
    answered = {step.need for step in plan.steps if step.person == 0 and step.act is Act.accept}
    assert asked - answered
    assert not {Act.decline, Act.withdraw} & {act for _, act in acts}


def test_new_yorks_volunteers_lie_in_new_york_and_write_english() -> None:
    people = volunteers_around_new_york(200, today=START, rng=random.Random(3))
    assert people == volunteers_around_new_york(200, today=START, rng=random.Random(3))
    for person in people:
        assert (person.language, person.division) == ("en", None)
        assert person.email
        assert MARK_OF_NEW_YORK in person.email
        assert person.point
        assert min(distance_km(person.point, quarter) for quarter in NEW_YORK) < 2.1
    assert len({person.email for person in people}) == 200
