"""The same agreement on ten thousand pairs, without a database: the rules themselves beside the tables."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from linli.accounts.models import Account
from linli.core import i18n
from linli.needs.models import Need, NeedCredential, Shift
from linli.participation.fitness import Standing, obstacles_in_shift
from linli.participation.queries import Promise
from linli.participation.rules import State
from linli.suggestions.matcher import matcher
from linli.suggestions.reads import NeedRow, PromiseRow, ShiftRow
from linli.suggestions.tables import bookings_of, needs_table, volunteers_table
from linli.suggestions.texts import EncodedTexts
from linli.volunteers.pool import PoolRow
from matching import Answer, Gate, check

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
PAPERS = ("first_aid", "driving_licence", "background_check")
SHARED = (Gate.OLD_ENOUGH, Gate.GUARDIAN_CONSENT, Gate.CREDENTIALS, Gate.NOT_BOOKED)
PEOPLE = NEEDS = 100


def a_person(rng: random.Random) -> PoolRow:
    """Born about 14, 16 or 18 years before a shift, with papers that end about then."""
    born = date(2026 - rng.choice((14, 16, 18, 40)), 11, 24) + timedelta(days=rng.randint(-2, 4))
    return PoolRow(
        account_id=uuid4(),
        division="522725",
        longitude=None,
        latitude=None,
        reach_km=None,
        means=None,
        weekly_cap=None,
        availability="?" * 21,
        about="",
        skills={},
        fields=(),
        languages=(),
        credentials={
            paper: rng.choice((None, date(2026, 11, 24) + timedelta(days=rng.randint(-1, 3))))
            for paper in PAPERS
            if rng.random() < 0.8
        },
        birth_on=rng.choice((born, born, date(2008, 2, 29))),
        has_guardian_consent=rng.random() < 0.5,
        is_sample=True,
    )


def a_shift(rng: random.Random) -> ShiftRow:
    starts = NOW + timedelta(days=rng.randint(1, 3), hours=rng.choice((1, 4, 6, 13)))
    return ShiftRow(uuid4(), starts, starts + timedelta(hours=rng.choice((1, 2, 6))), 3, 0)


def a_need(rng: random.Random) -> NeedRow:
    return NeedRow(
        id=uuid4(),
        organization_id=None,
        version=1,
        division="522725",
        longitude=None,
        latitude=None,
        field_id=None,
        minimum_age_years=rng.choice((14, 16, 18)),
        text="",
        created_at=NOW,
        skills={},
        credentials=tuple(paper for paper in PAPERS if rng.random() < 0.3),
        languages=(),
        shifts=(a_shift(rng),),
    )


def promises_of(rng: random.Random, person: PoolRow) -> list[PromiseRow]:
    shifts = [a_shift(rng) for _ in range(rng.choice((0, 0, 1, 2)))]
    return [PromiseRow(person.account_id, each.starts_at, each.ends_at) for each in shifts]


def refused(need: NeedRow, person: PoolRow, promised: Sequence[PromiseRow]) -> bool:
    """What participation says where the person asks for a place."""
    [row] = need.shifts
    asked = Need(minimum_age_years=need.minimum_age_years, risk_kinds=[])
    asked.credentials = [NeedCredential(credential_id=each) for each in need.credentials]
    shift = Shift(id=row.id, starts_at=row.starts_at, ends_at=row.ends_at)
    standing = Standing(
        account=Account(birth_on=person.birth_on, stopped_at=None),
        credentials=person.credentials,
        has_guardian_consent=person.has_guardian_consent,
        promises=[
            Promise("other", uuid4(), each.starts_at, each.ends_at, State.confirmed) for each in promised
        ],
        blocked_by=None,
    )
    return bool(obstacles_in_shift(standing, need=asked, shift=shift, now=NOW))


@pytest.mark.parametrize("seed", [20261123])
def test_gates_and_rules_agree_on_ten_thousand_pairs(seed: int) -> None:
    rng, texts = random.Random(seed), EncodedTexts(matcher().text_model)
    people, needs = [a_person(rng) for _ in range(PEOPLE)], [a_need(rng) for _ in range(NEEDS)]
    promised = {person.account_id: promises_of(rng, person) for person in people}
    table, pool = needs_table(needs, texts), volunteers_table(people, texts)
    bookings = bookings_of(pool, [each for some in promised.values() for each in some])
    answers = check(table.needs, pool, today=i18n.local(NOW).date(), bookings=bookings).answers
    told = Counter[bool]()
    for row, need in enumerate(needs):
        for column, person in enumerate(people):
            passes = all(answers[gate, row, column] == Answer.YES for gate in SHARED)
            assert passes == (not refused(need, person, promised[person.account_id])), (need, person)
            told[passes] += 1
    assert told.total() == 10_000
    assert min(told.values()) > 1_000
