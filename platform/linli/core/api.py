"""What programs can call: a page to read, and the schema behind it."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import Response, Router, get

from linli.core.i18n import translate
from linli.core.web.given import Asked
from linli.core.web.security import anyone, may
from linli.core.web.templating import locale_of, render

SCHEMA: Final = "/api/v1/openapi.json"


@dataclass(frozen=True)
class Call:
    """One thing that a program can ask."""

    method: str
    path: str
    summary: str
    sent: str
    answered: str

    def command(self, base_url: str) -> str:
        """The call as somebody types it into a terminal."""
        parts = ["curl", f"-X {self.method}"] if self.method != "GET" else ["curl"]
        parts.append('-H "Authorization: Bearer $ACCESS_KEY"')
        if self.sent:
            parts.append(f"-H 'Content-Type: application/json' -d '{self.sent}'")
        return " ".join([*parts, base_url + self.path])

    @property
    def id(self) -> str:
        return f"{self.method}{self.path}".lower().replace("/", "-").replace("{", "").replace("}", "")


@get(SCHEMA, opt=may(anyone) | {"without_database": True})
async def show_schema(request: Asked) -> Response[bytes]:
    schema = msgspec.json.format(msgspec.json.encode(request.app.state.api_schema()), indent=2)
    return Response(schema, media_type="application/json")


@get("/api", opt=may(anyone))
async def show_api(request: Asked) -> Response[Any]:
    calls = calls_of(request.app.state.api_schema(), locale_of(request))
    return render(request, "core/api.html", calls=calls, schema=SCHEMA)


def calls_of(schema: dict[str, Any], language: str) -> list[Call]:
    return [
        Call(
            method=method.upper(),
            path=path,
            summary=translate(language, operation.get("summary", "")),
            sent=_example(operation.get("requestBody", {})),
            answered=_example(_success(operation)),
        )
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]


def _success(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        (each for status, each in operation["responses"].items() if status.startswith("2")), {}
    )
    return found


def _example(part: dict[str, Any]) -> str:
    """The first example of what is sent or answered, laid out to be read."""
    for content in part.get("content", {}).values():
        answered = [each["value"] for each in content.get("examples", {}).values()]
        for example in answered or content.get("schema", {}).get("examples", []):
            return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()
    return ""


router = Router("/", route_handlers=[show_schema, show_api])
