"""Journeys: a real browser against a real server, once on SQLite and once on PostgreSQL.

    async def test_somebody_signs_up(visit: Visit) -> None:
        person = await visit(PHONE)
        await person.page.goto("/")
        await expect_no_violations(person.page)

Whatever a page does wrong under a person (an error in the console, a request that fails, an answer of 400
or more that was not expected) fails the journey; then screenshots lie in build/journeys.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from tests.databases import empty_postgresql
from tests.house import expect_none
from tests.journeys.browser import FLAGS, PHONE, Look, Person, find_chromium, new_person, take_screenshot
from tests.journeys.server import Server, free_port, running_server
from tests.linli.accounts.providers.standing import certified_provider, write_providers

Visit = Callable[..., Awaitable[Person]]
REPORT = pytest.StashKey[pytest.TestReport]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.journey)
    told = told_again(items)
    config.hook.pytest_deselected(items=told)
    items[:] = [item for item in items if item not in told]


def told_again(items: list[pytest.Item]) -> list[pytest.Item]:
    """Stories over PostgreSQL in another look than their first.

    Language, width, colours and scripts make a difference in the browser and none in what the database is
    asked: a story is walked in all its looks over SQLite, and in the first of them over PostgreSQL.
    """
    told, first = [], set()
    for item in items:
        values = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        if values.get("server") == "postgresql" and "look" in values:
            story = item.nodeid.partition("[")[0]
            if story in first:
                told.append(item)
            first.add(story)
    return told


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A migrated, empty database and its server, for all journeys of one run; beside it a city's sign-in."""
    folder = tmp_path_factory.mktemp("journeys")
    if request.param == "sqlite":
        database_url = f"sqlite:///{folder / 'linli.sqlite'}"
    else:
        database_url = empty_postgresql(request.getfixturevalue("postgresql_url"), "journeys")
    port = free_port()
    with certified_provider(f"http://127.0.0.1:{port}") as city:
        known = write_providers(folder / "providers.toml", city)
        with running_server(database_url, folder, port=port, LINLI_SIGN_IN_PROVIDERS=str(known)) as running:
            yield running


@pytest.fixture(scope="session")
def town(server: Server) -> Server:
    """The demo town, in which the stories happen."""
    server.linli("demo", "--size", "town", "--quiet")
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

    async def come(look: Look = PHONE) -> Person:
        people.append(await new_person(browser, look, server))
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
