"""My papers: what I say I hold, whether it counts, and how to get one."""

from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.queries import account_with_id
from linli.core import i18n, seed
from linli.core.errors import FieldErrors, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Now, PathText, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, render
from linli.volunteers import actions, forms, queries
from linli.volunteers.rules import CredentialState, can_be_found

Page = Response[Any]


@get("/me/credentials", opt=may(signed_in))
async def show_papers(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    return await _papers_page(request, session, caller, now)


@post("/me/credentials", opt=may(signed_in))
async def state_paper(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    try:
        paper = forms.read_stated_paper(form, today=i18n.local(now).date())
    except Invalid as refusal:
        return await _papers_page(
            request, session, caller, now, errors=refusal.errors, typed=form.typed, status=422
        )
    account = await account_with_id(session, caller.account_id)
    await actions.state_credential(session, account=account, paper=paper, now=now)
    return done(
        request,
        "/me/credentials",
        Message("Kept. Now show it to your committee or station: {name}.", name=paper.credential),
    )


@post("/me/credentials/{credential_id:str}/withdraw", opt=may(signed_in))
async def withdraw_paper(
    request: Asked, session: Session, caller: Caller, now: Now, credential_id: PathText
) -> Page:
    account = await account_with_id(session, caller.account_id)
    await actions.withdraw_credential(session, account=account, credential_id=credential_id, now=now)
    return done(request, "/me/credentials", Message("Removed. Nobody sees this paper any more."))


async def _papers_page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    now: Now,
    *,
    errors: FieldErrors | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Page:
    account = await account_with_id(session, caller.account_id)
    papers = await queries.papers_of(session, caller.account_id, today=i18n.local(now).date())
    held = {paper.credential.id for paper in papers}
    return render(
        request,
        "volunteers/papers.html",
        status=status,
        papers=papers,
        can_be_found=can_be_found(account.division),
        others=[each for id, each in seed.credentials().items() if id not in held],
        states=CredentialState,
        today=i18n.local(now).date(),
        errors=errors or FieldErrors(),
        typed=typed or {},
    )


handlers = (show_papers, state_paper, withdraw_paper)
