"""Where I belong, and where I am invited: yes or no."""

from typing import Any

from litestar import Response, get, post

from linli.accounts.queries import account_with_id
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Id, Now, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, render
from linli.organizations import actions, policies, queries
from linli.organizations.pages.entering import let_in_with_role
from linli.organizations.registration import STATE_NAMES
from linli.organizations.rules import ROLE_NAMES

Page = Response[Any]
MINE = "/me/memberships"


@get(MINE, opt=may(signed_in))
async def show_memberships(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    account = await account_with_id(session, caller.account_id)
    return render(
        request,
        "organizations/mine.html",
        invitations=await queries.invitations_to(session, account=account, now=now),
        rows=await queries.memberships_of(session, account_id=account.id),
        role_names=ROLE_NAMES,
        state_names=STATE_NAMES,
    )


@post(MINE + "/{invitation_id:uuid}/accept", opt=may(policies.may_answer_invitation))
async def accept(request: Asked, session: Session, caller: Caller, now: Now, invitation_id: Id) -> Page:
    account = await account_with_id(session, caller.account_id)
    membership = await actions.accept_invitation(
        session, invitation_id=invitation_id, account=account, now=now
    )
    path = f"/organizations/{membership.organization_id}"
    sentence = Message("Welcome. You are a member now.")
    return await let_in_with_role(request, session, account, caller, path=path, now=now, sentence=sentence)


@post(MINE + "/{invitation_id:uuid}/decline", opt=may(policies.may_answer_invitation))
async def decline(request: Asked, session: Session, caller: Caller, now: Now, invitation_id: Id) -> Page:
    account = await account_with_id(session, caller.account_id)
    await actions.decline_invitation(session, invitation_id=invitation_id, account=account, now=now)
    return done(request, MINE, Message("Declined. A no needs no reason."))


handlers = (show_memberships, accept, decline)
