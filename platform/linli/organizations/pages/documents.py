"""The papers of an organization, for its members: sent, looked at, removed."""

from typing import Any

from litestar import Response, get, post

from linli.accounts.pages.proof import unlocked
from linli.core import i18n
from linli.core.errors import Conflict, FieldErrors, Invalid
from linli.core.i18n import Message
from linli.core.web.forms import MAX_UPLOAD_BYTES
from linli.core.web.given import Asked, Caller, Form, Id, Now, Session
from linli.core.web.security import may
from linli.core.web.templating import done
from linli.organizations import actions, forms, policies, profiles, queries
from linli.organizations.documents import ENDINGS, MOST_SECONDS, SENTENCES, UnfitDocument, read_apart
from linli.organizations.pages.registration import registration_page

Page = Response[Any]
BASE = "/organizations/{organization_id:uuid}/documents"


@post(
    BASE,
    opt=may(policies.may_register_for, seconds=MOST_SECONDS + 10.0),
    request_max_body_size=MAX_UPLOAD_BYTES,
)
async def add_document(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    try:
        sent = forms.read_sent_document(form, today=i18n.local(now).date())
        async with unlocked(session):
            document = await read_apart(sent.content)
        async with session.begin_nested():
            await actions.add_document(
                session,
                organization=await queries.organization_with_id(session, organization_id),
                kind=sent.kind,
                document=document,
                expires_on=sent.expires_on,
                account_id=caller.account_id,
                now=now,
            )
    except UnfitDocument as refusal:
        errors, status = FieldErrors(file=SENTENCES[refusal.why]), 422
    except Invalid as refusal:
        errors, status = refusal.errors, 422
    except Conflict as refusal:
        errors, status = FieldErrors(file=refusal.sentence), 409
    else:
        return done(
            request, _back(organization_id), Message("The paper is kept. Only you and your bureau see it.")
        )
    return await registration_page(
        request, session, caller, organization_id, now, form=form, errors=errors, status=status
    )


@get(BASE + "/{document_id:uuid}", opt=may(policies.may_register_for))
async def see_own_document(session: Session, organization_id: Id, document_id: Id) -> Response[bytes]:
    document, content = await profiles.document_with_id(
        session, organization_id=organization_id, document_id=document_id
    )
    headers = profiles.document_headers(document, ENDINGS[document.media_type])
    return Response(content, media_type=document.media_type, headers=headers)


@post(BASE + "/{document_id:uuid}/remove", opt=may(policies.may_register_for))
async def remove_document(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, document_id: Id
) -> Page:
    await actions.remove_document(
        session,
        organization=await queries.organization_with_id(session, organization_id),
        document_id=document_id,
        account_id=caller.account_id,
        now=now,
    )
    return done(request, _back(organization_id), Message("The paper is removed."))


def _back(organization_id: Id) -> str:
    return f"/organizations/{organization_id}/registration#papers"


handlers = (add_document, see_own_document, remove_document)
