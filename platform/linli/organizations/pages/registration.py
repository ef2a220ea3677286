"""An organization registers: the form, where it stands, what comes next."""

import asyncio
from typing import Any

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.forms import places_called, places_to_choose
from linli.accounts.pages.browser import named_places
from linli.accounts.queries import account_with_id
from linli.core import i18n, seed
from linli.core.errors import Conflict, FieldErrors, Invalid
from linli.core.forms import clean
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Id, Now, Session, Visitor
from linli.core.web.security import anyone, may, signed_in
from linli.core.web.templating import done, locale_of, render
from linli.organizations import actions, forms, policies, profiles, queries
from linli.organizations.documents import DOCUMENT_NAMES, MOST_BYTES, MOST_DOCUMENTS
from linli.organizations.models import Organization
from linli.organizations.pages.entering import let_in_with_role
from linli.organizations.registration import STATE_NAMES, Step, refuse_step
from linli.organizations.rules import (
    KIND_NAMES,
    KINDS_WITH_CREDIT_CODE,
    REGISTRABLE,
    SUB_KIND_NAMES,
    SUB_KINDS,
)
from linli.organizations.typed import TypedOrganization, typed_form, typed_profile

Page = Response[Any]
NEW = "/organizations/new"
ONE = "/organizations/{organization_id:uuid}"
KEPT = Message("Kept as a draft. Add the papers, then hand it in.")


@get(NEW, opt=may(anyone))
async def start_registration(request: Asked, session: Session, visitor: Visitor) -> Page:
    """The form; or, to whom something is missing for it, what that is."""
    has_password = False
    if visitor is not None:
        account = await account_with_id(session, visitor.account_id)
        has_password = account.password_hash is not None
    if not has_password:
        return render(request, "organizations/before_registering.html", next=NEW)
    return _form_page(request, TypedOrganization(), None)


@get("/organizations/places", opt=may(anyone))
async def suggest_homes(request: Asked) -> Page:
    """What a half-typed home may mean, of every level."""
    typed = clean(str(request.query_params.get("community", "")))[:200]
    found = await asyncio.to_thread(places_called, typed, forms.ANYWHERE)
    places = named_places(request, found)
    return render(request, "accounts/_places.html", typed={"community": typed}, places=places)


@get("/organizations/areas", opt=may(anyone))
async def suggest_areas(request: Asked) -> Page:
    """What a half-typed area may mean, to tick."""
    typed = str(request.query_params.get("area_text", ""))
    found = await asyncio.to_thread(forms.areas_to_choose, typed)
    return render(request, "organizations/_area_choices.html", found=named_places(request, found))


@post("/organizations", opt=may(signed_in))
async def register_organization(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now
) -> Page:
    account = await account_with_id(session, caller.account_id)
    if account.password_hash is None:
        raise Conflict(Message("Please choose a password of your own first: a role counts only with one."))
    if _asks_for_more(form):
        return _form_page(request, typed_form(form), None, form=form)
    try:
        draft = forms.read_organization(form)
        async with session.begin_nested():
            made = await actions.register_organization(session, account=account, draft=draft, now=now)
    except Invalid as refusal:
        return _form_page(request, typed_form(form), None, form=form, errors=refusal.errors)
    except Conflict as refusal:
        errors = FieldErrors({"": refusal.sentence})
        return _form_page(request, typed_form(form), None, form=form, errors=errors, status=409)
    path = f"/organizations/{made.id}/registration"
    return await let_in_with_role(request, session, account, caller, path=path, now=now, sentence=KEPT)


@get(ONE + "/edit", opt=may(policies.may_register_for))
async def edit_form(request: Asked, session: Session, organization_id: Id) -> Page:
    organization = await queries.organization_with_id(session, organization_id)
    return _form_page(request, await _kept(request, session, organization), organization)


@post(ONE + "/edit", opt=may(policies.may_register_for))
async def edit_organization(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    organization = await queries.organization_with_id(session, organization_id)
    if _asks_for_more(form):
        return _form_page(request, typed_form(form), organization, form=form)
    version = forms.read_version(form)
    try:
        draft = forms.read_organization(form)
        async with session.begin_nested():
            waits = await actions.edit_organization(
                session,
                organization=organization,
                draft=draft,
                version=version,
                account_id=caller.account_id,
                now=now,
            )
    except Invalid as refusal:
        await session.rollback()
        organization = await queries.organization_with_id(session, organization_id)
        return _form_page(request, typed_form(form), organization, form=form, errors=refusal.errors)
    except Conflict as refusal:
        await session.rollback()
        organization = await queries.organization_with_id(session, organization_id)
        errors = FieldErrors({"": refusal.sentence})
        return _form_page(
            request,
            typed_form(form) | {"version": str(organization.version)},
            organization,
            form=form,
            errors=errors,
            newer=await _kept(request, session, organization),
            status=409,
        )
    sentence = (
        Message("Changed. The bureau looks at it again; until then you cannot publish.")
        if waits
        else Message("Changed.")
    )
    return done(request, f"/organizations/{organization_id}/registration", sentence)


@get(ONE + "/registration", opt=may(policies.may_register_for))
async def show_registration(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id
) -> Page:
    return await registration_page(request, session, caller, organization_id, now)


@post(ONE + "/registration/submit", opt=may(policies.may_register_for))
async def submit(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    version = forms.read_version(form)
    organization = await queries.organization_with_id(session, organization_id)
    try:
        async with session.begin_nested():
            await actions.submit_registration(
                session, organization=organization, version=version, account_id=caller.account_id, now=now
            )
    except Conflict as refusal:
        await session.rollback()
        errors = FieldErrors({"": refusal.sentence})
        return await registration_page(
            request, session, caller, organization_id, now, errors=errors, status=409
        )
    return done(
        request,
        f"/organizations/{organization_id}/registration",
        Message("Handed in. The bureau has thirty days; you will hear as soon as it has looked."),
    )


@post(ONE + "/registration/withdraw", opt=may(policies.may_register_for))
async def withdraw(request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id) -> Page:
    await actions.withdraw_registration(
        session,
        organization=await queries.organization_with_id(session, organization_id),
        account_id=caller.account_id,
        now=now,
    )
    sentence = Message("Withdrawn. You can take it up again at any time.")
    return done(request, f"/organizations/{organization_id}/registration", sentence)


@post(ONE + "/registration/take-up", opt=may(policies.may_register_for))
async def take_up(request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id) -> Page:
    await actions.take_up_registration(
        session,
        organization=await queries.organization_with_id(session, organization_id),
        account_id=caller.account_id,
        now=now,
    )
    return done(request, f"/organizations/{organization_id}/registration", KEPT)


@post(ONE + "/registration/appeal", opt=may(policies.may_register_for))
async def appeal(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    try:
        reason = forms.read_reason(form)
        await actions.appeal(
            session,
            organization=await queries.organization_with_id(session, organization_id),
            reason=reason,
            account_id=caller.account_id,
            now=now,
        )
    except Invalid as refusal:
        return await registration_page(
            request, session, caller, organization_id, now, form=form, errors=refusal.errors, status=422
        )
    sentence = Message("Your appeal is with the bureau. You will hear as soon as it has looked.")
    return done(request, f"/organizations/{organization_id}/registration", sentence)


async def registration_page(
    request: Asked,
    session: AsyncSession,
    caller: Caller,
    organization_id: Id,
    now: Now,
    *,
    form: Form | None = None,
    errors: FieldErrors | None = None,
    status: int = 200,
) -> Page:
    """Where the registration stands, for its members."""
    organization = await queries.organization_with_id(session, organization_id)
    today = i18n.local(now).date()
    return render(
        request,
        "organizations/registration.html",
        status=status,
        organization=organization,
        seat=caller.seat_in(organization_id),
        profile=await profiles.profile_of(session, organization),
        registration=await profiles.registration_of(session, organization, today=today),
        state_name=STATE_NAMES[organization.state],
        can={step.value for step in Step if not refuse_step(organization.state, step)},
        document_names=DOCUMENT_NAMES,
        most_documents=MOST_DOCUMENTS,
        most_bytes=MOST_BYTES,
        today=today,
        typed=form.typed if form else {},
        errors=errors or FieldErrors(),
    )


def _asks_for_more(form: Form) -> bool:
    """A button that only makes the form longer: one more contact, or places to tick."""
    return form.has("more_contacts") or form.has("find_area")


async def _kept(request: Asked, session: AsyncSession, organization: Organization) -> TypedOrganization:
    profile = await profiles.profile_of(session, organization)
    contacts = await profiles.contacts_of(session, organization.id)
    return typed_profile(profile, contacts, language=locale_of(request))


def _form_page(
    request: Asked,
    values: TypedOrganization,
    organization: Organization | None,
    *,
    form: Form | None = None,
    errors: FieldErrors | None = None,
    newer: TypedOrganization | None = None,
    status: int | None = None,
) -> Page:
    find = form is not None and (form.has("find_area") or "area_text" in (errors or {}))
    found = forms.areas_to_choose(values.text["area_text"]) if find else []
    return render(
        request,
        "organizations/form.html",
        status=status or (422 if errors else 200),
        organization=organization,
        values=values,
        typed=values.text,
        errors=errors or FieldErrors(),
        newer=newer,
        places=named_places(request, places_to_choose(form, forms.ANYWHERE)) if form and errors else [],
        found=[each for each in named_places(request, found) if each[0] not in values.areas],
        nothing_found=find and not found,
        natures=_natures(),
        kinds_with_code=[KIND_NAMES[kind] for kind in REGISTRABLE if kind in KINDS_WITH_CREDIT_CODE],
        fields=seed.fields(),
        skills=seed.skills(),
        skill_groups={seed.skills()[group]: skills for group, skills in seed.skill_groups().items()},
    )


def _natures() -> dict[Message, list[tuple[str, Message]]]:
    """What can be chosen: kinds without sub-kinds first, then each kind with its own."""
    plain = [(str(kind), KIND_NAMES[kind]) for kind in REGISTRABLE if kind not in SUB_KINDS]
    grouped = {
        KIND_NAMES[kind]: [(f"{kind}.{sub}", SUB_KIND_NAMES[sub]) for sub in subs]
        for kind, subs in SUB_KINDS.items()
    }
    return {Message("Committees, charities and stations"): plain, **grouped}


handlers = (
    start_registration,
    suggest_homes,
    suggest_areas,
    register_organization,
    edit_form,
    edit_organization,
    show_registration,
    submit,
    withdraw,
    take_up,
    appeal,
)
