"""What the matcher has learnt: its versions, how good they are, which one serves, and the way back."""

from typing import Any, Final

from litestar import Response, Router, get, post

from linli.core.forms import clean
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.organizations.policies import may_decide_for_all, may_read_register, why_not_for_all
from linli.organizations.queries import organization_with_id
from linli.organizations.rules import Role
from linli.suggestions.learning.figures import ComparisonFigures, Plot, plot_of
from linli.suggestions.learning.queries import use_of, versions
from linli.suggestions.learning.versions import put_into_service

Page = Response[Any]
PATH: Final = "/organizations/{organization_id:uuid}/matcher"
LONGEST: Final = 80


@get(PATH, opt=may(may_read_register))
async def show_versions(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, version: QueryText = ""
) -> Page:
    bureau = await organization_with_id(session, organization_id)
    found = await versions(session)
    chosen = found.chosen(clean(version)[:LONGEST])
    seat = caller.seat_in(organization_id)
    is_staff = seat is not None and seat.role == Role.bureau_staff
    why_not = await why_not_for_all(session, bureau.division) if is_staff else None
    return render(
        request,
        "desks/matcher.html",
        organization=bureau,
        seat=seat,
        base=f"/organizations/{bureau.id}/matcher",
        versions=found,
        chosen=chosen,
        plot=_plot(chosen.figures) if chosen.figures else None,
        use=await use_of(session, chosen, now=now),
        may_switch=is_staff and why_not is None,
        why_not=why_not,
    )


@post(PATH, opt=may(may_decide_for_all))
async def switch_version(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    version_id = form.id("version")
    serves_now = form.text("serves", longest=LONGEST)
    form.check()
    said = await put_into_service(
        session,
        version_id=version_id,
        serves_now=serves_now,
        actor_id=caller.account_id,
        organization_id=organization_id,
        now=now,
    )
    return done(request, f"/organizations/{organization_id}/matcher", said)


def _plot(figures: ComparisonFigures) -> Plot:
    return plot_of(figures.said, figures.put_right.said if figures.put_right else ())


router = Router("/", route_handlers=[show_versions, switch_version])
