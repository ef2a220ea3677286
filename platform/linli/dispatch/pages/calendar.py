"""What a team took on, by day: for its members, and as a feed for their own calendars."""

from itertools import groupby
from typing import Any, Final
from uuid import UUID

from icalendar import Calendar, Event
from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n
from linli.core.errors import NotFound
from linli.core.i18n import Message
from linli.core.signatures import is_signed, sign
from linli.core.web.given import Asked, Caller, Id, Now, PathText, Session
from linli.core.web.security import anyone, may
from linli.core.web.templating import done, locale_of, render
from linli.dispatch import policies, queries
from linli.dispatch.queries import DispatchRow
from linli.divisions.shown import named, path_named
from linli.teams.actions import renew_calendar_link
from linli.teams.models import TeamMember
from linli.teams.policies import may_answer_for_self, team_seat
from linli.teams.queries import team_with_id

Page = Response[Any]
PURPOSE: Final = "team calendar"


@get("/teams/{team_id:uuid}/calendar", opt=may(policies.may_see_calendar))
async def show_calendar(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    seat = await team_seat(session, team_id=team_id, account_id=caller.account_id)
    rows = await queries.taken_on_by_team(session, team_id=team_id, now=now)
    settings = request.app.state.settings
    return render(
        request,
        "dispatch/calendar.html",
        team=await team_with_id(session, team_id),
        days=[(day, list(of_day)) for day, of_day in groupby(rows, key=_day)],
        feed=f"{settings.base_url}/team-calendar/{feed_of(settings.secret_key, seat)}.ics"
        if seat is not None and seat.is_member
        else None,
        community=named,
    )


@post("/teams/{team_id:uuid}/calendar/renew", opt=may(may_answer_for_self))
async def renew_feed(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    team = await team_with_id(session, team_id)
    await renew_calendar_link(session, team=team, account_id=caller.account_id, now=now)
    said = Message("This is your new link; the old one opens nothing any more.")
    return done(request, f"/teams/{team_id}/calendar", said)


@get("/team-calendar/{feed:str}", opt=may(anyone))
async def feed(request: Asked, session: Session, now: Now, feed: PathText) -> Response[bytes]:
    """Whose link this is must still be a member. Time, community and what it is; nobody's name."""
    team_id = await _team_of(session, request.app.state.settings.secret_key, feed.removesuffix(".ics"))
    rows = await queries.taken_on_by_team(session, team_id=team_id, now=now)
    file = Calendar()
    file.add("prodid", "-//Linli//Linli//")
    file.add("version", "2.0")
    file.add("x-wr-calname", (await team_with_id(session, team_id)).name)
    for row in rows:
        file.add_component(_entry(row, locale_of(request), now))
    return Response(file.to_ical(), media_type="text/calendar; charset=utf-8")


def feed_of(secret_key: str, seat: TeamMember) -> str:
    """Nobody without the key can write it; it ends with the membership, or when a new one is made."""
    return f"{seat.id.hex}{sign(secret_key, PURPOSE, _signed(seat))}"


def _signed(seat: TeamMember) -> str:
    return f"{seat.id.hex}.{seat.calendar_link}" if seat.calendar_link else seat.id.hex


async def _team_of(session: AsyncSession, secret_key: str, feed: str) -> UUID:
    try:
        seat = await session.get(TeamMember, UUID(feed[:32]))
    except ValueError:
        seat = None
    if seat is None or not seat.is_member:
        raise NotFound
    if not is_signed(secret_key, PURPOSE, _signed(seat), feed[32:]):
        raise NotFound
    return seat.team_id


def _entry(row: DispatchRow, language: str, now: Now) -> Event:
    entry = Event()
    entry.add("uid", f"{row.dispatch.id}@linli")
    entry.add("dtstamp", now)
    entry.add("dtstart", row.shift.starts_at)
    entry.add("dtend", row.shift.ends_at)
    entry.add("summary", row.need.title)
    if community := path_named(row.need.division or ""):
        entry.add("location", community.zh if language == "zh" else community.en)
    return entry


def _day(row: DispatchRow) -> Any:
    return i18n.local(row.shift.starts_at).date()


handlers: Final = (show_calendar, renew_feed, feed)
