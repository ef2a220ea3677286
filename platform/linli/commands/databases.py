"""`linli migrate`."""

import click
from alembic.util import CommandError

from linli.commands.terminal import runs, say, settings_of_process
from linli.core.db import Database
from linli.migrations import current_revision
from linli.migrations import migrate as move


@click.command()
@click.option(
    "--to", "revision", default="head", show_default=True, help="A revision, -1 for one back, or base."
)
@runs
async def migrate(revision: str) -> None:
    """Bring the database's tables to today's shape, or to another revision."""
    database = Database(settings_of_process())
    try:
        before = await current_revision(database)
        await move(database, revision)
        after = await current_revision(database)
    except CommandError:
        raise click.ClickException(f"There is no revision {revision}.") from None
    finally:
        await database.close()
    say(f"The database is at {after or 'base'}" + (" already." if before == after else "."))
