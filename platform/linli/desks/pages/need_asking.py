"""Asking people for a need: the chosen ones by hand, or in waves that an officer watches."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, post

from linli.core.errors import NotFound
from linli.core.forms import Form as SentForm
from linli.core.forms import id_named
from linli.core.i18n import Message, counted
from linli.core.web.given import Asked, Caller, Form, Id, Now, Session
from linli.core.web.security import may
from linli.core.web.templating import done
from linli.needs.policies import may_manage_need
from linli.participation import actions, queries
from linli.suggestions.asking import ask as ask_people
from linli.suggestions.queries import are_suggested
from linli.waves import actions as waves
from linli.waves.models import Asking
from linli.waves.queries import find_asking

MOST_ASKED_AT_ONCE = 200
IN_WAVES = "waves"
WAITS = Message("It goes on by itself: if places stay free, the first wave follows.")
Page = Response[Any]


@post("/needs/{need_id:uuid}/ask", opt=may(may_manage_need))
async def ask(request: Asked, session: Session, caller: Caller, form: Form, now: Now, need_id: Id) -> Page:
    """The chosen people for one time, once or in waves; who cannot be asked is counted with the reason."""
    shift_id = form.id("shift", required=True)
    in_waves = form.text("how", longest=20) == IN_WAVES
    proposed, chosen = _people(form, "proposed"), _people(form, "person")
    # Where nobody was proposed, because enough have been asked, the waves begin with their answers.
    if not chosen and (proposed or not in_waves):
        form.refuse("person", Message("Please choose at least one person."))
    form.check()
    if shift_id is None or await queries.need_of_shift(session, shift_id) != need_id:
        raise NotFound
    back = f"/needs/{need_id}/desk?shift={shift_id}"
    if in_waves:
        await waves.begin(
            session,
            need_id=need_id,
            shift_id=shift_id,
            account_ids=chosen,
            proposed_ids=proposed,
            officer_id=caller.account_id,
            now=now,
        )
        said = Message("The first wave is out. The rest goes on by itself.") if chosen else WAITS
        return done(request, back, said)
    allowed = await are_suggested(session, need_id=need_id, account_ids=chosen)
    asked = await ask_people(
        session, shift_id=shift_id, account_ids=allowed, asked_by_id=caller.account_id, now=now
    )
    return done(request, back, _told(asked))


@post("/needs/{need_id:uuid}/asking/{asking_id:uuid}/hold", opt=may(may_manage_need))
async def hold(
    request: Asked, session: Session, caller: Caller, now: Now, need_id: Id, asking_id: Id
) -> Page:
    asking = await find_asking(session, need_id=need_id, asking_id=asking_id)
    await waves.hold(session, asking=asking, officer_id=caller.account_id, now=now)
    return _back(request, asking, Message("Held. Nobody else is asked until you let it go on."))


@post("/needs/{need_id:uuid}/asking/{asking_id:uuid}/go-on", opt=may(may_manage_need))
async def go_on(
    request: Asked, session: Session, caller: Caller, now: Now, need_id: Id, asking_id: Id
) -> Page:
    asking = await find_asking(session, need_id=need_id, asking_id=asking_id)
    await waves.go_on(session, asking=asking, officer_id=caller.account_id, now=now)
    return _back(request, asking, Message("It goes on by itself again."))


@post("/needs/{need_id:uuid}/asking/{asking_id:uuid}/end", opt=may(may_manage_need))
async def end(request: Asked, session: Session, caller: Caller, now: Now, need_id: Id, asking_id: Id) -> Page:
    asking = await find_asking(session, need_id=need_id, asking_id=asking_id)
    await waves.end(session, asking=asking, officer_id=caller.account_id, now=now)
    return _back(request, asking, Message("Ended. Who was asked may still answer."))


def _back(request: Asked, asking: Asking, said: Message) -> Page:
    return done(request, f"/needs/{asking.need_id}/desk?shift={asking.shift_id}", said)


def _people(form: SentForm, name: str) -> list[UUID]:
    typed = form.typed_many(name)[:MOST_ASKED_AT_ONCE]
    return [id for each in typed if (id := id_named(each))]


def _told(asked: actions.Asked) -> Message:
    if not asked.left_out:
        return counted(
            len(asked.invited), "Asked one person. You will be told.", "Asked {n} people. You will be told."
        )
    return Message(
        "Asked {n}; {left} could not be asked: {reason}",
        n=len(asked.invited),
        left=len(asked.left_out),
        reason=asked.left_out[0][1],
    )


router = Router("/", route_handlers=[ask, hold, go_on, end])
