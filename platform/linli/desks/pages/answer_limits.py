"""A bureau says within how many hours needs of its division must be answered."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, Session
from linli.core.web.security import may
from linli.core.web.templating import done, render
from linli.divisions.shown import path_named
from linli.needs.limits import Hours, as_seen, limits_of, own_hours, read_limits, set_limits
from linli.needs.rules import PRIORITY_NAMES
from linli.organizations.models import Organization
from linli.organizations.policies import member_of_path_organization
from linli.organizations.queries import organization_with_id
from linli.organizations.rules import Role

Page = Response[Any]
PATH: Final = "/organizations/{organization_id:uuid}/answer-limits"
may_set_limits = member_of_path_organization(Role.bureau_staff, verified=True)


@get(PATH, opt=may(may_set_limits))
async def show_limits(request: Asked, session: Session, caller: Caller, organization_id: Id) -> Page:
    bureau = await organization_with_id(session, organization_id)
    return await _page(request, session, caller, bureau)


@post(PATH, opt=may(may_set_limits))
async def change_limits(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    bureau = await organization_with_id(session, organization_id)
    try:
        await set_limits(
            session,
            bureau=bureau,
            hours=read_limits(form),
            seen=form.text("seen", longest=200),
            account_id=caller.account_id,
            now=now,
        )
    except Invalid as refusal:
        return await _page(request, session, caller, bureau, form=form, errors=refusal.errors)
    except Conflict as refusal:
        errors = {"": refusal.sentence}
        return await _page(request, session, caller, bureau, form=form, errors=errors, status=409)
    return done(request, request.scope["path"], Message("Saved. It counts for needs posted from now on."))


async def _page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    bureau: Organization,
    *,
    form: Form | None = None,
    errors: Mapping[str, Message] | None = None,
    status: int = 422,
) -> Page:
    """After a stale edit what is kept now stands beside each field, and saving again overwrites it."""
    limits = await limits_of(session, bureau.division)
    kept = own_hours(limits)
    return render(
        request,
        "desks/answer_limits.html",
        status=status if errors else 200,
        organization=bureau,
        seat=caller.seat_in(bureau.id),
        limits=limits,
        names=PRIORITY_NAMES,
        home=path_named(bureau.division),
        widers={each.otherwise_from: path_named(each.otherwise_from) for each in limits},
        typed=form.typed if form else _typed_from(kept),
        seen=form.typed.get("seen", "") if form and status == 422 else as_seen(kept),
        is_stale=status == 409,
        errors=errors or {},
    )


def _typed_from(hours: Hours) -> dict[str, str]:
    return {priority.value: "" if each is None else str(each) for priority, each in hours.items()}


router = Router("/", route_handlers=[show_limits, change_limits])
