"""A desk on which much waits, and what a page says of it."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.models import Report
from linli.conversations.rules import Reason, Side, Subject
from linli.dispatch.rules import DispatchState
from linli.organizations.models import Organization
from linli.participation.rules import State
from linli.teams.rules import MemberState
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_document,
    make_insurance,
    make_need,
    make_participation,
    make_team,
    make_team_member,
)
from tests.linli.dispatch.factories import make_dispatch

TODAY = NOW.date()


def headings(page: str) -> list[str]:
    """With their counts, from top to bottom."""
    return [words(each) for each in re.findall(r'<h2 class="group-heading">(.*?)</h2>', page, re.DOTALL)]


def rows(page: str) -> list[tuple[str, str]]:
    """Of each row its words, and where it leads."""
    found = re.findall(r"<li>\s*<div class=\"row-words\">(.*?)</li>", page, re.DOTALL)
    return [(words(each), (re.findall('<a href="([^"]+)"', each) or [""])[0]) for each in found]


def words(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup)).strip()


async def make_busy(session: AsyncSession, charity: Organization) -> dict[str, Any]:
    """One of everything that can wait for a charity."""
    team = await make_team(session, charity, name="银铃队")
    await make_team_member(session, team, state=MemberState.asked)
    asked = await make_dispatch(session, (await make_need(session, title="要答复的")).shifts[0], team)
    kept = await make_dispatch(
        session, (await make_need(session, title="要派人的")).shifts[0], charity, DispatchState.accepted
    )
    own = await make_need(session, organization=charity, title="自己的", starts_at=NOW + timedelta(days=9))
    await make_participation(session, own.shifts[0], await make_account(session), State.applied)
    await make_document(session, charity, expires_on=TODAY + timedelta(days=20))
    await make_insurance(session, charity, insurer="到期保险", ends_on=TODAY - timedelta(days=1))
    return {"team": team, "asked": asked, "kept": kept, "own": own}


async def make_report(session: AsyncSession, about: Organization, reporter: Account) -> None:
    report = Report(
        side=Side.volunteer,
        subject=Subject.organization,
        reason=Reason.other,
        organization_id=about.id,
        division=about.division,
        reporter_id=reporter.id,
        text="收费",
        is_shared=False,
        created_at=NOW - timedelta(hours=3),
    )
    session.add(report)
    await session.flush()
