"""Finds the forms of the application by walking its pages as people do: from a page to what it links to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.linli.hostile.reading import FoundForm, Page

Kind = tuple[str, frozenset[str]]


class Routes:
    """Which route of the application an address belongs to."""

    def __init__(self, routes: Iterable[str]) -> None:
        # What is written out comes before what takes any id.
        self.known = sorted(routes, key=lambda route: (route.count("{"), -len(route)))
        self._patterns = {route: re.compile(re.sub(r"{\w+}", "[^/]+", route)) for route in self.known}

    def of(self, method: str, address: str) -> str | None:
        asked = f"{method} {urlsplit(address).path}"
        return next((route for route in self.known if self._patterns[route].fullmatch(asked)), None)


@dataclass(frozen=True)
class Somebody:
    """Who walks: with which cookies their browser came to the forms, and the code that was sent to them."""

    name: str
    cookies: Mapping[str, str]
    code: str = ""


@dataclass(frozen=True)
class Found:
    """A form, the route it is sent to, who saw it and where."""

    route: str
    form: FoundForm
    who: Somebody
    page: str

    @property
    def shape(self) -> Kind:
        """Forms of one route with the same fields are one form."""
        return self.route, frozenset(self.form.fields)

    def again_in(self, routes: Routes, answer: httpx.Response) -> list[FoundForm]:
        """The same form on the page that was answered."""
        forms = Page(str(answer.url), answer.text).forms
        return [each for each in forms if routes.of(each.method, each.address) == self.route]


class Walk:
    """Reads pages and follows their links, each kind of page once whoever walks."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.found: dict[Kind, Found] = {}
        self._followed: set[tuple[str, frozenset[str], str]] = set()

    async def over(
        self, client: httpx.AsyncClient, who: Somebody, paths: Iterable[str], *, follows: bool
    ) -> None:
        waiting = list(paths)
        while waiting:
            path = waiting.pop(0)
            answer = await client.get(path, follow_redirects=True)
            assert answer.status_code < 500, path
            if answer.headers.get("content-type", "").startswith("text/html"):
                page = Page(str(answer.url), answer.text)
                for found in self._forms_of(page, who, path):
                    self.found.setdefault(found.shape, found)
                waiting += self._new(page, who, str(client.base_url)) if follows else ()

    def _forms_of(self, page: Page, who: Somebody, path: str) -> Iterator[Found]:
        for form in page.forms:
            route = self.routes.of(form.method, form.address)
            assert route, f"{path}: a form is sent to {form.method} {form.address}, which is nowhere"
            yield Found(route, form, who, path)

    def _new(self, page: Page, who: Somebody, home: str) -> Iterator[str]:
        """What is ours and new: another route, other names in the query; where it is somebody's, for each."""
        for address in page.links:
            route = self.routes.of("GET", address)
            names = frozenset(name for name, _ in parse_qsl(urlsplit(address).query))
            kind = (route or "", names, who.name if "{" in (route or "") and names else "")
            if address.startswith(home) and route and kind not in self._followed:
                self._followed.add(kind)
                yield address.removeprefix(home.rstrip("/"))
