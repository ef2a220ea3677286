from datetime import UTC, date, datetime
from typing import Any

import pytest

from linli.core.i18n import Message, Name, counted
from linli.core.templates import create_templates

TEMPLATES = create_templates()


def shown(source: str, locale: str = "en", **values: Any) -> str:
    return TEMPLATES.from_string(source).render(locale=locale, **values)


def test_what_a_person_wrote_is_never_markup() -> None:
    wrote = '<script>alert("1")</script>\n& more'
    assert "<script>" not in shown("{{ it }}", it=wrote)
    assert shown("{{ it|paragraphs }}", it=wrote).endswith("&lt;/script&gt;<br>&amp; more")
    assert "<b>" not in shown("{{ message|say }}", message=Message("{name}", name="<b>"))
    assert "<b>" not in shown("{{ _('%(name)s', name=it) }}", it="<b>")


def test_plain_parts_of_mails_are_not_markup() -> None:
    letter = TEMPLATES.get_template("emails/notice/subject.txt")
    assert letter.render(locale="en", subject=Message("{title}", title="Tom & Ann's")) == "Tom & Ann's"


def test_a_sentence_is_shown_in_the_language_of_the_page() -> None:
    message = counted(2, "{n} hour", "{n} hours")
    assert shown("{{ it|say }}", "en", it=message) == "2 hours"
    assert shown("{{ it|say }}", "zh", it=message) == "2 小时"
    assert shown("{{ it|say }}", "zh", it=Name("花竹", "Huazhu")) == "花竹"
    assert shown("{{ _('Save') }}", "zh") == "保存"


MOMENT = datetime(2031, 11, 24, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "value", "english", "chinese"),
    [
        ("{{ it|day }}", MOMENT, "Mon 24 Nov 2031", "2031年11月24日 周一"),
        ("{{ it|day }}", date(2031, 11, 24), "Mon 24 Nov 2031", "2031年11月24日 周一"),
        ("{{ it|moment }}", MOMENT, "Mon 24 Nov 2031, 14:05", "2031年11月24日 周一 14:05"),
        ("{{ it|clock }}", MOMENT, "14:05", "14:05"),
        ("{{ it|month }}", MOMENT, "November 2031", "2031年11月"),
        ("{{ it|km }}", 1.24, "1.2 km", "1.2 公里"),
        ("{{ it|km }}", 0.33, "350 m", "350 米"),
        ("{{ it|number }}", 12345, "12,345", "12,345"),
        ("{{ it|ago }}", 59 * 60, "59 minutes", "59 分钟"),
        ("{{ it|ago }}", 3600, "1 hour", "1 小时"),
        ("{{ it|ago }}", 3 * 86400, "3 days", "3 天"),
    ],
)
def test_values_are_shown_as_people_say_them(source: str, value: object, english: str, chinese: str) -> None:
    assert shown(source, "en", it=value) == english
    assert shown(source, "zh", it=value) == chinese


def test_a_value_that_is_missing_is_noticed() -> None:
    with pytest.raises(Exception, match="undefined"):
        shown("{{ nothing }}")
