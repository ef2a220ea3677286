"""The desk of a bureau's staff: who waits for its decision, who reported what, and who got no help."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.conversations import reports
from linli.core import i18n
from linli.core.i18n import Message
from linli.core.web.security import Seat
from linli.desks.waiting.rows import Group, Waiting, filled, group
from linli.desks.waiting.unanswered import unanswered_group
from linli.divisions.shown import named
from linli.organizations.models import Organization
from linli.organizations.queries import RegisterRow, Show, register_counts, register_page
from linli.organizations.registration import is_overdue

LISTS: Final = {
    Show.waiting: Message("Organizations to verify"),
    Show.appeals: Message("Appeals"),
    Show.renewals: Message("Renewals due"),
}


async def bureau_groups(
    session: AsyncSession, *, bureau: Organization, seat: Seat, now: datetime
) -> list[Group]:
    return filled(
        [
            *await _register(session, bureau, now),
            await _reports(session, bureau),
            await unanswered_group(session, seat=seat, now=now),
        ]
    )


async def _register(session: AsyncSession, bureau: Organization, now: datetime) -> list[Group]:
    today = i18n.local(now).date()
    counts = await register_counts(session, bureau=bureau, today=today)
    url = f"/organizations/{bureau.id}/register"
    groups = []
    for show, title in LISTS.items():
        rows: Sequence[RegisterRow] = ()
        if counts[show]:
            rows = (await register_page(session, bureau=bureau, show=show, today=today, after=None)).rows
        waiting = [_organization(row, show, url, now) for row in rows]
        groups.append(group(title, waiting, url=f"{url}?show={show}", total=counts[show]))
    return groups


def _organization(row: RegisterRow, show: Show, url: str, now: datetime) -> Waiting:
    subject = row.organization
    since = subject.submitted_at if show is not Show.renewals else None
    return Waiting(
        title=subject.name,
        title_lang="zh",
        url=f"{url}/{subject.id}",
        facts=(row.kind, named(subject.division)),
        since=since,
        is_late=since is not None and is_overdue(since, now),
    )


async def _reports(session: AsyncSession, bureau: Organization) -> Group:
    url = f"/organizations/{bureau.id}/reports"
    page = await reports.reports_for_bureau(session, division=bureau.division, is_open=True, after=None)
    rows = [
        Waiting(title=each.reason, url=url, facts=(each.subject, each.organization), since=each.created_at)
        for each in page.rows
    ]
    total = await reports.open_count(session, bureau.division)
    return group(Message("Reports to answer"), rows, url=url, total=total)
