"""Where one begins after signing in: at the desk one works at, or at one's own home."""

from typing import Any, Final

from litestar import Response, Router, get

from linli.core.web.given import Asked, Caller
from linli.core.web.htmx import go
from linli.core.web.security import Seat, may, signed_in
from linli.organizations.rules import Role

# An officer has two minutes: the first page is the one with what waits for an answer.
DESKS: Final = {
    Role.officer: "desk",
    Role.social_worker: "desk",
    Role.coordinator: "desk",
    Role.bureau_staff: "register",
    Role.auditor: "audit",
}


@get("/start", opt=may(signed_in))
async def start(request: Asked, caller: Caller) -> Response[Any]:
    return go(request, desk_path(caller.seats[0]) if caller.seats else "/home")


def desk_path(seat: Seat) -> str:
    return f"/organizations/{seat.organization_id}/{DESKS[Role(seat.role)]}"


router = Router("/", route_handlers=[start])
