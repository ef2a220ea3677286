"""What all of /api has in common: only JSON comes in, and everything is described in one schema."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Router
from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException, HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from linli.core.web.security import SAFE_METHODS

BASE: Final = "/api/v1"
JSON: Final = "application/json"
ABOUT: Final = (
    "Needs, organizations, teams and suggestions for programs. Every call carries an access key that a "
    "person made under My account, and may do what that person may do, within the key's scopes."
)


class NotJson(HTTPException):
    status_code = 415


def api_router(handlers: Iterable[Any]) -> Router:
    """Every domain's calls for programs, below one path."""
    return Router(BASE, route_handlers=list(handlers), guards=[check_json])


async def check_json(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """After the policy: nothing but JSON, and JSON that can be read (nested 3,000 deep it cannot)."""
    if not isinstance(connection, Request) or connection.method in SAFE_METHODS:
        return
    kind, _ = connection.content_type
    body = await connection.body()
    if not body and not kind:
        return
    if kind != JSON:
        raise NotJson
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as failure:
        raise ClientException from failure


def schema_of(handlers: Iterable[Any], dependencies: Mapping[str, Any]) -> Callable[[], dict[str, Any]]:
    """The OpenAPI schema, made when it is first asked for.

    By an application of its own: Litestar's pages about a schema come from elsewhere, and are not ours.
    """
    routes = list(handlers)

    @cache
    def describe() -> dict[str, Any]:
        config = OpenAPIConfig(
            title="Linli",
            version="1",
            description=ABOUT,
            use_handler_docstrings=True,
            components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"key": []}],
        )
        described = Litestar([api_router(routes)], openapi_config=config, dependencies=dict(dependencies))
        return described.openapi_schema.to_schema()

    return describe
