from datetime import UTC, datetime, timedelta

import pytest

from linli.conversations.rules import Side, Subject, is_closed, is_shared_with_organization, refuse_writing

END = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("writer", list(Side))
@pytest.mark.parametrize("blocker", list(Side))
def test_a_block_stops_both_sides_and_names_only_ones_own(writer: Side, blocker: Side) -> None:
    sentence = refuse_writing(writer, blocked_by=blocker, is_over=False)
    assert sentence is not None
    assert ("blocked" in sentence.text) == (writer is blocker)


@pytest.mark.parametrize("writer", list(Side))
def test_without_a_block_both_write_until_thirty_days_after_the_end(writer: Side) -> None:
    assert refuse_writing(writer, blocked_by=None, is_over=is_closed(END, END + timedelta(days=30))) is None
    assert refuse_writing(writer, blocked_by=None, is_over=is_closed(END, END + timedelta(days=31)))


@pytest.mark.parametrize(
    ("subject", "reporter", "shared"),
    [
        (Subject.need, Side.volunteer, True),
        (Subject.message, Side.volunteer, False),
        (Subject.organization, Side.volunteer, False),
        (Subject.message, Side.organization, True),
        (Subject.person, Side.organization, True),
    ],
)
def test_an_organization_reads_what_is_not_about_itself(
    subject: Subject, reporter: Side, shared: bool
) -> None:
    assert is_shared_with_organization(subject, reporter) is shared
