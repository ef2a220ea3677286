from datetime import datetime, timedelta

from linli.core.kept import Kept, forget_everything


class Counter:
    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> int:
        self.times += 1
        return self.times


async def test_it_is_counted_again_when_its_while_is_over(now: datetime) -> None:
    kept, count = Kept[str, int](lasts=timedelta(seconds=10), most=2), Counter()
    seen = [await kept.find("a", now + timedelta(seconds=s), count) for s in (0, 9, 10, 19, 20)]
    assert seen == [1, 1, 2, 2, 3]


async def test_what_was_counted_later_than_now_does_not_count(now: datetime) -> None:
    kept, count = Kept[str, int](lasts=timedelta(seconds=10), most=2), Counter()
    seen = [await kept.find("a", now - timedelta(seconds=s), count) for s in (0, 1)]
    assert seen == [1, 2]


async def test_only_so_many_answers_are_kept_and_each_for_its_own_question(now: datetime) -> None:
    kept, count = Kept[str, int](lasts=timedelta(seconds=10), most=2), Counter()
    seen = [await kept.find(asked, now, count) for asked in ("a", "b", "a", "c", "b", "a")]
    assert seen == [1, 2, 1, 3, 2, 4]


async def test_everything_can_be_forgotten(now: datetime) -> None:
    kept, count = Kept[str, int](lasts=timedelta(seconds=10), most=2), Counter()
    await kept.find("a", now, count)
    forget_everything()
    assert await kept.find("a", now, count) == 2
