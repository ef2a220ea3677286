"""An organization's people: the list, registering, duplicates, and answering for who cannot sign in."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.forms import places_to_choose
from linli.core import i18n
from linli.core.errors import FieldErrors, Invalid, NotFound
from linli.core.forms import clean
from linli.core.i18n import Message
from linli.core.spreadsheets import MOST_BYTES
from linli.core.web import security
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, locale_of, render
from linli.divisions.names import path
from linli.divisions.shown import named
from linli.organizations.models import Organization
from linli.organizations.queries import organization_with_id
from linli.participation import actions as participation
from linli.participation.queries import commitments, find_participation
from linli.rosters import actions, forms, policies, queries
from linli.rosters.duplicates import duplicates_in
from linli.teams.rules import ROLE_NAMES
from linli.teams.typed import typed_place

Page = Response[Any]
HOME = "/organizations/{organization_id:uuid}/people"
PERSON = "/organizations/{organization_id:uuid}/registered/{person_id:uuid}"
PLACE = f"{PERSON}/participations/{{held_id:uuid}}"


@get(HOME, opt=may(policies.may_manage_roster))
async def show_people(
    request: Asked,
    session: Session,
    caller: Caller,
    organization_id: Id,
    called: QueryText = "",
    after: QueryText = "",
) -> Page:
    organization = await organization_with_id(session, organization_id)
    return await people_list(request, session, caller, organization, called=clean(called)[:60], after=after)


async def people_list(
    request: Asked,
    session: AsyncSession,
    caller: security.Caller,
    organization: Organization,
    *,
    called: str = "",
    after: str = "",
    errors: Mapping[str, Message] | None = None,
    status: int = 200,
) -> Page:
    """Everybody of the roster by name; no number stands here."""
    return render(
        request,
        "rosters/people.html",
        status=status,
        organization=organization,
        seat=caller.seat_in(organization.id),
        page=await queries.people_page(
            session, organization_id=organization.id, called=called.strip(), after=after
        ),
        total=await queries.count_people(session, organization_id=organization.id),
        last=await queries.last_applied(session, organization_id=organization.id),
        role_names=ROLE_NAMES,
        most_bytes=MOST_BYTES,
        called=called,
        is_first=not after,
        errors=FieldErrors(errors or {}),
    )


@get(f"{HOME}/new", opt=may(policies.may_manage_roster))
async def registration_form(request: Asked, session: Session, organization_id: Id) -> Page:
    organization = await organization_with_id(session, organization_id)
    return _registration_page(request, organization, typed_place(organization.division, locale_of(request)))


@post(HOME, opt=may(policies.may_manage_roster))
async def register_person(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    """Somebody without a phone, who has agreed to be registered."""
    organization = await organization_with_id(session, organization_id)
    try:
        draft = forms.read_registration(form, today=i18n.local(now).date())
    except Invalid as refusal:
        return _registration_page(request, organization, form.typed, form, refusal.errors)
    [person_id] = await actions.register_people(
        session, organization_id=organization_id, drafts=[draft], account_id=caller.account_id, now=now
    )
    said = Message("{name} is registered. You answer for them here.", name=draft.name)
    return done(request, f"/organizations/{organization_id}/registered/{person_id}", said)


@get(f"{HOME}/duplicates", opt=may(policies.may_manage_roster, writes=True))
async def show_duplicates(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id
) -> Page:
    """Side by side, with numbers and birth dates; the look at them is noted."""
    roster = await queries.roster_of(session, organization_id=organization_id)
    pairs = duplicates_in(roster.people)
    seen = {each.id for pair in pairs for each in (pair.kept, pair.merged) if each.mobile}
    actions.note_people_seen(
        session, organization_id=organization_id, people=seen, account_id=caller.account_id, now=now
    )
    return render(
        request,
        "rosters/duplicates.html",
        organization=await organization_with_id(session, organization_id),
        seat=caller.seat_in(organization_id),
        pairs=pairs,
        team_names={team.id: team.name for team in roster.teams},
        place=named,
    )


@post(f"{HOME}/merge", opt=may(policies.may_manage_roster))
async def merge_people(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    kept_id, merged_id = form.id("kept", required=True), form.id("merged", required=True)
    form.check()
    if kept_id is None or merged_id is None:
        raise NotFound
    kept = await actions.merge_people(
        session,
        organization_id=organization_id,
        kept_id=kept_id,
        merged_id=merged_id,
        account_id=caller.account_id,
        now=now,
    )
    said = Message("{name} stands in the roster once now.", name=kept.name)
    return done(request, f"/organizations/{organization_id}/people/duplicates", said)


@get(PERSON, opt=may(policies.may_see_person, writes=True))
async def show_person(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, person_id: Id
) -> Page:
    """Somebody whom the organization registered, and what they are asked; the look is noted."""
    registered, account = await queries.registered_person(
        session, organization_id=organization_id, person_id=person_id
    )
    actions.note_people_seen(
        session,
        organization_id=organization_id,
        people=[person_id],
        account_id=caller.account_id,
        now=now,
    )
    return render(
        request,
        "rosters/person.html",
        organization=await organization_with_id(session, organization_id),
        seat=caller.seat_in(organization_id),
        registered=registered,
        person=account,
        home=named(account.division or ""),
        coming=await commitments(session, account_id=person_id, now=now),
    )


@post(f"{PLACE}/accept", opt=may(policies.may_answer_for))
async def accept_for(
    request: Asked,
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    person_id: Id,
    held_id: Id,
) -> Page:
    held = await find_participation(session, held_id)
    await participation.accept(session, participation=held, account_id=caller.account_id, now=now)
    return done(
        request, f"/organizations/{organization_id}/registered/{person_id}", Message("They are going.")
    )


@post(f"{PLACE}/decline", opt=may(policies.may_answer_for))
async def decline_for(
    request: Asked,
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    person_id: Id,
    held_id: Id,
) -> Page:
    held = await find_participation(session, held_id)
    await participation.decline(session, participation=held, account_id=caller.account_id, now=now)
    return done(
        request, f"/organizations/{organization_id}/registered/{person_id}", Message("Answered with no.")
    )


@post(f"{PLACE}/withdraw", opt=may(policies.may_answer_for))
async def withdraw_for(
    request: Asked,
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    person_id: Id,
    held_id: Id,
) -> Page:
    held = await find_participation(session, held_id)
    await participation.withdraw(session, participation=held, account_id=caller.account_id, now=now)
    said = Message("Given back. The place is free again.")
    return done(request, f"/organizations/{organization_id}/registered/{person_id}", said)


def _registration_page(
    request: Asked,
    organization: Organization,
    typed: Mapping[str, str],
    form: Form | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Page:
    places = places_to_choose(form) if form else []
    return render(
        request,
        "rosters/register.html",
        status=422 if errors else 200,
        organization=organization,
        typed=typed,
        errors=FieldErrors(errors or {}),
        places=[(place.code, path(place, locale_of(request))) for place in places],
    )


handlers: Final = (
    show_people,
    registration_form,
    register_person,
    show_duplicates,
    merge_people,
    show_person,
    accept_for,
    decline_for,
    withdraw_for,
)
