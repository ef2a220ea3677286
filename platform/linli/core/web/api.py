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
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Components, Example, SecurityScheme

from linli.core.errors import Invalid
from linli.core.web.bodies import NOT_OFFERED, unfit
from linli.core.web.security import SAFE_METHODS

BASE: Final = "/api/v1"
JSON: Final = "application/json"
ABOUT: Final = (
    "Needs, organizations, teams and suggestions for programs. Every call carries an access key that a "
    "person made under My account, and may do what that person may do, within the key's scopes."
)
REFUSAL: Final = {
    "description": "Why it was refused, in the language of the key's holder, and for which fields.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "reference"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "reference": {"type": "string"},
                    "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            }
        }
    },
}


class NotJson(HTTPException):
    status_code = 415


def api_router(handlers: Iterable[Any]) -> Router:
    """Every domain's calls for programs, below one path."""
    return Router(BASE, route_handlers=list(handlers), guards=[check_json])


def answers(example: msgspec.Struct, status: int = 200) -> dict[int, ResponseSpec]:
    """What a call answers, shown by an example without nulls: Litestar leaves those out."""
    shown = Example(value=msgspec.to_builtins(example))
    about = (type(example).__doc__ or "").partition("\n")[0]
    return {status: ResponseSpec(type(example), examples=[shown], description=about)}


def refuse_unknown(**asked: tuple[str, object]) -> None:
    """A filter that names nothing is refused: a program would take the whole list for its answer.

    Each is what was sent, and what that was read as.
    """
    unknown = {name: NOT_OFFERED for name, (sent, read) in asked.items() if sent and not read}
    if unknown:
        raise Invalid(unknown)


async def check_json(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """After the policy: nothing but JSON that can be read (nested 3,000 deep it cannot), as the call asks."""
    if not isinstance(connection, Request) or connection.method in SAFE_METHODS:
        return
    kind, _ = connection.content_type
    body = await connection.body()
    if not body and not kind:
        return
    if kind != JSON:
        raise NotJson
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as failure:
        raise ClientException from failure
    wanted = handler.parsed_data_field
    if wanted is not None and (refused := unfit(sent, wanted.annotation)):
        raise Invalid(refused)


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
        return _with_refusals(described.openapi_schema.to_schema())

    return describe


def _with_refusals(schema: dict[str, Any]) -> dict[str, Any]:
    """Ours in place of those that Litestar describes: `linli.core.web.errors` makes them all."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            done = {status: each for status, each in operation["responses"].items() if status[0] == "2"}
            operation["responses"] = done | {"default": REFUSAL}
    return schema
