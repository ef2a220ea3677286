"""Where one begins after signing in: at the desk one works at, or at one's own home."""

from typing import Any

from litestar import Response, Router, get

from linli.core.web.given import Asked, Caller, Session
from linli.core.web.htmx import go
from linli.core.web.security import may, signed_in
from linli.desks.places import places_of


@get("/start", opt=may(signed_in))
async def start(request: Asked, session: Session, caller: Caller) -> Response[Any]:
    places = await places_of(session, caller)
    return go(request, places[0].url)


router = Router("/", route_handlers=[start])
