"""Which pages axe sees as the same one: those with other words at the same places."""

from uuid import uuid4

import pytest

from tests.journeys.browser import shape_of

PAGE = """<main class="desk" hx-headers:inherited="{token}"><h1>{title}</h1>
<label for="{label}">{word}</label> <input id="{id}" value="{value}"><a href="{path}">{word}</a></main>"""


def page(**changes: str) -> str:
    id = f"person-{uuid4()}"
    token = uuid4().hex  # another one for each person
    values = {
        "token": token,
        "title": "河边清洁",
        "word": "冯一诺",
        "id": id,
        "label": id,
        "value": "3",
        "path": f"/{id}",
    }
    return shape_of(PAGE.format(**values | changes))


def test_other_words_addresses_and_ids_make_no_other_page() -> None:
    assert page() == page(title="Tidy the river bank", word="Feng 2", value="12", path="/needs")


@pytest.mark.parametrize("name", ["title", "word", "value", "path"])
def test_nothing_is_not_a_word(name: str) -> None:
    assert page(**{name: ""}) != page()


def test_a_label_of_something_else_makes_another_page() -> None:
    assert page(label=f"person-{uuid4()}") != page()


def test_two_things_with_one_id_are_not_two_things() -> None:
    one, other = uuid4(), uuid4()
    assert shape_of(f'<p id="{one}"><p id="{one}">') != shape_of(f'<p id="{one}"><p id="{other}">')
