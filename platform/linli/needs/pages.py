"""Posting, editing, publishing and printing needs; the public list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import segno
from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.core import i18n, seed
from linli.core.db import new_id
from linli.core.errors import Conflict, FieldErrors, Invalid, NotFound
from linli.core.i18n import Message
from linli.core.kept import Kept
from linli.core.web.given import Asked, Caller, Form, Id, Now, PathText, QueryText, Session
from linli.core.web.security import anyone, may
from linli.core.web.templating import done, locale_of, render
from linli.divisions.search import search
from linli.divisions.shown import communities_inside, path_named
from linli.needs import actions, forms, policies, queries, rules, typed
from linli.needs.filters import NeedFilter
from linli.needs.models import Need
from linli.needs.queries import NeedCard
from linli.needs.typed import TypedNeed
from linli.needs.views import PublicNeed
from linli.organizations.models import Organization

Page = Response[Any]
POSTED = Message("Posted. We are looking for people who fit.")
NONE_OF_THESE = (Message("None of these"), "#other", False)
ORDERS = ((Message("Where people are missing most"), False), (Message("Soonest first"), True))
# Beside the filters: every look at the list would count all open needs.
COUNTS: Final[Kept[str | None, dict[str, int]]] = Kept(lasts=timedelta(seconds=10), most=256)
KEPT = Message("Kept as a draft. Only your organization sees it.")


@get("/needs", opt=may(anyone))
async def list_needs(
    request: Asked,
    session: Session,
    now: Now,
    near: QueryText = "",
    place: QueryText = "",
    field: QueryText = "",
    day: QueryText = "",
    order: QueryText = "",
    after: QueryText = "",
) -> Page:
    """What is needed, with filters and an order that stay in the address."""
    chosen = NeedFilter.read(place=place, field=field, day=day, order=order)
    found = search(near[:100], limit=8) if near else []
    if len(found) == 1:
        chosen = replace(chosen, division=found[0])
    read = queries.open_needs if chosen.is_soonest_first else queries.lacking_needs
    page = await read(session, now=now, chosen=chosen, zone=i18n.zone(), after=after)
    count = partial(queries.open_field_counts, session, now=now, division=chosen.code)
    counts = await COUNTS.find(chosen.code, now, count)
    return render(
        request,
        "needs/index.html",
        cards=page.rows,
        by_day=_by_day(page.rows) if chosen.is_soonest_first else [],
        orders=[
            (name, chosen.url(is_soonest_first=is_soonest), chosen.is_soonest_first is is_soonest)
            for name, is_soonest in ORDERS
        ],
        next_url=chosen.url(after=page.next_cursor) if page.next_cursor else None,
        first_url=chosen.url() if after else None,
        near=near,
        place=path_named(chosen.code) if chosen.code else None,
        chosen=chosen,
        nothing_found=bool(near and not found),
        choices=[(path_named(each.code), chosen.url(division=each), False) for each in found]
        if len(found) > 1
        else [],
        days=_day_chips(chosen, i18n.local(now).date()),
        field_chips=_field_chips(chosen, counts),
    )


@get("/organizations/{organization_id:uuid}/needs/new", opt=may(policies.may_post_needs))
async def choose_template(request: Asked, session: Session, organization_id: Id) -> Page:
    """The first of two steps: which kind of need."""
    organization = await _organization(session, organization_id)
    return render(
        request,
        "needs/choose_template.html",
        organization=organization,
        groups=seed.templates_by_field(),
        fields=[*((each, f"#{each.id}", False) for each in seed.fields().values()), NONE_OF_THESE],
        language=locale_of(request),
    )


@get("/organizations/{organization_id:uuid}/needs/new/{template_id:str}", opt=may(policies.may_post_needs))
async def start_need(
    request: Asked, session: Session, now: Now, organization_id: Id, template_id: PathText
) -> Page:
    """The second step: the form, filled from the template."""
    organization = await _organization(session, organization_id)
    template = seed.templates().get(template_id)
    language = locale_of(request)
    if template is None and template_id != "blank":
        raise NotFound
    values = (
        typed.typed_from_template(
            template, organization=organization, language=language, today=i18n.local(now).date()
        )
        if template
        else typed.typed_from_scratch(organization=organization, language=language)
    )
    return show_form(request, organization, values)


@post("/organizations/{organization_id:uuid}/needs", opt=may(policies.may_post_needs))
async def post_need(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    organization = await _organization(session, organization_id)
    values = typed.typed_from_form(form)
    if form.has("more_times"):
        return show_form(request, organization, values.with_shift_rows(1))
    make, told = (actions.keep_draft, KEPT) if form.has("keep") else (actions.post_need, POSTED)
    try:
        key = form.text("key", longest=forms.LONGEST_KEY)
        draft = forms.read_need(form, within_division=organization.division, zone=i18n.zone(), now=now)
        async with session.begin_nested():
            need_id = await actions.make_once(
                session,
                make=make,
                key=key,
                organization=organization,
                draft=draft,
                account_id=caller.account_id,
                now=now,
            )
    except Invalid as refusal:
        return show_form(request, organization, values, errors=refusal.errors)
    except Conflict as refusal:
        return show_form(request, organization, values, errors={"": refusal.sentence}, status=409)
    return done(request, f"/needs/{need_id}/desk", told)


@get("/needs/{need_id:uuid}/edit", opt=may(policies.may_manage_need))
async def edit_form(request: Asked, session: Session, need_id: Id) -> Page:
    need = await queries.find_need(session, need_id)
    organization = await _organization(session, need.organization_id)
    return show_form(request, organization, typed.typed_from_need(need, zone=i18n.zone()), need=need)


@post("/needs/{need_id:uuid}/edit", opt=may(policies.may_manage_need))
async def edit_need(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id
) -> Page:
    need = await queries.find_need(session, need_id, lock=True)
    organization = await _organization(session, need.organization_id)
    values = typed.typed_from_form(form)
    if form.has("more_times"):
        return show_form(request, organization, values.with_shift_rows(1), need=need)
    version = form.whole("version", least=0, most=10**9) or 0
    try:
        draft = forms.read_need(form, within_division=organization.division, zone=i18n.zone(), now=now)
        await actions.edit_need(
            session, need=need, draft=draft, version=version, account_id=caller.account_id, now=now
        )
    except Invalid as refusal:
        return show_form(request, organization, values, need=need, errors=refusal.errors)
    except Conflict as refusal:
        newer = typed.typed_from_need(need, zone=i18n.zone())
        return show_form(
            request, organization, values, need=need, newer=newer, errors={"": refusal.sentence}, status=409
        )
    return done(request, f"/needs/{need.id}/desk", Message("Changed."))


@get("/needs/{need_id:uuid}/again", opt=may(policies.may_manage_need))
async def post_again(request: Asked, session: Session, now: Now, need_id: Id) -> Page:
    """The form of a new need, filled from a past one, its times moved by whole weeks."""
    need = await queries.find_need(session, need_id)
    organization = await _organization(session, need.organization_id)
    today = i18n.local(now).date()
    return show_form(request, organization, typed.typed_from_need(need, zone=i18n.zone(), again_from=today))


@post("/needs/{need_id:uuid}/publish", opt=may(policies.may_manage_need))
async def publish(request: Asked, session: Session, caller: Caller, now: Now, need_id: Id) -> Page:
    need = await queries.find_need(session, need_id, lock=True)
    organization = await _organization(session, need.organization_id)
    await actions.publish_need(
        session, need=need, organization=organization, account_id=caller.account_id, now=now
    )
    return done(request, f"/needs/{need.id}/desk", POSTED)


@get("/needs/{need_id:uuid}/sheet", opt=may(policies.may_manage_need))
async def sheet(request: Asked, session: Session, now: Now, need_id: Id) -> Page:
    """A notice for the board with a QR code, and a text to paste into the group: public parts only."""
    need = await queries.find_need(session, need_id)
    organization = await _organization(session, need.organization_id)
    [card] = await queries.cards_by_ids(session, [need.id], now=now)
    address = f"{request.app.state.settings.base_url}/needs/{need.id}"
    coming = [shift for shift in need.shifts if shift.starts_at > now]
    return render(
        request,
        "needs/sheet.html",
        need=PublicNeed.of(need),
        card=card,
        shifts=coming,
        organization=organization,
        address=address,
        qr=segno.make(address, error="m").svg_data_uri(scale=6, border=0),
    )


async def _organization(session: AsyncSession, organization_id: UUID | None) -> Organization:
    organization = await session.get(Organization, organization_id) if organization_id else None
    if organization is None:
        raise NotFound
    return organization


def show_form(
    request: Asked,
    organization: Organization,
    values: TypedNeed,
    *,
    need: Need | None = None,
    newer: TypedNeed | None = None,
    errors: dict[str, Message] | None = None,
    status: int | None = None,
    foresight: object = None,
    suggestion: object = None,
) -> Page:
    """The form as it is filled; how many could come, and what it is about, is for a page above to know."""
    template = seed.templates().get(values.value("template_id"))
    return render(
        request,
        "needs/form.html",
        status=status or (422 if errors else 200),
        organization=organization,
        values=values,
        errors=FieldErrors(errors or {}),
        need=need,
        key=new_id().hex,
        newer=newer,
        template=template,
        template_language=values.language,
        fields=seed.need_fields(),
        skills=seed.skills(),
        skill_groups={seed.skills()[group]: skills for group, skills in seed.skill_groups().items()},
        credentials=seed.credentials(),
        risk_kinds=seed.risk_kinds(),
        languages_spoken=seed.languages(),
        rules=rules,
        communities=communities_inside(organization.division),
        foresight=foresight,
        suggestion=suggestion,
    )


def _by_day(cards: Sequence[NeedCard]) -> list[tuple[date, list[NeedCard]]]:
    dated = [(i18n.local(card.starts_at).date(), card) for card in cards if card.starts_at]
    return [(day, [card for _, card in group]) for day, group in groupby(dated, key=lambda pair: pair[0])]


def _day_chips(chosen: NeedFilter, today: date) -> list[tuple[object, str, bool]]:
    soon = [today + timedelta(days=n) for n in range(7)]
    anytime = (Message("Any day"), chosen.url(day=None), chosen.day is None)
    return [anytime, *((day, chosen.url(day=day), chosen.day == day) for day in soon)]


def _field_chips(chosen: NeedFilter, counts: dict[str, int]) -> list[tuple[object, str, bool, int | None]]:
    every = (Message("All fields"), chosen.url(field_id=None), chosen.field_id is None, sum(counts.values()))
    fields = [each for each in seed.need_fields().values() if each.id in counts or each.id == chosen.field_id]
    return [every] + [
        (each, chosen.url(field_id=each.id), chosen.field_id == each.id, counts.get(each.id, 0))
        for each in fields
    ]


router = Router(
    "/",
    route_handlers=[
        list_needs,
        choose_template,
        start_need,
        post_need,
        edit_form,
        edit_need,
        post_again,
        publish,
        sheet,
    ],
)
