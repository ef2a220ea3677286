"""Fresh databases beside the one that most tests share."""

import psycopg
from sqlalchemy.engine import make_url


def empty_postgresql(server_url: str, name: str) -> str:
    """The address of a new, empty database on a running PostgreSQL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)
