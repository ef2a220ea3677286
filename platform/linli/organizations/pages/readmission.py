"""A colleague has lost phone and paper: whoever has seen them in person lets them in again."""

from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.queries import account_with_id
from linli.core.errors import FieldErrors, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, Session
from linli.core.web.security import may
from linli.core.web.templating import done, locale_of, render
from linli.organizations import actions, forms, policies, queries
from linli.organizations.rules import ROLE_NAMES

Page = Response[Any]
PATH: Final = "/organizations/{organization_id:uuid}/readmission"


@get(PATH, opt=may(policies.may_readmit))
async def show_readmission(request: Asked, session: Session, caller: Caller, organization_id: Id) -> Page:
    return await _page(request, session, caller, organization_id)


@post(PATH, opt=may(policies.may_readmit))
async def readmit_member(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    try:
        membership_id = forms.read_readmission(form)
    except Invalid as refusal:
        return await _page(request, session, caller, organization_id, form=form, errors=refusal.errors)
    member = await actions.readmit_member(
        session,
        organization=await queries.organization_with_id(session, organization_id),
        membership_id=membership_id,
        by=await account_with_id(session, caller.account_id),
        now=now,
    )
    sentence = Message(
        "{name} can sign in with the password and sets up the second step anew.", name=member.name
    )
    return done(request, f"/organizations/{organization_id}/readmission", sentence)


async def _page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    organization_id: Id,
    *,
    form: Form | None = None,
    errors: FieldErrors | None = None,
) -> Page:
    members = await queries.members_with_factor(
        session, organization_id=organization_id, but=caller.account_id
    )
    language = locale_of(request)
    return render(
        request,
        "organizations/readmission.html",
        status=422 if errors else 200,
        organization=await queries.organization_with_id(session, organization_id),
        people=[
            (each.id, f"{each.name} · {ROLE_NAMES[each.role].in_language(language)}") for each in members
        ],
        typed=form.typed if form else {},
        errors=errors or FieldErrors(),
    )


handlers: Final = (show_readmission, readmit_member)
