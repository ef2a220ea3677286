"""A template as bare HTML: expressions become a sign, statements vanish; what was typed by hand remains."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from jinja2 import Environment

SIGN = "\N{OBJECT REPLACEMENT CHARACTER}"


@dataclass
class Markup(HTMLParser):
    """Tags with their attributes, and the words between them."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def markup_of(environment: Environment, source: str) -> Markup:
    markup = Markup()
    markup.feed("".join(typed_by_hand(environment, source)))
    markup.close()
    return markup


def typed_by_hand(environment: Environment, source: str) -> Iterator[str]:
    statement: list[str] | None = None
    hidden_until = ""
    for _line, kind, text in environment.lex(source):
        if kind == "block_begin":
            statement = []
        elif kind == "block_end":
            hidden_until = what_hides(statement or [""], hidden_until)
            statement = None
        elif statement is not None and kind == "name":
            statement.append(text)
        elif not hidden_until and kind == "variable_end":
            yield SIGN
        elif not hidden_until and kind == "data":
            yield text


def what_hides(statement: list[str], hidden_until: str) -> str:
    """What is translated needs no second look, and the block `layout` stands inside an attribute."""
    if statement[0] == "trans":
        return "endtrans"
    if statement[:2] == ["block", "layout"]:
        return "endblock"
    return "" if statement[0] == hidden_until else hidden_until
