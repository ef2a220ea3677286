"""What all commands share: settings, a database that is ready, and refusals as one sentence."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import click
from alembic.util import CommandError
from rich.console import Console
from rich.markup import escape
from sqlalchemy.exc import DBAPIError, OperationalError

from linli.core import i18n
from linli.core.config import BadSettings, Settings, read_settings
from linli.core.db import Database
from linli.core.errors import Invalid, Refusal
from linli.core.seed_files import SeedError
from linli.migrations import current_revision, newest_revision

P = ParamSpec("P")
T = TypeVar("T")

DATABASE_SILENT: Final = (
    "The database cannot be reached or is busy. Please look at LINLI_DATABASE_URL and try again."
)


class Commands(click.Group):
    """Turns every refusal into one sentence on standard error and an exit code; no traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Refusal as refusal:
            raise click.ClickException(in_words(refusal)) from refusal
        except (BadSettings, SeedError) as problem:
            raise click.ClickException(str(problem)) from problem
        except OperationalError as problem:
            raise click.ClickException(DATABASE_SILENT) from problem
        except CommandError as problem:
            raise click.ClickException(
                "This database belongs to another version of Linli. Please use that one, or another database."
            ) from problem
        except DBAPIError as problem:
            raise click.ClickException(
                f"The database refused this: {type(problem.orig).__name__}."
            ) from problem


def language() -> str:
    """The language of sentences that the rules say; chosen by `linli --language`."""
    context = click.get_current_context(silent=True)
    return str(context.find_root().params.get("language") or "en") if context else "en"


def in_words(refusal: Refusal) -> str:
    if isinstance(refusal, Invalid):
        named = {name: sentence.in_language(language()) for name, sentence in refusal.errors.items()}
        # "file" and "" are the thing as a whole.
        parts = (f"{name}: {text}" if name not in {"", "file"} else text for name, text in named.items())
        return "\n".join(parts)
    return refusal.sentence.in_language(language())


def say(text: str = "") -> None:
    """A line for people. What others wrote must go through `plain` first."""
    Console(highlight=False, soft_wrap=True).print(text)


def plain(text: object) -> str:
    """Somebody else's text, so that the terminal takes nothing in it for markup."""
    return escape(str(text))


def console() -> Console:
    """For tables and bars; as wide as the screen, or as wide as needed where there is none."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 160)


def settings_of_process(**overrides: Any) -> Settings:
    settings = read_settings(**overrides)
    i18n.use_time_zone(settings.zone)
    return settings


@asynccontextmanager
async def ready_database(settings: Settings) -> AsyncIterator[Database]:
    """The database with today's tables; otherwise the sentence says what to type."""
    database = Database(settings)
    try:
        if await current_revision(database) != newest_revision():
            raise click.ClickException("The database is not up to date. Please type: linli migrate")
        yield database
    finally:
        await database.close()


def runs(command: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Lets a command be an async function."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return asyncio.run(command(*args, **kwargs))

    return run
