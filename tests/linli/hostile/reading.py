"""The forms of a page as a browser reads them, without a browser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin

TOKEN: Final = "_csrf_token"
BUTTON: Final = "button"
TYPED: Final = {"text", "textarea", "email", "tel", "number", "date", "time", "search", "url"}
Attributes = dict[str, str]


@dataclass
class Field:
    """What one name can send: the values that stand there, and those one could choose instead."""

    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    # A code for one use is never shown again.
    is_secret: bool = False


@dataclass
class FoundForm:
    address: str
    method: str
    sends_files: bool = False
    # htmx sends it by itself and shows what comes back in the page as it stands.
    is_fragment: bool = False
    fields: dict[str, Field] = field(default_factory=dict)
    has_plain_button: bool = False

    def named(self, name: str, kind: str) -> Field:
        return self.fields.setdefault(name, Field(kind))


class Page(HTMLParser):
    """Collects forms and links. A field belongs to the form around it, or to the one that it names."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[FoundForm] = []
        self.links: list[str] = []
        self._by_id: dict[str, FoundForm] = {}
        self._open: FoundForm | None = None
        self._select: Field | None = None
        self._option: Attributes | None = None
        self._textarea: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin_form(given)
        form = self._by_id.get(given["form"]) if "form" in given else self._open
        if "href" in given and tag == "a":
            self.links.append(urljoin(self.address, given["href"]))
        if "hx-get" in given:
            self.links.append(urljoin(self.address, given["hx-get"]))
        if "hx-post" in given and form is not None:  # what htmx sends by itself: the form around it
            asked = urljoin(self.address, given["hx-post"])
            self.forms.append(
                FoundForm(asked, "POST", is_fragment=True, fields=form.fields, has_plain_button=True)
            )
        if tag == "option" and self._select is not None:
            self._option = given
            if "value" in given:
                self._add_option(self._select, given["value"])
        elif tag in {"input", "select", "textarea", "button"} and form is not None:
            self._add_field(form, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select" and self._select is not None:
            self._select.values = self._select.values or self._select.options[:1]
            self._select = None
        elif tag == "option":
            self._option = None
        elif tag == "textarea" and self._textarea is not None:
            # Browsers leave out the line break with which a text area begins.
            self._textarea[-1] = self._textarea[-1].removeprefix("\n")
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea[-1] += data
        elif self._select is not None and self._option is not None and "value" not in self._option:
            self._add_option(self._select, data.strip())

    def _add_option(self, select: Field, value: str) -> None:
        select.options.append(value)
        select.values += [value] if "selected" in (self._option or {}) else []

    def _begin_form(self, given: Attributes) -> None:
        self._open = FoundForm(
            urljoin(self.address, given.get("action") or self.address),
            given.get("method", "get").upper(),
            sends_files=given.get("enctype") == "multipart/form-data",
        )
        self.forms.append(self._open)
        self._by_id[given.get("id", "")] = self._open

    def _add_field(self, form: FoundForm, tag: str, given: Attributes) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        kind = given.get("type", "text") if tag == "input" else tag
        if kind == BUTTON:
            form.has_plain_button |= not name
        if not name or name == TOKEN:
            return
        found = form.named(name, kind)
        found.is_secret |= given.get("autocomplete") == "one-time-code"
        if kind in {"checkbox", "radio", BUTTON}:
            found.options.append(given.get("value", "on"))
            found.values += [found.options[-1]] if "checked" in given else []
        elif kind == "select":
            self._select = found
        elif kind == "textarea":
            self._textarea = found.values
            found.values.append("")
        elif kind != "file":
            found.values.append(value)
