"""Alembic's entry: one line of migrations for both databases."""

from typing import Any, Literal

from advanced_alchemy.types import GUID, DateTimeUTC
from alembic import context

from linli.migrations import all_tables


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """The column types that the template of a migration imports by name."""
    return repr(item) if kind == "type" and isinstance(item, GUID | DateTimeUTC) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=all_tables(),
    render_as_batch=True,
    render_item=render_item,
    # SQLite names its column types too loosely to be compared.
    compare_type=connection.dialect.name != "sqlite",
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
