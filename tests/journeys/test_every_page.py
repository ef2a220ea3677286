"""Every page there is, as whoever it is for sees it: axe finds nothing, and nothing scrolls sideways.

In Chinese and in English by turns on the two databases; each page light on a phone, then dark on a desk: axe
looks at the one over SQLite and at the other over PostgreSQL.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import pytest
from litestar.routes import HTTPRoute
from playwright.async_api import FilePayload, Page

from linli.app import create_app
from linli.core.config import read_settings
from tests.house import expect_none
from tests.journeys.browser import DESK, PHONE, Look, expect_no_sideways_scrolling, expect_no_violations
from tests.journeys.conftest import Visit
from tests.journeys.server import Server
from tests.journeys.steps import (
    BUREAU,
    COORDINATOR,
    HTML_LANGUAGES,
    OFFICER,
    VOLUNTEER,
    Walk,
    choose_language,
    organization_of,
    sign_in,
)

VISITOR: Final = ""
NOWHERE: Final = "/nowhere"
HEIGHT: Final = 844


class Wear(NamedTuple):
    width: int
    scheme: Literal["light", "dark"]


LIGHT_PHONE: Final = Wear(PHONE.width, "light")
DARK_DESK: Final = Wear(DESK.width, "dark")
# Where each of them goes; what stands in braces is found on the way.
PAGES: Final = {
    VISITOR: (
        "/",
        "/?near=花",
        "/needs",
        "/needs?near=nowhere",
        "/needs/{need}",
        "/teams",
        "/teams?near=nowhere",
        "/teams/{team}",
        "/organizations",
        "/organizations?near=nowhere",
        "/figures",
        "/figures?place=522725&weeks=52",
        "/organizations/new",
        "/sign-up",
        "/sign-in",
        "/confirm",
        "/second-step",
        "/reset-password",
        "/reset-password/confirm",
        "/privacy",
        "/api",
        "/dev/mailbox",
        NOWHERE,
    ),
    VOLUNTEER: (
        "/home",
        "/home?order=newest&show=all",
        "/commitments",
        "/participations/{participation}",
        "/needs/{need}",
        "/me/notices",
        "/me/teams",
        *(
            f"/teams/{{team}}{page}"
            for page in ("", "/desk", "/needs", "/dispatch", "/calendar", "/roster", "/invite", "/edit")
        ),
        "/dispatch/{dispatch}",
        "/join/{token}",
        "/teams/new",
        "/me/conversations",
        "/me/reports",
        "/conversations/{conversation}",
        "/conversations/{conversation}/report",
        "/messages/{message}/report",
        "/needs/{need}/question",
        "/needs/{need}/report",
        "/organizations/{asker}/report",
        "/together/{link}",
        "/me/volunteer",
        "/me/volunteer/asking",
        *(f"/me/volunteer/{part}" for part in ("about", "fields", "languages", "place", "skills", "week")),
        "/me/credentials",
        "/me/memberships",
        "/organizations/new",
        "/me/account",
        "/me/account/password",
        "/me/account/second-step",
        "/me/account/second-step/new",
        "/me/account/programs",
        "/me/account/address",
        "/me/account/address/confirm",
        "/me/data",
        "/me/suggestions",
        "/needs/{need}/why",
    ),
    OFFICER: (
        "/organizations/{organization}",
        "/organizations/{organization}/desk",
        "/organizations/{organization}/desk?show=drafts",
        "/organizations/{organization}/desk?show=ended",
        "/organizations/{organization}/needs/new",
        "/organizations/{organization}/needs/new/elder_company",
        "/organizations/{organization}/needs/new/blank",
        "/organizations/{organization}/registration",
        "/organizations/{organization}/edit",
        "/organizations/{organization}/members",
        "/organizations/{organization}/readmission",
        "/organizations/{organization}/teams",
        "/organizations/{organization}/teams?show=ended",
        "/organizations/{organization}/teams/new",
        "/organizations/{organization}/people",
        "/organizations/{organization}/people/new",
        "/organizations/{organization}/people/duplicates",
        "/organizations/{organization}/registered/{registered}",
        "/organizations/{organization}/roster/imports/{import}",
        "/organizations/{organization}/dispatch",
        "/teams/{team}/ask-for-help",
        "/organizations/{organization}/credentials",
        "/organizations/{organization}/reports",
        "/organizations/{organization}/blocks",
        "/organizations/{organization}/people/{person}/block",
        "/conversations/{conversation}",
        "/organizations/{organization}/insurance",
        "/organizations/{organization}/insurance/new",
        *(
            f"/needs/{{need}}{page}"
            for page in (
                "",
                "/desk",
                "/desk/teams",
                "/desk/organizations",
                "/desk/ways",
                "/desk/change",
                "/dispatch",
                "/dispatch/team/{team}",
                "/dispatch/organization/{charity}",
                "/conversations",
                "/message",
                "/edit",
                "/edit/with?way=",
                "/sheet",
                "/roster",
                "/again",
                "/cancel",
            )
        ),
    ),
    BUREAU: (
        "/organizations/{organization}",
        "/organizations/{organization}/waiting",
        "/organizations/{organization}/unanswered",
        "/organizations/{organization}/figures",
        "/organizations/{organization}/figures?weeks=52",
        "/organizations/{organization}/register",
        "/organizations/{organization}/register?show=verified",
        "/organizations/{organization}/audit",
        "/organizations/{organization}/audit?group=looks&name=nowhere",
        "/organizations/{organization}/matcher",
        "/organizations/{organization}/reports",
        "/organizations/{organization}/reports?show=answered",
        "/organizations/{organization}/blocks",
        "/organizations/{organization}/answer-limits",
        "/organizations/{organization}/register?show=appeals",
        "/organizations/{organization}/register/{subject}",
        "/organizations/{organization}/members",
        "/organizations/{organization}/credentials",
    ),
    COORDINATOR: (
        "/organizations/{organization}/waiting",
        "/organizations/{organization}/desk",
        "/organizations/{organization}/fitting-needs",
        "/organizations/{organization}/fitting-needs?order=newest",
    ),
}
WHERE_NEEDS_ARE: Final = {
    VISITOR: "/needs",
    VOLUNTEER: "/home",
    OFFICER: "/organizations/{organization}/desk",
}
# The volunteer leads the one they find.
WHERE_TEAMS_ARE: Final = {VISITOR: "/teams", VOLUNTEER: "/me/teams"}
# Answers to machines, what leads on to another page, and fragments of pages that are on the list.
NO_PAGES: Final = {
    "/start",
    "/sign-in/with/{provider_id}",
    "/sign-in/with/{provider_id}/return",
    "/health/live",
    "/health/ready",
    "/static/{path}",
    "/places",
    "/organizations/places",
    "/organizations/areas",
    "/organizations/{organization_id}/documents/{document_id}",
    "/organizations/{organization_id}/register/{subject_id}/documents/{document_id}",
    "/needs/{need_id}/desk/people",
    "/me/data.json",
    "/api/v1/openapi.json",
    "/api/v1/me",
    "/organizations/{organization_id}/roster.csv",
    "/organizations/{organization_id}/roster.xlsx",
    "/api/v1/needs",
    "/api/v1/needs/{need_id}",
    "/api/v1/needs/{need_id}/suggestions",
    "/api/v1/organizations",
    "/api/v1/organizations/{organization_id}",
    "/api/v1/organizations/{organization_id}/needs",
    "/api/v1/teams",
    "/api/v1/teams/{team_id}",
    "/participations/{participation_id}/calendar.ics",
    "/team-calendar/{feed}",
}
# Seen on the way of a story that alone leads there.
IN_A_STORY: Final = {
    "/sign-in/new",  # test_city_account
    "/me/account/connect",
}


def pages_that_exist() -> set[str]:
    routes = create_app(read_settings({}, database_url="sqlite:///:memory:")).routes
    reading = {each.path for each in routes if isinstance(each, HTTPRoute) and "GET" in each.methods}
    return {re.sub(r":[a-z]+}", "}", path) for path in reading} - NO_PAGES - IN_A_STORY


def leads_to(page: str, visited: str) -> bool:
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", page), visited.partition("?")[0]) is not None


def test_every_page_that_exists_is_on_somebodys_way() -> None:
    ways = [path for way in PAGES.values() for path in way]
    expect_none(page for page in pages_that_exist() if not any(leads_to(page, path) for path in ways))


@pytest.mark.parametrize("who", PAGES, ids=lambda who: who.partition("@")[0] or "visitor")
async def test_every_page_is_accessible(
    visit: Visit, town: Server, request: pytest.FixtureRequest, who: str
) -> None:
    walk = Walk(await visit(Look(language_of(request.node.name, who))))
    walk.person.expects(404)
    if who:
        await sign_in(walk, who, town)
    await choose_language(walk)
    found, wears = await things_found(walk, who), [LIGHT_PHONE, DARK_DESK]
    looked_at = wears[second_of_two(request.node.name)]
    await wear(walk.page, wears[0])
    for path in PAGES[who]:
        await look_closely(walk, path.format(**found), wears, meets_axe=looked_at)
        # The next page begins as this one ended: none is dressed anew only to be left.
        wears.reverse()


def second_of_two(test: str) -> bool:
    """Which of two ways of looking it is, by turns on the two databases."""
    return "postgresql" in test


def language_of(test: str, who: str) -> str:
    """By turns, so that every page is seen in both languages over both databases."""
    return ("zh", "en")[(list(PAGES).index(who) + second_of_two(test)) % 2]


async def things_found(walk: Walk, who: str) -> dict[str, str]:
    """The ids of a need, of one's own place and organization, from links that this person is shown."""
    found = dict.fromkeys(
        (
            "need",
            "participation",
            "organization",
            "team",
            "token",
            "conversation",
            "message",
            "asker",
            "person",
            "link",
            "subject",
            "registered",
            "import",
        ),
        "",
    )
    if who in {OFFICER, BUREAU, COORDINATOR}:
        found["organization"] = (await organization_of(walk)).split("/")[2]
    if who == BUREAU:
        register = f"/organizations/{found['organization']}/register"
        found["subject"] = await id_in_link(walk, register, ".card-title a", part=4)
    if who == OFFICER:
        found |= await people_made(walk, found["organization"])
    if who in WHERE_NEEDS_ARE:
        found["need"] = await id_in_link(walk, WHERE_NEEDS_ARE[who].format(**found), ".card-title a")
    if who in WHERE_TEAMS_ARE:
        found["team"] = await id_in_link(walk, WHERE_TEAMS_ARE[who], ".card-title a")
    if who == VOLUNTEER:
        await walk.page.goto(f"/teams/{found['team']}/invite")
        found["token"] = (await walk.page.locator(".qr .number").inner_text()).rpartition("/")[2]
        found["participation"] = await id_in_link(walk, "/commitments", "a[href$='/calendar.ics']")
        found["conversation"] = await id_in_link(walk, "/me/conversations", ".card-title a")
        conversation = f"/conversations/{found['conversation']}"
        found["message"] = await id_in_link(walk, conversation, "a[href^='/messages/']")
        organization = "form[action^='/organizations/']"
        found["asker"] = await id_in_link(walk, conversation, organization, attribute="action")
        found["link"] = await link_of_a_group(walk)
        found["dispatch"] = await id_in_link(walk, f"/teams/{found['team']}/dispatch", ".card-title a")
    if who == OFFICER:
        found["conversation"] = await id_in_link(walk, "/me/notices", "a[href^='/conversations/']")
        found["team"] = await id_in_link(walk, "/teams", ".card-title a")
        found["charity"] = await id_in_link(walk, "/organizations", ".card-title a")
        person = await link_of(walk, f"/conversations/{found['conversation']}", "a[href*='/people/']")
        found["person"] = person.split("/")[4]
    return found


async def link_of_a_group(walk: Walk) -> str:
    """Started where it can be: a time that is this person's own has no such button."""
    for card in range(10):
        await walk.page.goto("/home?order=newest&show=all")
        await walk.follow(walk.page.locator("main .card-title a").nth(card))
        button = walk.page.locator("main form[action$='/together'] button")
        if await button.count():
            await walk.page.locator("main details:has(form[action$='/together']) summary").first.click()
            await button.first.click()
            await walk.page.wait_for_url("**/together/*")
            return walk.page.url.rpartition("/")[2]
    raise AssertionError("nowhere two places are free")


async def people_made(walk: Walk, organization: str) -> dict[str, str]:
    """Somebody without a phone is registered, and a file compared: the demo has neither."""
    page, people = walk.page, f"/organizations/{organization}/people"
    await page.goto(f"{people}/new")
    await page.locator("[name='name']").fill("石阿婆")
    await page.locator("[name='birth_on']").fill("1950-05-01")
    await page.locator("[name='agree']").check()
    await walk.follow(page.locator("main form button.main"))
    registered = page.url.rpartition("/")[2]
    await page.goto(people)
    await page.locator("main details summary").first.click()
    rows = "id,name,birth_on,community\n,石阿公,1948-01-02,nowhere\n".encode()
    file: FilePayload = {"name": "roster.csv", "mimeType": "text/csv", "buffer": rows}
    await page.locator("[name='file']").set_input_files(file)
    await walk.follow(page.locator("main form[enctype] button"))
    return {"registered": registered, "import": page.url.rpartition("/")[2].partition("?")[0]}


async def id_in_link(walk: Walk, path: str, link: str, attribute: str = "href", part: int = 2) -> str:
    return (await link_of(walk, path, link, attribute)).split("/")[part]


async def link_of(walk: Walk, path: str, link: str, attribute: str = "href") -> str:
    await walk.page.goto(path)
    address = await walk.page.locator(f"main {link}").first.get_attribute(attribute)
    assert address is not None
    return address


async def look_closely(walk: Walk, path: str, wears: Sequence[Wear], *, meets_axe: Wear) -> None:
    """Light on a phone and dark on a desk, without loading the page again."""
    page, (first, second) = walk.page, wears
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == (404 if path == NOWHERE else 200), path
    await look_at(page, first, meets_axe)
    await wear(page, second)
    await look_at(page, second, meets_axe)
    assert await page.locator("html").get_attribute("lang") == HTML_LANGUAGES[walk.person.look.language]


async def look_at(page: Page, look: Wear, meets_axe: Wear) -> None:
    """On a phone in large letters as well."""
    if look == meets_axe:
        await expect_no_violations(page)
    await expect_no_sideways_scrolling(page)
    if look == LIGHT_PHONE:
        await page.evaluate("document.documentElement.dataset.text = 'large'")
        await expect_no_sideways_scrolling(page)
        await page.evaluate("delete document.documentElement.dataset.text")


async def wear(page: Page, look: Wear) -> None:
    # Colours that fade into each other would be measured halfway.
    await page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
    await page.set_viewport_size({"width": look.width, "height": HEIGHT})
