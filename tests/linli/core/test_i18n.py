from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import i18n
from linli.core.i18n import LANGUAGES, Message, Name, counted, language_of
from linli.core.web.errors import SENTENCES


@pytest.mark.parametrize("status", sorted(SENTENCES))
def test_every_failure_has_a_sentence_in_both_languages(status: int) -> None:
    said = {SENTENCES[status].in_language(language) for language in LANGUAGES}
    assert len(said) == 2


def test_a_sentence_is_put_into_the_language_of_its_reader() -> None:
    message = Message("Please give a whole number from {least} to {most}.", least=1, most=9)
    assert message.in_language("en") == "Please give a whole number from 1 to 9."
    assert message.in_language("zh") == "请填 1 到 9 之间的整数。"


def test_what_stands_in_a_sentence_is_put_into_the_same_language() -> None:
    inner = counted(2, "{n} minute", "{n} minutes")
    message = Message(
        "{a} / {b} / {c} / {d} / {e}", a=inner, b=Name("花竹", "Huazhu"), c=1.5, d=time(14, 5), e=["x", "y"]
    )
    assert message.in_language("en") == "2 minutes / Huazhu / 1.5 / 14:05 / x, y"
    assert message.in_language("zh") == "2 分钟 / 花竹 / 1.5 / 14:05 / x、y"


def test_a_persons_braces_are_only_text() -> None:
    assert (
        Message("{name}", name="{secret.__class__} {0:>999}").in_language("en")
        == "{secret.__class__} {0:>999}"
    )


@pytest.mark.parametrize(("n", "said"), [(0, "0 hours"), (1, "1 hour"), (2, "2 hours")])
def test_english_counts_with_one_and_many(n: int, said: str) -> None:
    assert counted(n, "{n} hour", "{n} hours").in_language("en") == said


def test_an_unknown_sentence_stays_as_it_was_written() -> None:
    assert Message("No such sentence: {n}", n=1).in_language("zh") == "No such sentence: 1"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.text()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.builds(lambda value: Message("{v}", v=value), inner),
    max_leaves=5,
)


@given(values)
def test_a_kept_sentence_is_the_same_when_it_is_read_again(value: Any) -> None:
    message = counted(3, "{n} of {v}", "{n} of {v}", v=value)
    assert Message.from_json(message.to_json()) == message


@pytest.mark.parametrize(
    ("cookie", "header", "account", "chosen"),
    [
        (None, "", None, "zh"),
        ("en", "zh", "zh", "en"),
        (None, "zh", "en", "en"),
        (None, "en-GB,en;q=0.9,zh;q=0.8", None, "en"),
        (None, "de, zh-CN;q=0.3, en;q=0.7", None, "en"),
        (None, "de, fr", None, "zh"),
        (None, "en;q=0, zh;q=0.1", None, "zh"),
        (None, "en;q=nan, zh;q=inf", None, "zh"),
        (None, "en ; q = 0.2, zh ; q = 0.9", None, "zh"),
        ("../en", "en;q=1e400", "xx", "zh"),
        (None, ";;;q=,,=", None, "zh"),
    ],
)
def test_the_language_is_the_persons_choice_then_the_accounts_then_the_browsers(
    cookie: str | None, header: str, account: str | None, chosen: str
) -> None:
    assert language_of(cookie, header, account) == chosen


@given(st.text(), st.text(), st.text())
def test_no_header_or_cookie_breaks_the_choice(cookie: str, header: str, account: str) -> None:
    assert language_of(cookie, header, account) in LANGUAGES


AFTERNOON = datetime(2031, 11, 24, 6, 0, tzinfo=UTC)  # two in the afternoon in Shanghai


def test_times_are_said_as_people_say_them_in_the_places_zone() -> None:
    end = AFTERNOON.replace(hour=8)
    assert i18n.say_range(AFTERNOON, end, "en") == "Mon 24 Nov 2031, 14:00 to 16:00"
    assert i18n.say_range(AFTERNOON, end, "zh") == "2031年11月24日 周一 14:00–16:00"
    assert i18n.say_moment(AFTERNOON, "en") == "Mon 24 Nov 2031, 14:00"


def test_a_time_over_midnight_names_both_days() -> None:
    end = AFTERNOON.replace(hour=17)
    assert i18n.say_range(AFTERNOON, end, "en") == "Mon 24 Nov 2031, 14:00 to Tue 25 Nov 2031, 01:00"
    assert i18n.say_range(AFTERNOON, end, "zh") == "2031年11月24日 周一 14:00 至 2031年11月25日 周二 01:00"


def test_the_year_is_left_out_when_it_is_this_one() -> None:
    today = datetime.now(i18n.zone()).date()
    assert str(today.year) not in i18n.say_day(today, "en")
    assert "2019" in i18n.say_day(date(2019, 5, 1), "en")
