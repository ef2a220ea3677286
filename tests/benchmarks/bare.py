"""A bare page of the same stack with one query of twenty rows: below this no page of ours can come.

Run with ``python -m tests.benchmarks.bare DATABASE_URL PORT``.
"""

import sys
from typing import Any

import uvicorn
from jinja2 import Environment
from litestar import Litestar, Response, get
from sqlalchemy import func, select

from linli.core.config import Settings, read_settings
from linli.core.db import Database
from linli.needs.models import Need, Shift

ROWS = 20
PAGE = Environment(autoescape=True).from_string(
    "<!doctype html><title>Needs</title><ul>{% for row in rows %}"
    "<li><a href='/needs/{{ row.id }}'>{{ row.title }}</a> {{ row.starts_at }} {{ row.places }}</li>"
    "{% endfor %}</ul>"
)


def bare_app(settings: Settings) -> Litestar:
    database = Database(settings)
    query = (
        select(Need.id, Need.title, Shift.starts_at, Shift.places)
        .join(Shift, Shift.need_id == Need.id)
        .where(Shift.starts_at > func.now())
        .order_by(Shift.starts_at)
        .limit(ROWS)
    )

    @get("/")
    async def page() -> Response[Any]:
        async with database.session(writes=False) as session:
            rows = (await session.execute(query)).all()
        return Response(PAGE.render(rows=rows), media_type="text/html")

    @get("/health/ready")
    async def ready() -> str:
        return "ready"

    return Litestar([page, ready], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    url, port = sys.argv[1:]
    uvicorn.run(
        bare_app(read_settings({}, database_url=url)), port=int(port), access_log=False, log_level="error"
    )
