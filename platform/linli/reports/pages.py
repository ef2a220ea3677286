"""The figures: all of them for who watches over an area, and without small numbers for everybody."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, Router, get

from linli.core.web.given import Asked, Caller, Id, Now, QueryText, Session
from linli.core.web.security import anyone, may
from linli.core.web.templating import render
from linli.divisions.queries import county_of, parent, with_code
from linli.divisions.shown import named, path_named
from linli.organizations.policies import seat_in_path
from linli.organizations.queries import organization_with_id
from linli.organizations.rules import contains
from linli.reports.figures import Figures, figures_of, public_figures
from linli.reports.months import course_of
from linli.reports.policies import may_see_figures
from linli.reports.rules import FEWEST_SHOWN, SPANS_WEEKS, begins_at, digits_of_units, span_weeks
from linli.suggestions.outcomes import Area

Page = Response[Any]
PUBLIC: Final = "/figures"
TOWNSHIP_DIGITS: Final = 9


@get(PUBLIC, opt=may(anyone))
async def show_public_figures(
    request: Asked, session: Session, now: Now, place: QueryText = "", weeks: QueryText = ""
) -> Page:
    """Of the country or a place down to a county, by townships at the finest."""
    division = with_code(place)
    code = (county_of(division) or division).code if division else ""
    area, span = Area(code, digits_of_units(code, finest=TOWNSHIP_DIGITS)), span_weeks(weeks)
    figures = await public_figures(session, area=area, weeks=span, now=now)
    return _page(request, figures, area, now, base=PUBLIC, widest="", weeks=span, is_public=True)


@get("/organizations/{organization_id:uuid}/figures", opt=may(may_see_figures))
async def show_figures(
    request: Asked,
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    place: QueryText = "",
    weeks: QueryText = "",
) -> Page:
    seat = seat_in_path(caller, {"organization_id": organization_id})
    inside = with_code(place) and contains(seat.division, place)
    code, span = place if inside else seat.division, span_weeks(weeks)
    area = Area(code, digits_of_units(code))
    return _page(
        request,
        await figures_of(session, area=area, weeks=span, now=now, is_public=False),
        area,
        now,
        base=f"/organizations/{organization_id}/figures",
        widest=seat.division,
        weeks=span,
        organization=await organization_with_id(session, organization_id),
        seat=seat,
    )


def _page(
    request: Asked,
    figures: Figures,
    area: Area,
    now: Now,
    *,
    base: str,
    widest: str,
    weeks: int,
    is_public: bool = False,
    **values: Any,
) -> Page:
    finest = TOWNSHIP_DIGITS if is_public else 12

    def url(**changed: Any) -> str:
        asked = {"place": area.code, "weeks": weeks} | changed
        query = urlencode({name: str(value) for name, value in asked.items() if value})
        return f"{base}?{query}" if query else base

    division = with_code(area.code)
    above = parent(division) if division and area.code != widest else None
    return render(
        request,
        "reports/figures.html",
        figures=figures,
        course=course_of(figures.months),
        is_public=is_public,
        place=path_named(area.code),
        up=(named(above.code), url(place=above.code)) if above else None,
        leads_in=area.digits < finest,
        spans=[(each, url(weeks=each), each == weeks) for each in SPANS_WEEKS],
        url=url,
        begin=begins_at(now, weeks),
        fewest=FEWEST_SHOWN,
        **values,
    )


router = Router("/", route_handlers=[show_public_figures, show_figures])
