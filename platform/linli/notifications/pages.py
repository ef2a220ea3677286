"""The notices inbox, and in development the mailbox of everybody."""

from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import quote

from litestar import Response, Router, get

from linli.core.config import Settings
from linli.core.errors import NotFound
from linli.core.i18n import Message, local
from linli.core.web.given import Asked, Caller, Now, QueryText, Session
from linli.core.web.security import anyone, may, signed_in
from linli.core.web.templating import render
from linli.notifications import actions, queries
from linli.notifications.models import Notice

INBOX = "/me/notices"
MAILBOX = "/dev/mailbox"


@get(INBOX, opt=may(signed_in, writes=True))
async def show_notices(
    request: Asked, session: Session, caller: Caller, now: Now, after: QueryText = ""
) -> Response[Any]:
    """Opening the inbox marks as read what it shows."""
    page = await queries.notices_of(session, account_id=caller.account_id, after=after)
    unread = [notice.id for notice in page.rows if notice.read_at is None]
    if unread:
        await actions.mark_read(session, account_id=caller.account_id, notice_ids=unread, now=now)
    return render(
        request,
        "notifications/inbox.html",
        days=[(day, list(notices)) for day, notices in groupby(page.rows, key=_day)],
        unread=unread,
        unread_notices=max(caller.unread_notices - len(unread), 0),
        next_url=_following(INBOX, page.next_cursor),
        first_url=INBOX if after else None,
        said=Message.from_json,
    )


@get(MAILBOX, opt=may(anyone))
async def show_mailbox(request: Asked, session: Session, after: QueryText = "") -> Response[Any]:
    settings: Settings = request.app.state.settings
    if not settings.has_dev_mailbox:
        raise NotFound
    page = await queries.development_mail(session, settings=settings, after=after)
    return render(
        request,
        "notifications/mailbox.html",
        messages=page.rows,
        next_url=_following(MAILBOX, page.next_cursor),
        first_url=MAILBOX if after else None,
        said=Message.from_json,
    )


def _day(notice: Notice) -> date:
    return local(notice.created_at).date()


def _following(path: str, cursor: str | None) -> str | None:
    return f"{path}?after={quote(cursor)}" if cursor else None


router = Router("/", route_handlers=[show_notices, show_mailbox])
