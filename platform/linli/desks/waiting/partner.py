"""The desk of an organization that brings people: charities, stations, institutions."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.i18n import Message, counted
from linli.core.web.security import Seat
from linli.desks.board import BoardRow, board_rows, pressing_groups
from linli.desks.waiting.dispatches import to_answer, to_name
from linli.desks.waiting.rows import Group, Waiting, filled, group
from linli.desks.waiting.unanswered import unanswered_group
from linli.dispatch import queries as dispatches
from linli.insurance.queries import DueInsurances, insurances_due
from linli.organizations.models import Organization
from linli.organizations.profiles import ShownDocument, documents_due
from linli.organizations.rules import Role
from linli.teams.queries import home_asks


async def partner_groups(
    session: AsyncSession, *, organization: Organization, seat: Seat, now: datetime
) -> list[Group]:
    """What runs out first stands first; the same queries however much there is."""
    id, base = organization.id, f"/organizations/{organization.id}"
    today = i18n.local(now).date()
    asked = (await dispatches.of_organization(session, organization_id=id, now=now)).rows
    needs = await board_rows(session, organization_id=id, now=now)
    joining = await home_asks(session, organization_id=id)
    groups = [
        to_answer(asked, url=f"{base}/dispatch", says_whom=True),
        to_name(asked, url=f"{base}/dispatch", says_whom=True, now=now),
        *(_own_needs(title, rows, url=f"{base}/desk") for title, rows in pressing_groups(needs, now)),
        group(
            Message("Teams that people would like to join"),
            [_joining(team.name, f"/teams/{team.id}/roster", n) for team, n in joining],
            url=f"{base}/teams",
        ),
        _papers(await documents_due(session, organization_id=id, today=today), base, today),
        _insurances(await insurances_due(session, organization_id=id, today=today), base, today),
    ]
    if seat.role == Role.social_worker and seat.is_verified:
        groups.append(await unanswered_group(session, seat=seat, now=now))
    return filled(groups)


def _own_needs(title: Message, rows: Sequence[BoardRow], *, url: str) -> Group:
    return group(title, [_own_need(row) for row in rows], url=url)


def _own_need(row: BoardRow) -> Waiting:
    card, n = row.card, row.waiting_for_answer
    waiting = (counted(n, "{n} waits for you", "{n} wait for you"),) if n else ()
    return Waiting(
        title=card.title,
        title_lang=card.title_lang,
        url=card.url,
        starts_at=card.starts_at,
        ends_at=card.ends_at,
        facts=(Message("{n} of {all} free", n=card.places_free, all=card.places_total), *waiting),
        due=Message("Answer was due {when}", when=card.answer_due_at) if card.is_overdue else None,
        is_late=card.is_overdue,
    )


def _joining(team: str, url: str, n: int) -> Waiting:
    asks = counted(n, "{n} person waits for your answer", "{n} people wait for your answer")
    return Waiting(title=team, title_lang="zh", url=url, facts=(asks,))


def _papers(documents: Sequence[ShownDocument], base: str, today: date) -> Group:
    url = f"{base}/registration"
    rows = [
        Waiting(title=each.name, url=f"{url}#papers", due=said, is_late=is_over)
        for each in documents
        if each.expires_on
        for said, is_over in [_expiry(each.expires_on, today)]
    ]
    return group(Message("Papers that expire"), rows, url=url)


def _insurances(due: DueInsurances, base: str, today: date) -> Group:
    url = f"{base}/insurance"
    unseen = Message("Nobody has seen the policy yet: it does not count")
    rows = [Waiting(title=each.insurer, title_lang="zh", url=url, facts=(unseen,)) for each in due.unseen]
    for each in due.ending:
        said, is_over = _expiry(each.ends_on, today)
        rows.append(
            Waiting(
                title=each.insurer,
                title_lang="zh",
                url=url,
                facts=(Message("No other insurance follows it"),),
                due=said,
                is_late=is_over,
            )
        )
    return group(Message("Insurance to look after"), rows, url=url)


def _expiry(day: date, today: date) -> tuple[Message, bool]:
    if day < today:
        return Message("Expired on {day}", day=day), True
    return Message("Valid until {day}", day=day), False
