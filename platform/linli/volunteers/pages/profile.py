"""My profile: an overview, and one small form for each part."""

from typing import Any

from litestar import Response, get, post

from linli.accounts.queries import account_with_id
from linli.core import i18n, seed
from linli.core.errors import Conflict, FieldErrors, Invalid, NotFound
from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Form, Now, PathText, Session
from linli.core.web.security import may, signed_in
from linli.core.web.templating import done, render
from linli.volunteers import actions, forms, queries
from linli.volunteers.asking.queries import asking_of
from linli.volunteers.forms import Part
from linli.volunteers.queries import Profile
from linli.volunteers.rules import LEVEL_NAMES, MEANS_NAMES
from linli.volunteers.summary import PART_NAMES, PART_OPENS, summary
from linli.volunteers.typed import TypedPart, typed_draft, typed_form

Page = Response[Any]


@get("/me/volunteer", opt=may(signed_in))
async def show_profile(request: Asked, session: Session, caller: Caller, now: Now) -> Page:
    profile = await queries.profile_of(session, caller.account_id)
    account = await account_with_id(session, caller.account_id)
    return render(
        request,
        "volunteers/profile.html",
        profile=profile,
        asking=await asking_of(session, account),
        parts=[(part, PART_NAMES[part], PART_OPENS[part], summary(profile.draft, part)) for part in Part],
        papers=await queries.papers_of(session, caller.account_id, today=i18n.local(now).date()),
        has_community=account.division is not None,
    )


@get("/me/volunteer/{part:str}", opt=may(signed_in))
async def show_part(request: Asked, session: Session, caller: Caller, part: PathText) -> Page:
    chosen = _part(part)
    profile = await queries.profile_of(session, caller.account_id)
    return _part_page(request, chosen, profile, typed_draft(profile.draft))


@post("/me/volunteer/{part:str}", opt=may(signed_in))
async def save_part(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, part: PathText
) -> Page:
    chosen, version = _part(part), forms.read_version(form)
    profile = await queries.profile_of(session, caller.account_id)
    try:
        draft = forms.read_part(form, chosen, profile.draft)
        account = await account_with_id(session, caller.account_id)
        await actions.save_profile(session, account=account, draft=draft, version=version, now=now)
    except Invalid as refusal:
        return _part_page(
            request, chosen, profile, typed_form(form), version=version, errors=refusal.errors, status=422
        )
    except Conflict as refusal:
        await session.rollback()
        kept = await queries.profile_of(session, caller.account_id)
        errors = FieldErrors({"": refusal.sentence})
        return _part_page(request, chosen, kept, typed_form(form), errors=errors, status=409)
    if chosen is Part.skills and draft.skills.keys() - profile.draft.skills.keys():
        return done(
            request, "/me/volunteer/skills", Message("Kept. If you like, say how well you can do it.")
        )
    return done(request, "/me/volunteer", Message("Kept: {part}.", part=PART_NAMES[chosen]))


def _part(name: str) -> Part:
    try:
        return Part(name)
    except ValueError:
        raise NotFound from None


def _part_page(
    request: Asked,
    part: Part,
    profile: Profile,
    values: TypedPart,
    *,
    version: int | None = None,
    errors: FieldErrors | None = None,
    status: int = 200,
) -> Page:
    return render(
        request,
        "volunteers/part.html",
        status=status,
        part=part,
        title=PART_NAMES[part],
        opens=PART_OPENS[part],
        kept=summary(profile.draft, part) if status == 409 else [],
        version=profile.version if version is None else version,
        values=values,
        errors=errors or FieldErrors(),
        fields=seed.fields().values(),
        skills=seed.skills(),
        skill_groups=seed.skill_groups(),
        spoken=seed.languages().values(),
        level_names=LEVEL_NAMES,
        means_names=MEANS_NAMES,
    )


handlers = (show_profile, show_part, save_part)
