"""The roster as a file: taken home, sent back, compared row by row, applied or undone."""

import asyncio
from collections import Counter
from typing import Any, Final

from litestar import Response, get, post

from linli.core import i18n
from linli.core.errors import Conflict, FieldErrors, Invalid
from linli.core.i18n import counted
from linli.core.spreadsheets import MOST_BYTES
from linli.core.web.forms import MAX_UPLOAD_BYTES
from linli.core.web.given import Asked, Caller, Form, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import done, locale_of, render
from linli.core.workbooks import read_table
from linli.organizations.queries import organization_with_id
from linli.rosters import actions, policies, queries
from linli.rosters.actions.imports import from_json
from linli.rosters.models import RosterImport
from linli.rosters.pages.people import people_list
from linli.rosters.queries import Roster
from linli.rosters.rules import KIND_NAMES, ImportState, Kind
from linli.rosters.sheets import as_csv, as_workbook

Page = Response[Any]
HOME = "/organizations/{organization_id:uuid}/roster"
IMPORT = f"{HOME}/imports/{{import_id:uuid}}"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SECONDS: Final = 60.0
SHOWN: Final = 100


@get(f"{HOME}.csv", opt=may(policies.may_manage_roster, writes=True, seconds=SECONDS))
async def download_csv(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id
) -> Page:
    roster = await _taken_home(session, caller, now, organization_id)
    return _file(as_csv(roster, locale_of(request)), "text/csv; charset=utf-8", "linli-roster.csv")


@get(f"{HOME}.xlsx", opt=may(policies.may_manage_roster, writes=True, seconds=SECONDS))
async def download_workbook(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id
) -> Page:
    roster = await _taken_home(session, caller, now, organization_id)
    content = await asyncio.to_thread(as_workbook, roster, locale_of(request))
    return _file(content, WORKBOOK, "linli-roster.xlsx")


@post(
    f"{HOME}/imports",
    opt=may(policies.may_manage_roster, seconds=SECONDS),
    request_max_body_size=MAX_UPLOAD_BYTES,
)
async def send_file(
    request: Asked, session: Session, caller: Caller, form: Form, now: Now, organization_id: Id
) -> Page:
    """Compared with the roster; nothing else happens yet."""
    organization = await organization_with_id(session, organization_id)
    try:
        sent = form.file("file", largest=MOST_BYTES, required=True)
        form.check()
        assert sent is not None
        sheet, merged = await asyncio.to_thread(read_table, sent.content)
        seen = await actions.preview_import(
            session,
            organization=organization,
            sheet=sheet,
            merged=merged,
            account_id=caller.account_id,
            today=i18n.local(now).date(),
            now=now,
        )
    except Invalid as refusal:
        return await people_list(request, session, caller, organization, errors=refusal.errors, status=422)
    return done(request, f"/organizations/{organization_id}/roster/imports/{seen.id}")


@get(IMPORT, opt=may(policies.may_see_import))
async def show_import(
    request: Asked,
    session: Session,
    organization_id: Id,
    import_id: Id,
    show: QueryText = "",
    after: QueryText = "",
) -> Page:
    seen = await queries.import_with_id(session, organization_id=organization_id, import_id=import_id)
    return await _import_page(request, session, organization_id, seen, show=show, after=after)


@post(f"{IMPORT}/apply", opt=may(policies.may_see_import, seconds=SECONDS))
async def apply_import(
    request: Asked,
    session: Session,
    caller: Caller,
    form: Form,
    now: Now,
    organization_id: Id,
    import_id: Id,
) -> Page:
    try:
        seen = await queries.import_with_id(
            session, organization_id=organization_id, import_id=import_id, lock=True
        )
        async with session.begin_nested():
            n = await actions.apply_import(
                session,
                seen=seen,
                with_missing=form.flag("missing"),
                they_agree=form.flag("agree"),
                account_id=caller.account_id,
                now=now,
            )
    except (Invalid, Conflict) as refusal:
        await session.rollback()
        seen = await queries.import_with_id(session, organization_id=organization_id, import_id=import_id)
        errors = refusal.errors if isinstance(refusal, Invalid) else {"": refusal.sentence}
        status = 422 if isinstance(refusal, Invalid) else 409
        return await _import_page(request, session, organization_id, seen, errors=errors, status=status)
    said = counted(n, "Applied: {n} row.", "Applied: {n} rows.")
    return done(request, f"/organizations/{organization_id}/roster/imports/{import_id}", said)


@post(f"{IMPORT}/undo", opt=may(policies.may_see_import, seconds=SECONDS))
async def undo_import(
    request: Asked, session: Session, caller: Caller, now: Now, organization_id: Id, import_id: Id
) -> Page:
    try:
        seen = await queries.import_with_id(
            session, organization_id=organization_id, import_id=import_id, lock=True
        )
        async with session.begin_nested():
            await actions.undo_import(session, seen=seen, account_id=caller.account_id, now=now)
    except Conflict as refusal:
        await session.rollback()
        seen = await queries.import_with_id(session, organization_id=organization_id, import_id=import_id)
        errors = {"": refusal.sentence}
        return await _import_page(request, session, organization_id, seen, errors=errors, status=409)
    return done(request, f"/organizations/{organization_id}/roster/imports/{import_id}")


async def _import_page(
    request: Asked,
    session: Session,
    organization_id: Id,
    seen: RosterImport,
    *,
    show: str = "",
    after: str = "",
    errors: Any = None,
    status: int = 200,
) -> Page:
    found = [from_json(each) for each in seen.differences]
    counts = Counter(each.kind for each in found)
    kind = (
        Kind(show) if show in set(Kind) else next((each for each in _FIRST if counts[each]), Kind.unchanged)
    )
    chosen = [each for each in found if each.kind is kind]
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
    last = await queries.last_applied(session, organization_id=organization_id)
    teams = await queries.teams_of(session, organization_id=organization_id)
    return render(
        request,
        "rosters/import.html",
        status=status,
        organization=await organization_with_id(session, organization_id),
        seen=seen,
        counts=counts,
        kind=kind,
        kinds=[(each, KIND_NAMES[each]) for each in Kind],
        rows=chosen[start : start + SHOWN],
        next_after=start + SHOWN if start + SHOWN < len(chosen) else None,
        start=start,
        team_names={team.id: team.name for team in teams},
        may_undo=last is not None and last.id == seen.id and seen.state is ImportState.applied,
        errors=FieldErrors(errors or {}),
    )


_FIRST: Final = (Kind.refused, Kind.new, Kind.changed, Kind.leaves)


async def _taken_home(session: Session, caller: Caller, now: Now, organization_id: Id) -> Roster:
    """The whole roster; that each number went into a file is noted."""
    roster = await queries.roster_of(session, organization_id=organization_id)
    seen = [person.id for person in roster.people.values() if person.mobile]
    actions.note_people_seen(
        session, organization_id=organization_id, people=seen, account_id=caller.account_id, now=now
    )
    return roster


def _file(content: bytes, media_type: str, name: str) -> Page:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


handlers: Final = (download_csv, download_workbook, send_file, show_import, apply_import, undo_import)
