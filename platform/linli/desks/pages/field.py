"""While a need is being written: the field of service that its text seems to be about."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, Router, post

from linli.core import seed
from linli.core.forms import Form as SentForm
from linli.core.seed import Field
from linli.core.web.given import Asked, Form, Id, Session
from linli.core.web.htmx import is_htmx
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.needs.forms import LONGEST_TEXT, LONGEST_TITLE
from linli.needs.models import Need
from linli.needs.pages import show_form
from linli.needs.policies import may_manage_need, may_post_needs
from linli.needs.queries import find_need
from linli.needs.typed import typed_from_form, typed_in_field
from linli.organizations.models import Organization
from linli.organizations.queries import organization_with_id
from linli.suggestions.fields import suggested_field

Page = Response[Any]


@dataclass(frozen=True)
class FieldSuggestion:
    """`field` is None where there is nothing to suggest, and `is_unsure` where there was a text to judge."""

    field: Field | None
    is_unsure: bool = False


@post("/organizations/{organization_id:uuid}/needs/field", opt=may(may_post_needs, writes=False))
async def suggest_field(request: Asked, session: Session, form: Form, organization_id: Id) -> Page:
    return _answer(request, form, await organization_with_id(session, organization_id), None)


@post("/needs/{need_id:uuid}/field", opt=may(may_manage_need, writes=False))
async def suggest_field_of_need(request: Asked, session: Session, form: Form, need_id: Id) -> Page:
    need = await find_need(session, need_id)
    return _answer(request, form, await session.get_one(Organization, need.organization_id), need)


def _answer(request: Asked, form: SentForm, organization: Organization, need: Need | None) -> Page:
    """The fragment alone for htmx; else the whole form, with it or with the field taken over."""
    taken = seed.fields().get(form.typed.get("take", ""))
    if taken:
        return show_form(request, organization, typed_in_field(typed_from_form(form), taken), need=need)
    suggestion = _suggestion(form)
    if not is_htmx(request):
        return show_form(request, organization, typed_from_form(form), need=need, suggestion=suggestion)
    address = f"/needs/{need.id}/field" if need else f"/organizations/{organization.id}/needs/field"
    return render(request, "needs/_field_suggestion.html", suggestion=suggestion, address=address)


def _suggestion(form: SentForm) -> FieldSuggestion:
    """Only where no field has been chosen, or the one for what belongs to none."""
    typed = form.typed
    title, text = typed.get("title", "")[:LONGEST_TITLE], typed.get("description", "")[:LONGEST_TEXT]
    if typed.get("field_id", "") in seed.fields() or not (title + text).strip():
        return FieldSuggestion(None)
    field = suggested_field(f"{title}\n{text}")
    return FieldSuggestion(field, is_unsure=field is None)


router = Router("/", route_handlers=[suggest_field, suggest_field_of_need])
