"""When a team's members could come: counted for all times of a list at once."""

from uuid import UUID

import numpy as np

from linli.suggestions.calendars import NOT_HELD, Calendars
from linli.suggestions.vocabulary import vocabulary
from matching import Answer, Needs

ADULT, CHILD = "1980-01-01", "2015-01-01"
COMMITTEE = UUID(int=1)
DAY = 24 * 60
MONDAY = int(np.datetime64("2026-11-30", "m").astype(int))


def needs(*, asks: list[bool], minimum_age: int = 0) -> Needs:
    """On Monday and on Tuesday morning; the first paper is required where `asks` says so."""
    words = vocabulary()
    cells = np.zeros((2, 21), dtype=np.bool_)
    cells[0, 0] = cells[1, 3] = True
    credentials = np.zeros((2, len(words.credentials)), dtype=np.bool_)
    credentials[:, 0] = asks
    return Needs(
        ids=["monday", "tuesday"],
        vocabulary=words,
        credentials_required=credentials,
        minimum_age=np.array([minimum_age] * 2),
        local_day=np.array(["2026-11-30", "2026-12-01"], dtype="datetime64[D]"),
        start_minute=np.array([MONDAY + 540, MONDAY + DAY + 540]),
        end_minute=np.array([MONDAY + 600, MONDAY + DAY + 600]),
        cells=cells,
    )


def calendars(
    *, born: list[str], weeks: list[tuple[Answer, Answer]], until: list[str | None], **given: object
) -> Calendars:
    """`weeks` says of each member whether Monday and Tuesday morning are free."""
    table = np.full((len(born), 21), Answer.UNKNOWN, dtype=np.int8)
    table[:, [0, 3]] = weeks
    held = np.full((len(born), len(vocabulary().credentials)), NOT_HELD)
    held[:, 0] = [NOT_HELD if day is None else np.datetime64(day, "D") for day in until]
    promised = {"promised_by": [], "begins": [], "ends": []} | given
    return Calendars(
        born_on=np.array(born, dtype="datetime64[D]"),
        weeks=table,
        held_until=held,
        apart={COMMITTEE: np.array(given.get("apart", []), dtype=np.int64)},
        **{name: np.array(promised[name], dtype=np.int64) for name in ("promised_by", "begins", "ends")},
    )


def test_each_time_is_counted_by_its_own_part_of_the_week() -> None:
    week = [(Answer.YES, Answer.NO), (Answer.UNKNOWN, Answer.YES), (Answer.NO, Answer.UNKNOWN)]
    counts = calendars(born=[ADULT] * 3, weeks=week, until=[None] * 3).counts(
        needs(asks=[False, False]), [None, None]
    )
    assert counts.free.tolist() == [1, 1]
    assert counts.maybe_free.tolist() == [1, 1]


def test_promises_age_and_blocks_each_take_one_away_where_they_hold() -> None:
    """The first has promised Monday, the second is a child, the third is apart from who asks on Tuesday."""
    members = calendars(
        born=[ADULT, CHILD, ADULT, ADULT],
        weeks=[(Answer.YES, Answer.YES)] * 4,
        until=[None] * 4,
        promised_by=[0],
        begins=[MONDAY + 570],
        ends=[MONDAY + 660],
        apart=[2],
    )
    assert members.counts(needs(asks=[False, False]), [None, None]).free.tolist() == [3, 4]
    counts = members.counts(needs(asks=[False, False], minimum_age=18), [None, COMMITTEE])
    assert counts.free.tolist() == [2, 2]


def test_a_paper_counts_with_who_may_come_and_while_it_is_valid() -> None:
    members = calendars(
        born=[ADULT] * 3,
        weeks=[(Answer.YES, Answer.YES), (Answer.NO, Answer.UNKNOWN), (Answer.YES, Answer.YES)],
        until=["2026-11-30", "2027-01-01", None],
    )
    asked, not_asked = needs(asks=[True, True]), needs(asks=[False, True])
    assert members.counts(asked, [None, None]).papers_free.tolist() == [[1], [1]]
    # One more than there are members: what is not required keeps nobody away.
    assert members.counts(not_asked, [None, None]).papers_free.tolist() == [[4], [1]]


def test_nobody_in_the_team_is_nobody_free() -> None:
    counts = calendars(born=[], weeks=np.zeros((0, 2)), until=[]).counts(  # type: ignore[arg-type]
        needs(asks=[False, True]), [None, None]
    )
    assert (counts.free.tolist(), counts.papers_free.tolist()) == ([0, 0], [[1], [0]])
