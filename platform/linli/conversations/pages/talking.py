"""One's conversations, one of them, and what the organization publishes of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations import actions, forms, policies, queries
from linli.conversations.models import Conversation, PublishedAnswer
from linli.conversations.rules import LONGEST_MESSAGE, Side
from linli.core.db import new_id
from linli.core.errors import Conflict, FieldErrors, Invalid, TooMany
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, locale_of, render
from linli.needs.models import Need
from linli.needs.policies import may_manage_need
from linli.organizations.models import Organization
from linli.volunteers.names import shown_name

Page = Response[Any]
LONGEST_KEY = 200
SENT = Message("Sent. The other side is told that there is something to read.")


@get("/me/conversations", opt=may(signed_in))
async def show_own(request: Asked, session: Session, caller: Caller, after: QueryText = "") -> Page:
    page = await queries.own_conversations(session, account_id=caller.account_id, after=after)
    return render(
        request,
        "conversations/own.html",
        rows=page.rows,
        next_url=_following("/me/conversations", page.next_cursor),
        first_url="/me/conversations" if after else None,
    )


@get("/conversations/{conversation_id:uuid}", opt=may(policies.may_read_conversation, writes=True))
async def show_conversation(
    request: Asked, session: Session, caller: Caller, now: Now, conversation_id: Id, after: QueryText = ""
) -> Page:
    """Opening it marks it as read for one's own side."""
    conversation = await queries.find_conversation(session, conversation_id)
    side = await queries.side_in(session, conversation_id=conversation_id, caller=caller)
    actions.mark_read(conversation, side, now)
    await session.flush()
    return await _show(request, session, conversation, side, now, after=after)


@post("/conversations/{conversation_id:uuid}", opt=may(policies.may_read_conversation))
async def write(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, conversation_id: Id
) -> Page:
    conversation = await queries.find_conversation(session, conversation_id)
    side = await queries.side_in(session, conversation_id=conversation_id, caller=caller)
    try:
        text = forms.read_message(form)
        async with session.begin_nested():
            await actions.write_once(
                session,
                key=request.headers.get("Idempotency-Key") or form.text("key", longest=LONGEST_KEY),
                conversation=conversation,
                side=side,
                author_id=caller.account_id,
                text=text,
                language=locale_of(request),
                now=now,
            )
    except (Invalid, Conflict, TooMany) as refusal:
        errors = refusal.errors if isinstance(refusal, Invalid) else {"": refusal.sentence}
        page = await _show(
            request,
            session,
            conversation,
            side,
            now,
            typed=form.typed.get("text", ""),
            errors=errors,
            status={Invalid: 422, Conflict: 409}.get(type(refusal), 429),
        )
        if isinstance(refusal, TooMany):
            page.headers["Retry-After"] = str(refusal.retry_after_seconds)
        return page
    return done(request, f"/conversations/{conversation.id}", SENT)


@get("/needs/{need_id:uuid}/conversations", opt=may(may_manage_need))
async def show_of_need(request: Asked, session: Session, need_id: Id, after: QueryText = "") -> Page:
    """What people ask about a need, and what everybody may read."""
    return await _of_need(request, session, await session.get_one(Need, need_id), after=after)


@post("/needs/{need_id:uuid}/answers", opt=may(may_manage_need))
async def publish(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id
) -> Page:
    need = await session.get_one(Need, need_id)
    try:
        words = forms.read_public_words(form)
        await actions.publish_answer(session, need=need, words=words, account_id=caller.account_id, now=now)
    except Invalid as refusal:
        return await _of_need(request, session, need, typed=form.typed, errors=refusal.errors, status=422)
    except Conflict as refusal:
        errors = {"": refusal.sentence}
        return await _of_need(request, session, need, typed=form.typed, errors=errors, status=409)
    return done(
        request,
        f"/needs/{need.id}/conversations",
        Message("Published. Everybody who sees the need can read it."),
    )


@post("/needs/{need_id:uuid}/answers/{answer_id:uuid}/remove", opt=may(policies.may_remove_answer))
async def remove(
    request: Asked, session: Session, caller: Caller, now: Now, need_id: Id, answer_id: Id
) -> Page:
    published = await session.get_one(PublishedAnswer, answer_id)
    await actions.remove_answer(session, published=published, account_id=caller.account_id, now=now)
    return done(request, f"/needs/{need_id}/conversations", Message("Taken back. Nobody sees it any more."))


async def _show(
    request: Asked,
    session: AsyncSession,
    conversation: Conversation,
    side: Side,
    now: datetime,
    *,
    after: str = "",
    typed: str = "",
    errors: Mapping[str, Message] | None = None,
    status: int = 200,
) -> Page:
    need = await session.get_one(Need, conversation.need_id)
    organization = await session.get_one(Organization, need.organization_id)
    person = await session.get_one(Account, conversation.account_id)
    page = await queries.messages_in(session, conversation_id=conversation.id, after=after)
    here = f"/conversations/{conversation.id}"
    return render(
        request,
        "conversations/show.html",
        status=status,
        conversation=conversation,
        need_id=need.id,
        title=need.title,
        language=need.language,
        organization_id=organization.id,
        organization_name=organization.name,
        person_name=shown_name(person.name),
        side=side.value,
        messages=list(reversed(page.rows)),
        earlier_url=_following(here, page.next_cursor),
        latest_url=here if after else None,
        why_not=await actions.why_not_write(
            session, need=need, account_id=conversation.account_id, side=side, now=now
        ),
        typed=typed,
        errors=FieldErrors(errors or {}),
        key=new_id().hex,
        longest=LONGEST_MESSAGE,
    )


async def _of_need(
    request: Asked,
    session: AsyncSession,
    need: Need,
    *,
    after: str = "",
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Message] | None = None,
    status: int = 200,
) -> Page:
    page = await queries.conversations_of_need(session, need_id=need.id, after=after)
    here = f"/needs/{need.id}/conversations"
    return render(
        request,
        "conversations/of_need.html",
        status=status,
        need=need,
        rows=page.rows,
        published=await queries.published_answers(session, need.id),
        next_url=_following(here, page.next_cursor),
        first_url=here if after else None,
        typed=typed or {},
        errors=FieldErrors(errors or {}),
    )


def _following(path: str, cursor: str | None) -> str | None:
    return f"{path}?after={quote(cursor)}" if cursor else None


router = Router("/", route_handlers=[show_own, show_conversation, write, show_of_need, publish, remove])
