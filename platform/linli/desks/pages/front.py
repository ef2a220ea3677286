"""The first page: what is needed near a chosen place, how it works, and the way in."""

from typing import Any

from litestar import Response, Router, get
from litestar.datastructures import Cookie

from linli.core import i18n
from linli.core.web.given import Asked, Now, QueryText, Session
from linli.core.web.security import anyone, is_https, may
from linli.core.web.templating import render
from linli.divisions.queries import county_of, with_code
from linli.divisions.rules import Division
from linli.divisions.search import search
from linli.divisions.shown import named, path_named
from linli.needs.filters import NeedFilter
from linli.needs.queries import open_needs

SHOWN = 6
PLACE_COOKIE = "linli-place"


@get("/", opt=may(anyone))
async def front_page(
    request: Asked, session: Session, now: Now, near: QueryText = "", place: QueryText = ""
) -> Response[Any]:
    found = search(near[:100], limit=8) if near else []
    chosen = with_code(place) or (found[0] if len(found) == 1 else None)
    chosen = chosen or with_code(request.cookies.get(PLACE_COOKIE, ""))
    county = county_of(chosen) or chosen if chosen else None
    page = await open_needs(
        session, now=now, chosen=NeedFilter(division=county), zone=i18n.zone(), size=SHOWN
    )
    response = render(
        request,
        "desks/front.html",
        cards=page.rows,
        more_url=NeedFilter(division=county).url(),
        near=near,
        place=named(county.code) if county else None,
        choices=[(path_named(each.code), f"/?place={each.code}", False) for each in found]
        if len(found) > 1
        else [],
        nothing_found=bool(near and not found),
    )
    if chosen:
        _remember(request, response, chosen)
    return response


def _remember(request: Asked, response: Response[Any], place: Division) -> None:
    response.set_cookie(
        Cookie(
            key=PLACE_COOKIE,
            value=place.code,
            max_age=365 * 24 * 3600,
            samesite="lax",
            secure=is_https(request.app.state.settings),
            httponly=True,
            path="/",
        )
    )


router = Router("/", route_handlers=[front_page])
