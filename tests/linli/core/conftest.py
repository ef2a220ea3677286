"""The real application with a few routes more, which fail, wait, read and write as no page of ours does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from litestar import Router, get, post
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from linli.app import create_app
from linli.core.audit import record
from linli.core.config import Settings, read_settings
from linli.core.db import Database
from linli.core.errors import Conflict, Invalid, NotFound, NotPermitted, TooMany
from linli.core.forms import REQUIRED
from linli.core.i18n import Message
from linli.core.web.application import Application
from linli.core.web.given import Asked, Form, Now, PathText, Session
from linli.core.web.security import anyone, may, signed_in
from tests.conftest import DatabaseOfTheTest, MadeOnce, Visitor

THING = UUID(int=7)
TYPED = "a secret that somebody typed"
REFUSALS = {
    "not-found": NotFound(),
    "not-permitted": NotPermitted(),
    "conflict": Conflict(Message("One moment")),
    "too-many": TooMany(Message("One moment"), retry_after_seconds=7),
    "invalid": Invalid({"name": REQUIRED}),
}


@get("/probe/fail", opt=may(anyone))
async def fail(session: Session) -> None:
    raise ValueError(TYPED)


@get("/probe/refuse/{kind:str}", opt=may(anyone))
async def refuse(kind: PathText) -> None:
    raise REFUSALS[kind]


@get("/probe/slow", opt=may(anyone, seconds=0.1))
async def slow() -> None:
    await asyncio.sleep(60)


@get("/probe/mistake", opt=may(anyone))
async def mistake(session: Session) -> None:
    await session.execute(text("SELECT no_such_column"))


@post("/probe/echo", opt=may(anyone))
async def echo(request: Asked, form: Form) -> dict[str, Any]:
    return {
        "typed": form.typed,
        "text": form.text("name", longest=100),
        "whole": form.whole("n", least=0, most=9),
        "errors": sorted(form.errors),
    }


@post("/probe/write", opt=may(anyone))
async def write(session: Session, form: Form, now: Now) -> dict[str, str]:
    _record(session, now)
    if form.flag("fail"):
        raise Conflict(Message("One moment"))
    return {"status": "written"}


@get("/probe/write", opt=may(anyone, writes=True))
async def write_on_get(session: Session, now: Now) -> dict[str, str]:
    _record(session, now)
    return {"status": "written"}


@get("/probe/forgotten", opt=may(anyone))
async def write_without_saying(session: Session, now: Now) -> dict[str, str]:
    _record(session, now)
    return {"status": "forgotten"}


@post("/probe/insert", opt=may(anyone))
async def insert(session: Session, form: Form) -> dict[str, str]:
    """Straight into the database, as no action of ours would."""
    query = text("SELECT CAST(:value AS BIGINT) + 0, :word || ''")
    await session.execute(query, {"value": int(form.secret("n") or "0"), "word": form.secret("word")})
    return {"status": "read"}


@post("/probe/own", opt=may(signed_in))
async def own(form: Form) -> dict[str, str]:
    return {"status": "yours"}


@get("/probe/undeclared")
async def undeclared() -> None:
    """Without a policy nobody gets in."""


def _record(session: AsyncSession, now: datetime) -> None:
    record(session, action="probe", object_id=THING, now=now, actor_id=None)


ROUTES = Router(
    "/",
    route_handlers=[
        fail,
        refuse,
        slow,
        mistake,
        echo,
        write,
        write_on_get,
        write_without_saying,
        insert,
        own,
        undeclared,
    ],
)


def probed(settings: Settings, database: Database) -> Application:
    """With the deadline that people meet."""
    deadline = read_settings({}).request_seconds
    app = create_app(replace(settings, request_seconds=deadline), database)
    app.register(ROUTES)
    return app


@pytest.fixture(scope="session")
def probed_application(
    settings: Settings, made_once: MadeOnce, any_database: DatabaseOfTheTest
) -> Application:
    name = f"probed {settings.database_url}"
    if name not in made_once.applications:
        made_once.applications[name] = probed(settings, any_database)
    return made_once.applications[name]


@pytest.fixture
async def probe(
    probed_application: Application, any_database: DatabaseOfTheTest, database: Database, settings: Settings
) -> AsyncIterator[Visitor]:
    any_database.current = database
    async with Visitor(probed_application, database, settings) as visitor:
        yield visitor


@pytest.fixture
async def own_probe(
    probed_application: Application,
    any_database: DatabaseOfTheTest,
    own_database: Database,
    settings: Settings,
) -> AsyncIterator[Visitor]:
    """As `probe`, on a database where commits are real."""
    any_database.current = own_database
    async with Visitor(probed_application, own_database, settings) as visitor:
        yield visitor
