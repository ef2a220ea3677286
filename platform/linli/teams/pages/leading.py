"""Leading a team: its roster, its link, what it says about itself, and its end."""

from typing import Any, Final

import segno
from litestar import Response, get, post

from linli.core import i18n
from linli.core.errors import Conflict, Invalid
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, locale_of, render
from linli.teams import actions, forms, policies, queries
from linli.teams.pages.form import team_form
from linli.teams.pages.public import seat_of
from linli.teams.rules import ROLE_NAMES, MemberState
from linli.teams.typed import typed_form, typed_team

Page = Response[Any]
MEMBER = "/teams/{team_id:uuid}/members/{member_id:uuid}"


@get("/teams/{team_id:uuid}/roster", opt=may(policies.may_lead, writes=True))
async def show_roster(
    request: Asked, session: Session, caller: Caller, now: Now, team_id: Id, after: QueryText = ""
) -> Page:
    """Names, townships and papers; numbers of those who joined, and each look at them is noted."""
    team = await queries.team_with_id(session, team_id)
    today = i18n.local(now).date()
    members = await queries.roster_page(
        session, team=team, state=MemberState.member, today=today, after=after
    )
    asked = await queries.roster_page(session, team=team, state=MemberState.asked, today=today)
    invited = await queries.roster_page(session, team=team, state=MemberState.invited, today=today)
    seen = [row.account.id for row in members.rows if row.contact]
    actions.note_roster_seen(session, team=team, people=seen, account_id=caller.account_id, now=now)
    seat = await seat_of(session, team, caller)
    return render(
        request,
        "teams/roster.html",
        team=team,
        members=members,
        asked=asked.rows,
        invited=invited.rows,
        is_first=not after,
        role_names=ROLE_NAMES,
        may_head=policies.heads(seat) or policies.is_own_officer(caller, team),
    )


@post(f"{MEMBER}/accept", opt=may(policies.may_lead))
async def accept_member(
    request: Asked, session: Session, caller: Caller, now: Now, team_id: Id, member_id: Id
) -> Page:
    team = await queries.team_with_id(session, team_id, lock=True)
    person = await actions.accept_member(
        session, team=team, member_id=member_id, account_id=caller.account_id, now=now
    )
    said = Message("{name} is in the team now, and has been told.", name=person.name)
    return done(request, f"/teams/{team_id}/roster", said)


@post(f"{MEMBER}/decline", opt=may(policies.may_lead))
async def decline_member(
    request: Asked, session: Session, caller: Caller, now: Now, team_id: Id, member_id: Id
) -> Page:
    team = await queries.team_with_id(session, team_id)
    await actions.decline_member(
        session, team=team, member_id=member_id, account_id=caller.account_id, now=now
    )
    return done(request, f"/teams/{team_id}/roster", Message("Answered. They have been told kindly."))


@post(f"{MEMBER}/remove", opt=may(policies.may_lead))
async def remove_member(
    request: Asked, session: Session, caller: Caller, now: Now, team_id: Id, member_id: Id
) -> Page:
    team = await queries.team_with_id(session, team_id)
    person = await actions.remove_member(
        session, team=team, member_id=member_id, account_id=caller.account_id, now=now
    )
    said = Message("{name} is no longer in the team, and has been told.", name=person.name)
    return done(request, f"/teams/{team_id}/roster", said)


@post(f"{MEMBER}/role", opt=may(policies.may_head))
async def set_role(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, team_id: Id, member_id: Id
) -> Page:
    """Deputy, member, or the new leader: then the team is handed over."""
    team = await queries.team_with_id(session, team_id)
    role = forms.read_role(form)
    person = await actions.set_role(
        session, team=team, member_id=member_id, role=role, account_id=caller.account_id, now=now
    )
    said = Message("{name}: {role}. They have been told.", name=person.name, role=ROLE_NAMES[role])
    return done(request, f"/teams/{team_id}/roster", said)


@get("/teams/{team_id:uuid}/invite", opt=may(policies.may_lead))
async def show_invite(request: Asked, session: Session, team_id: Id) -> Page:
    """A link to paste into the group and a QR code to print."""
    team = await queries.team_with_id(session, team_id)
    address = f"{request.app.state.settings.base_url}/join/{team.join_token}"
    return render(
        request,
        "teams/invite.html",
        team=team,
        address=address,
        qr=segno.make(address, error="m").svg_data_uri(scale=6, border=2),
    )


@post("/teams/{team_id:uuid}/invite/renew", opt=may(policies.may_lead))
async def renew_link(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    team = await queries.team_with_id(session, team_id)
    await actions.renew_link(session, team=team, account_id=caller.account_id, now=now)
    said = Message("This is the new link. The old one and its QR code no longer work.")
    return done(request, f"/teams/{team_id}/invite", said)


@get("/teams/{team_id:uuid}/edit", opt=may(policies.may_lead))
async def edit_form(request: Asked, session: Session, team_id: Id) -> Page:
    team = await queries.team_with_id(session, team_id)
    fields = await queries.fields_of(session, [team.id])
    values = typed_team(team, fields.get(team.id, ()), locale_of(request))
    return await team_form(request, session, values, team=team)


@post("/teams/{team_id:uuid}/edit", opt=may(policies.may_lead))
async def edit_team(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, team_id: Id
) -> Page:
    team = await queries.team_with_id(session, team_id, lock=True)
    try:
        await actions.edit_team(
            session,
            team=team,
            draft=forms.read_team(form),
            version=forms.read_version(form),
            account_id=caller.account_id,
            now=now,
        )
    except Invalid as refusal:
        return await team_form(
            request, session, typed_form(form), team=team, form=form, errors=refusal.errors
        )
    except Conflict as refusal:
        await session.rollback()
        team = await queries.team_with_id(session, team_id)
        errors = {"": refusal.sentence}
        return await team_form(
            request, session, typed_form(form), team=team, form=form, errors=errors, status=409
        )
    return done(request, f"/teams/{team_id}", Message("Changed."))


@post("/teams/{team_id:uuid}/end", opt=may(policies.may_head))
async def end_team(request: Asked, session: Session, caller: Caller, now: Now, team_id: Id) -> Page:
    team = await queries.team_with_id(session, team_id, lock=True)
    await actions.end_team(session, team=team, account_id=caller.account_id, now=now)
    return done(request, f"/teams/{team_id}", Message("The team has ended. Its members have been told."))


handlers: Final = (
    show_roster,
    accept_member,
    decline_member,
    remove_member,
    set_role,
    show_invite,
    renew_link,
    edit_form,
    edit_team,
    end_team,
)
