"""The application: the only file that knows every domain."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Router
from litestar.datastructures import State
from litestar.di import Provide

from linli.accounts import api as accounts_api
from linli.accounts import jobs as accounts_jobs
from linli.accounts import pages as accounts_pages
from linli.accounts.providers import Client, read_providers
from linli.accounts.seen import note_seen
from linli.conversations import jobs as conversations_jobs
from linli.conversations import pages as conversations_pages
from linli.core import api, i18n, pages
from linli.core.config import Settings
from linli.core.db import Database
from linli.core.jobs import Job, work
from linli.core.templates import create_templates
from linli.core.web import errors
from linli.core.web.api import api_router, schema_of
from linli.core.web.application import Application
from linli.core.web.csrf import check_form_token
from linli.core.web.forms import provide_form
from linli.core.web.limits import limit_requests
from linli.core.web.security import add_security_headers, ask_policy
from linli.core.web.sessions import (
    provide_caller,
    provide_now,
    provide_session,
    provide_visitor,
    request_session,
)
from linli.core.web.static import serve_static, static
from linli.desks import api as desks_api
from linli.desks import pages as desks_pages
from linli.desks.places import desk_path
from linli.dispatch import jobs as dispatch_jobs
from linli.dispatch import pages as dispatch_pages
from linli.insurance import pages as insurance_pages
from linli.needs import api as needs_api
from linli.needs import jobs as needs_jobs
from linli.needs import pages as needs_pages
from linli.notifications import jobs as notifications_jobs
from linli.notifications import pages as notifications_pages
from linli.organizations import api as organizations_api
from linli.organizations import jobs as organizations_jobs
from linli.organizations import pages as organizations_pages
from linli.organizations.queries import bearer_of_key, caller_of
from linli.participation import api as participation_api
from linli.participation import jobs as participation_jobs
from linli.participation import pages as participation_pages
from linli.reports import pages as reports_pages
from linli.rosters import jobs as rosters_jobs
from linli.rosters import pages as rosters_pages
from linli.suggestions import jobs as suggestions_jobs
from linli.suggestions.matcher import matcher
from linli.teams import api as teams_api
from linli.teams import pages as teams_pages
from linli.volunteers import jobs as volunteers_jobs
from linli.volunteers import pages as volunteers_pages
from linli.waves import jobs as waves_jobs

MAX_BODY_BYTES = 3_000_000


def routers() -> Sequence[Any]:
    """Every domain's pages."""
    return (
        pages.router,
        api.router,
        accounts_pages.router,
        needs_pages.router,
        organizations_pages.router,
        volunteers_pages.router,
        teams_pages.router,
        notifications_pages.router,
        conversations_pages.router,
        insurance_pages.router,
        participation_pages.router,
        rosters_pages.router,
        dispatch_pages.router,
        desks_pages.router,
        reports_pages.router,
        serve_static,
    )


def calls() -> Sequence[Any]:
    """Every domain's calls for programs."""
    return (
        *accounts_api.handlers,
        *needs_api.handlers,
        *participation_api.handlers,
        *desks_api.handlers,
        *organizations_api.handlers,
        *teams_api.handlers,
    )


def jobs(settings: Settings) -> Sequence[Job]:
    """Every domain's background work."""
    return (
        *notifications_jobs.jobs(settings),
        *accounts_jobs.JOBS,
        *organizations_jobs.JOBS,
        *volunteers_jobs.JOBS,
        *needs_jobs.JOBS,
        *conversations_jobs.JOBS,
        *participation_jobs.JOBS,
        *rosters_jobs.JOBS,
        *dispatch_jobs.JOBS,
        *suggestions_jobs.JOBS,
        *waves_jobs.JOBS,
    )


def working(settings: Settings, database: Database) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """While the server runs, it also does the background work."""

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(work(database, jobs(settings), stop))
        try:
            yield
        finally:
            stop.set()
            await task

    return lifespan


async def read_matcher() -> None:
    """Before the first person comes: whoever asks for suggestions first would wait for it."""
    await asyncio.to_thread(matcher)


def create_app(settings: Settings, database: Database | None = None) -> Application:
    i18n.use_time_zone(settings.zone)
    database = database or Database(settings)
    templates = create_templates()
    templates.globals |= {"static": static, "desk_path": desk_path}
    dependencies = {
        "session": Provide(provide_session),
        "caller": Provide(provide_caller),
        "visitor": Provide(provide_visitor),
        "now": Provide(provide_now),
        "form": Provide(provide_form),
    }
    return Application(
        route_handlers=[Router("/", route_handlers=list(routers())), api_router(calls())],
        guards=[ask_policy, check_form_token],
        dependencies=dependencies,
        middleware=[
            limit_requests(settings.requests_per_minute, per_key=settings.api_requests_per_minute),
            request_session(
                settings=settings,
                database=database,
                who_is=caller_of,
                who_bears=bearer_of_key,
                note_seen=note_seen,
            ),
        ],
        exception_handlers=errors.handlers(),
        before_send=[add_security_headers],
        lifespan=[working(settings, database)] if settings.work_in_server else [],
        on_startup=[read_matcher],
        on_shutdown=[database.close],
        state=State(
            {
                "settings": settings,
                "database": database,
                "templates": templates,
                "api_schema": schema_of(calls(), dependencies),
                "providers": {each.id: Client(each) for each in read_providers(settings).values()},
            }
        ),
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )
