"""Journeys: a real browser against a real server, once on SQLite and once on PostgreSQL.

    async def test_somebody_signs_up(visit: Visit) -> None:
        person = await visit(PHONE)
        await person.page.goto("/")
        await expect_no_violations(person.page)

Whatever a page does wrong under a person (an error in the console, a request that fails, an answer of 400
or more that was not expected) fails the journey; then screenshots lie in build/journeys.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Final

import pytest
from playwright.async_api import Browser, async_playwright

from tests.databases import empty_postgresql
from tests.house import expect_none
from tests.journeys.browser import FLAGS, PHONE, Look, Person, find_chromium, new_person, take_screenshot
from tests.journeys.server import Server, free_port, running_server
from tests.linli.accounts.providers.standing import certified_provider, write_providers

Visit = Callable[..., Awaitable[Person]]
DATABASES: Final = ("sqlite", "postgresql")
BUILD_A_TOWN: Final = ("demo", "--size", "town", "--quiet")
REPORT = pytest.StashKey[pytest.TestReport]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.journey)
    told = told_again(items)
    config.hook.pytest_deselected(items=told)
    items[:] = [item for item in items if item not in told]


def told_again(items: list[pytest.Item]) -> list[pytest.Item]:
    """Stories in a look in which they are walked over the other database.

    Language, width, colours and scripts make a difference in the browser and none in what the database is
    asked, and which database is behind a page does not show in it: a story is walked once in each of its
    looks, by turns over SQLite and over PostgreSQL. One that has a single look is walked over both.
    """
    walks: dict[str, dict[str, list[pytest.Item]]] = {}
    for item in items:
        values = values_of(item)
        if "server" in values and "look" in values:
            story = walks.setdefault(item.nodeid.partition("[")[0], {})
            story.setdefault(str(values["look"]), []).append(item)
    return [
        item
        for story in walks.values()
        for number, walked in enumerate(story.values())
        for item in walked
        if len(walked) > 1 and values_of(item)["server"] not in walked_over(number, of=len(story))
    ]


def walked_over(number: int, *, of: int) -> Sequence[str]:
    """The databases over which a story is walked in this one of its looks."""
    return DATABASES if of == 1 else (DATABASES[number % 2],)


def values_of(item: pytest.Item) -> dict[str, Any]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report


@pytest.fixture(scope="session", params=DATABASES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo town and its server, for all journeys of one run; beside it a city's sign-in."""
    folder = tmp_path_factory.mktemp("journeys")
    if request.param == "sqlite":
        database_url = f"sqlite:///{folder / 'linli.sqlite'}"
    else:
        database_url = empty_postgresql(request.getfixturevalue("postgresql_url"), "journeys")
    port = free_port()
    with certified_provider(f"http://127.0.0.1:{port}") as city:
        known = write_providers(folder / "providers.toml", city)
        with running_server(
            database_url, folder, port=port, first=BUILD_A_TOWN, LINLI_SIGN_IN_PROVIDERS=str(known)
        ) as running:
            yield running


@pytest.fixture(scope="session")
def town(server: Server) -> Server:
    """Where the stories happen."""
    return server


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture
async def visit(request: pytest.FixtureRequest, browser: Browser, server: Server) -> AsyncIterator[Visit]:
    """Opens a browser for one more person: `await visit(DESK)`."""
    people: list[Person] = []
    own_look = values_of(request.node).get("look")

    async def come(look: Look = PHONE) -> Person:
        meets_axe = server.is_sqlite or look == own_look
        people.append(await new_person(browser, look, server, meets_axe=meets_axe))
        return people[-1]

    yield come
    report = request.node.stash.get(REPORT, None)
    name = re.sub(r"[^\w-]+", "-", request.node.name)
    for number, person in enumerate(people, start=1):
        if person.troubles or report is None or report.failed:
            await take_screenshot(person.page, f"{name}-{number}")
        await person.context.close()
    expect_none(trouble for person in people for trouble in person.troubles)


@pytest.fixture
async def person(visit: Visit, request: pytest.FixtureRequest) -> Person:
    """One person with a phone, or `@pytest.mark.parametrize("person", LOOKS, indirect=True, ids=str)`."""
    return await visit(getattr(request, "param", PHONE))
