"""A person with a browser: how they look at pages, and what a page must never do under them."""

import os
import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.house import ROOT
from tests.journeys.server import Server

FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE: Final = ROOT / "node_modules/axe-core/axe.min.js"
SCREENSHOTS: Final = ROOT / "build/journeys"
LOCALES: Final = {"zh": "zh-CN", "en": "en-GB"}
PATIENCE_MS: Final = 30_000
# What a person reads or follows, in the text and in attributes, and what names one thing among others.
_TEXT: Final = re.compile(r">\s*[^<\s][^<]*")
_SAID: Final = re.compile(
    r' (action|alt|aria-label|content|datetime|href|hx-[a-z:-]+|placeholder|src|title|value)="[^"]+"'
)
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_seen_by_axe: set[tuple[int, str, str]] = set()
# A form that comes back with its sentences, or says that somebody was faster.
REFUSALS: Final = frozenset({409, 422})


@dataclass(frozen=True)
class Look:
    """How somebody looks at the pages. `replace(PHONE, language="en")` makes others."""

    language: str = "zh"
    width: int = 390
    scheme: str = "light"
    javascript: bool = True

    def __str__(self) -> str:
        return f"{self.language}-{self.width}-{self.scheme}{'' if self.javascript else '-without-javascript'}"


PHONE: Final = Look()
DESK: Final = Look(width=1280)
WITHOUT_JAVASCRIPT: Final = replace(PHONE, javascript=False)
# Each language, width and scheme at least once, beside each other.
LOOKS: Final = (PHONE, Look("en", 390, "dark"), Look("zh", 1280, "dark"), Look("en", 1280, "light"))


# The shell is the same engine without windows: a new person costs a third.
CHROMIUMS: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str:
    """LINLI_TEST_CHROMIUM names another one than that on the PATH."""
    named = os.environ.get("LINLI_TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert found, "The journeys need Chromium; `make test` installs it or says how."
    return found


@dataclass
class Person:
    """A browser of their own with one page, and everything that went wrong in it."""

    page: Page
    context: BrowserContext
    look: Look
    # Which database is behind a page does not show in it: over SQLite axe looks at every page of a story,
    # over PostgreSQL at those in the look that the story is walked in there alone.
    meets_axe: bool
    expected: set[int] = field(default_factory=lambda: set(REFUSALS))
    troubles: list[str] = field(default_factory=list)

    def expects(self, *statuses: int) -> None:
        """The journey leads to such answers on purpose."""
        self.expected |= set(statuses)

    def watch(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        # Statuses are judged where the answer arrives.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # Going on before everything has arrived is no failure, nor is a download.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"request: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.troubles.append(f"answer: {response.request.method} {response.url} {response.status}")


async def new_person(browser: Browser, look: Look, server: Server, *, meets_axe: bool) -> Person:
    context = await browser.new_context(
        base_url=server.url,
        viewport={"width": look.width, "height": 844 if look.width < 600 else 900},
        is_mobile=look.width < 600,
        has_touch=look.width < 600,
        locale=LOCALES[look.language],
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if look.scheme == "dark" else "light",
        java_script_enabled=look.javascript,
    )
    context.set_default_timeout(PATIENCE_MS)
    person = Person(await context.new_page(), context, look, meets_axe=look.javascript and meets_axe)
    person.watch()
    return person


async def expect_no_violations(page: Page) -> None:
    """axe finds nothing. It is evaluated, not added as a script: the page keeps its content policy."""
    assert AXE.is_file(), "axe-core is not installed; `make test` does it."
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)"
    )
    assert not found, f"\n{page.url}\n" + "\n".join(map(described, found))


async def expect_no_new_violations(page: Page, look: Look) -> None:
    """As above, unless axe has seen a page of the same shape in the same look."""
    seen = (look.width, look.scheme, shape_of(await page.evaluate("document.documentElement.outerHTML")))
    if seen not in _seen_by_axe:
        await expect_no_violations(page)
        _seen_by_axe.add(seen)


def shape_of(markup: str) -> str:
    """A page without its words: which they are makes no difference to axe, only whether there are any.

    Ids are numbered, so that two things with one id still have one.
    """
    numbers: dict[str, str] = {}
    markup = _TEXT.sub(">words", _SAID.sub(r' \1="words"', markup))
    return _ID.sub(lambda found: numbers.setdefault(found[0], f"id-{len(numbers)}"), markup)


def described(violation: dict[str, Any]) -> str:
    places = [
        f"    {' '.join(map(str, node['target']))}: {node['html'][:160]}" for node in violation["nodes"]
    ]
    return "\n".join([f"  {violation['id']} ({violation['impact']}): {violation['help']}", *places])


async def expect_no_sideways_scrolling(page: Page) -> None:
    wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than the screen"


async def take_screenshot(page: Page, name: str) -> Path:
    path = SCREENSHOTS / f"{name}.png"
    await page.screenshot(path=path, full_page=True)
    return path
