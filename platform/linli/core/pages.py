"""Pages that belong to no domain: health, language, text size."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect
from sqlalchemy import text

from linli.core.i18n import LANGUAGES
from linli.core.web.given import Asked, Form, Session
from linli.core.web.security import anyone, is_https, may, safe_next

YEAR = 365 * 24 * 3600


@get("/health/live", opt=may(anyone) | {"without_database": True})
async def live() -> dict[str, str]:
    return {"status": "alive"}


@get("/health/ready", opt=may(anyone))
async def ready(session: Session) -> dict[str, str]:
    await session.execute(text("SELECT 1"))
    return {"status": "ready"}


@post("/language", opt=may(anyone) | {"without_database": True})
async def choose_language(request: Asked, form: Form) -> Response[Any]:
    return _keep(request, form, "language", form.one_of("language", LANGUAGES))


@post("/text-size", opt=may(anyone) | {"without_database": True})
async def choose_text_size(request: Asked, form: Form) -> Response[Any]:
    return _keep(request, form, "text", form.one_of("text", ("large", "normal")))


def _keep(request: Asked, form: Form, name: str, value: str | None) -> Response[Any]:
    response = Redirect(safe_next(form.typed.get("next")), status_code=303)
    if value:
        response.set_cookie(
            Cookie(
                key=f"linli-{name}",
                value=value,
                max_age=YEAR,
                samesite="lax",
                secure=is_https(request.app.state.settings),
                httponly=True,
                path="/",
            )
        )
    return response


router = Router("/", route_handlers=[live, ready, choose_language, choose_text_size])
