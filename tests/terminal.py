"""The `linli` command as an operator types it, and what it left in the database."""

import asyncio
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner, Result

from linli.cli import main
from linli.core.db import Database
from tests.conftest import settings_for

Linli = Callable[..., Result]


def run(url: str, *arguments: str, typed: str | None = None, **environ: str) -> Result:
    return CliRunner().invoke(main, arguments, input=typed, env={"LINLI_DATABASE_URL": url} | environ)


def rows(url: str, query: Any) -> list[Any]:
    async def read() -> list[Any]:
        database = Database(settings_for(url))
        try:
            async with database.session(writes=False) as session:
                return list(await session.scalars(query))
        finally:
            await database.close()

    return asyncio.run(read())
