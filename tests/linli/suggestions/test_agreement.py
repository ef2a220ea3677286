"""The gates of matching and the rules of participation agree: nobody is proposed who would be refused."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account, Consent
from linli.accounts.rules import ConsentPurpose
from linli.core import i18n
from linli.needs.models import Need
from linli.needs.queries import find_need
from linli.participation.fitness import obstacles
from linli.participation.rules import State
from linli.suggestions.actions import Read, read_for
from linli.suggestions.matcher import matcher
from linli.suggestions.tables import bookings_of, needs_table, pairs_of
from linli.suggestions.texts import EncodedTexts
from matching import Answer, Eligibility, Gate, check
from tests.factories import make_need, make_participation
from tests.linli.suggestions.factories import make_asking_need, make_helper

PAPERS = ("first_aid", "driving_licence")
SHARED = (Gate.OLD_ENOUGH, Gate.GUARDIAN_CONSENT, Gate.CREDENTIALS, Gate.NOT_BOOKED)
PEOPLE, NEEDS = 40, 10


async def test_gates_and_rules_agree_about_age_consent_papers_and_overlaps(
    session: AsyncSession, now: datetime
) -> None:
    rng = random.Random(20261123)
    people = {person.id: person for person in [await a_person(session, rng, now) for _ in range(PEOPLE)]}
    needs = [await a_need(session, rng, now) for _ in range(NEEDS)]
    for person in people.values():
        if rng.random() < 0.4:
            await promise(session, person, rng, now)
    read = await read_for(session, Need.id.in_([need.id for need in needs]), now=now)
    assert read is not None
    answers, told = eligibility(read).answers, Counter[bool]()
    for need, row, column in pairs(read):
        account = people[read.pool.account_ids[column]]
        found = await find_need(session, need)
        refused = await obstacles(session, need=found, shift=found.shifts[0], account=account, now=now)
        passes = all(answers[gate, row, column] == Answer.YES for gate in SHARED)
        assert passes == (not refused), (account.birth_on, [each.sentence for each in refused])
        told[passes] += 1
    assert min(told[True], told[False]) > 30


async def a_person(session: AsyncSession, rng: random.Random, now: datetime) -> Account:
    """Born about 14, 16 or 18 years before a shift, with papers that end about then."""
    born = date(2026 - rng.choice((14, 16, 18, 40)), 11, 24) + timedelta(days=rng.randint(-2, 4))
    person = await make_helper(
        session,
        account={"birth_on": rng.choice((born, date(2008, 2, 29)))},
        credentials={
            paper: rng.choice((None, date(2026, 11, 24) + timedelta(days=rng.randint(-1, 3))))
            for paper in PAPERS
            if rng.random() < 0.8
        },
    )
    if rng.random() < 0.5:
        session.add(
            Consent(
                account_id=person.id,
                purpose=ConsentPurpose.guardian,
                text_version="1",
                given=rng.random() < 0.8,
                at=now,
            )
        )
        await session.flush()
    return person


async def a_need(session: AsyncSession, rng: random.Random, now: datetime) -> Need:
    """Some begin before midnight and end after it."""
    need = await make_asking_need(
        session,
        credentials=tuple(paper for paper in PAPERS if rng.random() < 0.4),
        minimum_age_years=rng.choice((14, 16, 18)),
        starts_at=now + timedelta(days=rng.randint(1, 3), hours=rng.choice((4, 13))),
    )
    need.shifts[0].ends_at = need.shifts[0].starts_at + timedelta(hours=rng.choice((1, 2, 6)))
    await session.flush()
    return need


async def promise(session: AsyncSession, person: Account, rng: random.Random, now: datetime) -> None:
    starts = now + timedelta(days=rng.randint(1, 3), hours=rng.choice((3, 4, 5, 6, 13)))
    other = await make_need(session, starts_at=starts)
    state = rng.choice((State.confirmed, State.offered, State.invited, State.declined))
    await make_participation(session, other.shifts[0], person, state)


def pairs(read: Read) -> list[tuple[UUID, int, int]]:
    return [
        (need.id, row, column)
        for row, need in enumerate(read.needs)
        for column in range(len(read.pool.account_ids))
    ]


def eligibility(read: Read) -> Eligibility:
    table = needs_table(read.needs, EncodedTexts(matcher().text_model))
    people = read.pool.people
    return check(
        table.needs,
        people,
        today=i18n.local(read.now).date(),
        bookings=bookings_of(people, read.known.promises),
        pairs=pairs_of(table.needs, people, read.known.pairs),
    )
