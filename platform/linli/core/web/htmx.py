"""What htmx asks and how it is answered."""

from typing import Any

from litestar import Request, Response
from litestar.response import Redirect


def is_htmx(request: Request[Any, Any, Any]) -> bool:
    """True for a fragment; a boosted or restored page wants the whole."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Boosted") != "true"


def go(request: Request[Any, Any, Any], path: str) -> Response[Any]:
    """Send the person on after a write: 303, or htmx's own header so that it loads the page."""
    if is_htmx(request):
        return Response(content="", status_code=200, headers={"HX-Redirect": path})
    return Redirect(path, status_code=303)
