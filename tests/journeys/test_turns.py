"""Over which databases a story is walked in which of its looks."""

import pytest

from tests.journeys.conftest import DATABASES, walked_over


def test_a_story_with_one_look_is_walked_over_both() -> None:
    assert walked_over(0, of=1) == DATABASES


@pytest.mark.parametrize("looks", [2, 3, 4])
def test_each_look_is_walked_once_and_each_database_sees_every_story(looks: int) -> None:
    walked = [walked_over(number, of=looks) for number in range(looks)]
    assert [len(each) for each in walked] == [1] * looks
    assert {database for each in walked for database in each} == set(DATABASES)
