"""Belonging to teams: my teams, asking, answering, leaving, and the page behind a QR code."""

from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.queries import account_with_id
from linli.core.errors import NotFound
from linli.core.i18n import Message
from linli.core.web import security
from linli.core.web.given import Asked, Caller, Id, Now, PathText, Session, Visitor
from linli.core.web.security import anyone, may, signed_in
from linli.core.web.templating import done, render
from linli.teams import actions, policies, queries
from linli.teams.models import Team, TeamMember
from linli.teams.pages.public import seat_of, usual_week
from linli.teams.rules import MOST_TEAMS, NOW_A_MEMBER, ROLE_NAMES

Page = Response[Any]


@get("/me/teams", opt=may(signed_in))
async def my_teams(request: Asked, session: Session, caller: Caller) -> Page:
    own = await queries.own_teams(session, account_id=caller.account_id)
    leading = [each.card.team.id for each in own if policies.leads(each.seat)]
    return render(
        request,
        "teams/mine.html",
        own=own,
        waiting=await queries.waiting_counts(session, leading),
        role_names=ROLE_NAMES,
        most=MOST_TEAMS,
    )


@post("/teams/{team_id:uuid}/ask", opt=may(policies.may_ask))
async def ask_to_join(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    team = await queries.team_with_id(session, team_id, lock=True)
    account = await account_with_id(session, caller.account_id)
    seat = await actions.ask_to_join(session, team=team, account=account, now=now)
    said = (
        NOW_A_MEMBER.given(team=team.name)
        if seat.is_member
        else Message("You have asked. The team leader answers; you will hear from us.")
    )
    return done(request, f"/teams/{team.id}", said)


@post("/teams/{team_id:uuid}/invitation/accept", opt=may(policies.may_answer_for_self))
async def accept_invitation(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    team = await queries.team_with_id(session, team_id, lock=True)
    seat = await _own_seat(session, team, caller)
    await actions.accept_invitation(session, team=team, seat=seat, now=now)
    return done(request, f"/teams/{team.id}", NOW_A_MEMBER.given(team=team.name))


@post("/teams/{team_id:uuid}/invitation/decline", opt=may(policies.may_answer_for_self))
async def decline_invitation(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    team = await queries.team_with_id(session, team_id)
    seat = await _own_seat(session, team, caller)
    await actions.decline_invitation(session, team=team, seat=seat, now=now)
    return done(request, "/me/teams", Message("You said no. Nobody minds."))


@post("/teams/{team_id:uuid}/leave", opt=may(policies.may_answer_for_self))
async def leave_team(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    team = await queries.team_with_id(session, team_id)
    seat = await _own_seat(session, team, caller)
    was_member = seat.is_member
    await actions.leave_team(session, team=team, seat=seat, now=now)
    said = Message("You have left {team}.", team=team.name) if was_member else Message("Taken back.")
    return done(request, "/me/teams", said)


@get("/join/{token:str}", opt=may(anyone))
async def show_join(request: Asked, session: Session, visitor: Visitor, token: PathText) -> Page:
    """What a leader's link or QR code opens; who has no account yet signs up and comes back here."""
    team = await queries.team_of_link(session, token)
    return render(
        request,
        "teams/join.html",
        card=await queries.card_of(session, team),
        team=team,
        week=usual_week(team),
        seat=await seat_of(session, team, visitor),
        path=f"/join/{token}",
    )


@post("/join/{token:str}", opt=may(signed_in))
async def join(request: Asked, session: Session, caller: Caller, now: Now, token: PathText) -> Page:
    team = await queries.team_of_link(session, token, lock=True)
    account = await account_with_id(session, caller.account_id)
    await actions.join_by_link(session, team=team, account=account, now=now)
    return done(request, f"/teams/{team.id}", NOW_A_MEMBER.given(team=team.name))


async def _own_seat(session: AsyncSession, team: Team, caller: security.Caller) -> TeamMember:
    seat = await seat_of(session, team, caller)
    if seat is None:
        raise NotFound
    return seat


handlers: Final = (
    my_teams,
    ask_to_join,
    accept_invitation,
    decline_invitation,
    leave_team,
    show_join,
    join,
)
