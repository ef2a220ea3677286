"""Worlds that stand: made once for each database, and looked at by many tests, each in its own transaction.

A test that asks for `world` begins with it in its database, in the `state` and `field` that are among its
parameters. A file that looks at another kind of world has a fixture `make_standing` of its own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from linli.core.config import Settings
from linli.core.db import Database
from linli.participation.rules import State
from tests.conftest import MadeOnce
from tests.linli.databases import copied
from tests.linli.world import FIELD, World, make_world

MakeWorld = Callable[..., Awaitable[World]]


@dataclass(frozen=True)
class Standing:
    database: Database
    world: World


@pytest.fixture
def make_standing() -> MakeWorld:
    return make_world


@pytest.fixture
async def standing(
    request: pytest.FixtureRequest,
    settings: Settings,
    pattern: Settings,
    made_once: MadeOnce,
    make_standing: MakeWorld,
    tmp_path_factory: pytest.TempPathFactory,
) -> Standing:
    params = request.node.callspec.params
    values = {"state": params.get("state", State.confirmed), "field": params.get("field", FIELD)}
    key = (settings.database_url, make_standing, *values.values())
    if key not in made_once.worlds:
        folder = tmp_path_factory.mktemp("world")
        made_once.worlds[key] = await made(await copied(pattern, settings, folder), make_standing, values)
    found: Standing = made_once.worlds[key]
    return found


async def made(settings: Settings, make: MakeWorld, values: dict[str, Any]) -> Standing:
    database = Database(settings)
    async with database.session(writes=True) as session:
        world = await make(session, **values)
        await session.commit()
    return Standing(database, world)


@pytest.fixture
def world(standing: Standing) -> World:
    return standing.world
