"""What people do in several stories, counted: pages seen, clicks made, fields typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from playwright.async_api import Cookie, Error, Locator, Page

from linli.demo.plan import PASSWORD
from tests.journeys.browser import Person, expect_no_new_violations, expect_no_sideways_scrolling
from tests.journeys.server import Server

ZONE: Final = ZoneInfo("Asia/Shanghai")
OFFICER: Final = "officer@example.org"
VOLUNTEER: Final = "volunteer@example.org"
COORDINATOR: Final = "coordinator@example.org"
BUREAU: Final = "bureau.staff@example.org"
HTML_LANGUAGES: Final = {"zh": "zh-Hans", "en": "en"}
# What a script meets while one page goes and the next has no element yet.
BETWEEN_PAGES: Final = ("context was destroyed", "Cannot read properties of null")
# Whether another page comes: not where htmx fetches a part of it, nor where the browser refuses a form.
# The page that is left is marked: htmx makes entries in the browser's history that look like another page.
LEADS_ON: Final = """element => {
    const by = element.closest('a[href]') ?? element.form;
    const names = by ? [...element.attributes, ...by.attributes].map(each => each.name) : [];
    if (!by || names.some(name => name === 'download' || name.startsWith('hx-'))) return false;
    const here = address => address.split('#')[0] === location.href.split('#')[0];
    const leads = by.matches('a') ? !by.hash || !here(by.href)
        : element.type === 'submit' && (by.noValidate || by.matches(':valid'));
    document.documentElement.toggleAttribute('data-left', leads);
    return leads;
}"""
ANOTHER_PAGE: Final = "html:not([data-left])"
# Who has signed in once, by server and address: the stories are not about signing in again.
_signed_in: dict[tuple[str, str], list[Cookie]] = {}
_mobile_numbers = (f"1540001{number:04d}" for number in count(1))


@dataclass
class Effort:
    """How much a story asks of a person; a page counts as often as it is seen."""

    pages: list[str] = field(default_factory=list)
    clicks: int = 0
    typed: int = 0


@dataclass
class Walk:
    """A person going through the site; every page on the way is checked, by axe where they meet it."""

    person: Person
    effort: Effort = field(default_factory=Effort)

    @property
    def page(self) -> Page:
        return self.person.page

    async def arrive(self) -> None:
        while not await self._has_looked():
            """On a busy machine a click may find the old page still there: look at the one that follows."""
        self.effort.pages.append(self.page.url)

    async def _has_looked(self) -> bool:
        await self.page.wait_for_load_state()
        try:
            if self.person.meets_axe:
                await expect_no_new_violations(self.page, self.person.look)
            if self.person.look.javascript:
                await expect_no_sideways_scrolling(self.page)
        except Error as error:
            if not any(words in error.message for words in BETWEEN_PAGES):
                raise
            return False
        return True

    async def open(self, path: str) -> None:
        await self.page.goto(path)
        await self.arrive()

    async def click(self, selector: str) -> None:
        await self.follow(self.page.locator(selector).first)
        self.effort.clicks += 1
        await self.arrive()

    async def follow(self, link: Locator) -> None:
        """Click, and be on the page that follows: a click alone may leave a busy browser on the old one."""
        leads_on = await link.evaluate(LEADS_ON)
        await link.click()
        if leads_on:
            await self.page.locator(ANOTHER_PAGE).wait_for(state="attached")
            await self.page.wait_for_load_state()

    async def type(self, name: str, text: str) -> None:
        await self.page.locator(f"[name='{name}']").fill(text)
        self.effort.typed += 1

    async def tick(self, name: str) -> None:
        await self.page.locator(f"[name='{name}']").check()
        self.effort.clicks += 1

    async def text(self) -> str:
        return await self.page.locator("main").inner_text()


def new_mobile() -> str:
    return next(_mobile_numbers)


def days_from_now(days: int) -> str:
    return (datetime.now(ZONE) + timedelta(days=days)).date().isoformat()


async def sign_in(walk: Walk, address: str, server: Server) -> None:
    """With the demo's password, once for each server; afterwards they come back with their cookies."""
    key = (server.url, address)
    if key in _signed_in:
        await walk.person.context.add_cookies([{**each} for each in _signed_in[key]])  # type: ignore[typeddict-item]
        return
    page = walk.page
    await page.goto("/sign-in")
    await page.locator("[name='address']").fill(address)
    await page.locator("button[value='password']").click()
    await page.locator("[name='password']").fill(PASSWORD)
    await page.locator("button[value='password']").click()
    await take_second_step(walk)
    await page.locator("form[action='/sign-out']").wait_for(state="attached")
    _signed_in[key] = await walk.person.context.cookies()


async def take_second_step(walk: Walk) -> None:
    """Who holds a role is asked for a code, which the page tells the demo's people."""
    either = walk.page.locator("form[action='/sign-out'], form[action='/second-step']")
    await either.first.wait_for(state="attached")
    if "/second-step" not in walk.page.url:
        return
    said = await walk.page.locator(".notice-words").first.inner_text()
    code = re.search(r"\d{6}", said)
    assert code, said
    await walk.page.locator("[name='code']").fill(code[0])
    await walk.follow(walk.page.locator("main form button.main"))


async def sign_in_with_code(walk: Walk, address: str, server: Server) -> None:
    """As those do who have chosen no password, which is everybody else in the demo town."""
    await walk.page.goto("/sign-in")
    await walk.page.locator("[name='address']").fill(address)
    await walk.page.locator("button[value='code']").click()
    await walk.page.locator("[name='code']").fill(server.code_for(address))
    await walk.page.locator("main form button.main").click()
    await walk.page.locator("form[action='/sign-out']").wait_for(state="attached")


async def choose_language(walk: Walk, path: str = "/") -> None:
    """The page in the language of the look, with the switch where an account speaks another one."""
    await walk.page.goto(path)
    wanted = HTML_LANGUAGES[walk.person.look.language]
    if await walk.page.locator("html").get_attribute("lang") != wanted:
        await walk.page.locator("button[name='language']").click()
        await walk.page.locator(f"html[lang='{wanted}']").wait_for(state="attached")


async def sign_up(walk: Walk, server: Server, *, mobile: str, name: str, birth: str = "1990-05-01") -> None:
    """From the sign-up page to where one wanted to go."""
    await walk.type("birth_on", birth)
    await walk.tick("consent")
    await walk.type("name", name)
    await walk.type("address", mobile)
    await walk.click("main form button.main")
    await walk.type("code", server.code_for(mobile))
    await walk.click("main form button.main")


async def organization_of(walk: Walk) -> str:
    """The path of the organization somebody acts for, found in their menu."""
    await walk.page.goto("/")
    links = walk.page.locator(".menu a[href^='/organizations/']")
    path = await links.first.get_attribute("href")
    assert path is not None
    return "/".join(path.split("/")[:3])


async def fill(walk: Walk, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        await walk.page.locator(f"[name='{name}']").fill(text)


async def post_a_need(walk: Walk, *, title: str, places: int = 2) -> str:
    """From the board's button through the template to the need's desk; the path of the need."""
    page = walk.page
    await page.goto(f"{await organization_of(walk)}/desk")
    await walk.follow(page.locator("a.main[href$='/needs/new']").first)
    await walk.follow(page.locator("a[href$='/needs/new/environment']"))
    await fill(walk, described(title) | {"day-0": days_from_now(4), "places-0": str(places)})
    for row in range(1, await page.locator("[name^='day-']").count()):
        await page.locator(f"[name='day-{row}']").fill("")
    await walk.click("main form .actions button.main")
    found = re.search(r"/needs/([0-9a-f-]{36})/desk", page.url)
    assert found, f"{page.url}\n{await walk.text()}"
    return f"/needs/{found[1]}"


def described(title: str) -> dict[str, str]:
    return {
        "title": title,
        "description": "一起把河边的垃圾捡干净，工具由社区准备。",
        "risks": "河边湿滑，请穿防滑鞋。",
        "address": "河滨路 8 号门口",
        "contact_name": "陈主任",
        "contact_phone": "0851-2600000",
    }
