"""The board of an organization's own needs by state, the overdue and at risk on top."""

from typing import Any, Final

from litestar import Response, Router, get

from linli.core.i18n import Message
from linli.core.web.given import Asked, Caller, Id, Now, QueryText, Session
from linli.core.web.security import may
from linli.core.web.templating import render
from linli.desks.board import BoardGroup, board_counts, board_groups, board_rows
from linli.desks.places import places_of
from linli.dispatch.rules import ASKABLE_KINDS
from linli.needs.policies import may_post_needs
from linli.needs.rules import ENDED_STATES, RUNNING_STATES, NeedState
from linli.organizations.queries import organization_with_id

TABS: Final = {
    "running": (Message("Running"), RUNNING_STATES),
    "drafts": (Message("Drafts"), frozenset({NeedState.draft})),
    "ended": (Message("Ended"), ENDED_STATES),
}


@get("/organizations/{organization_id:uuid}/desk", opt=may(may_post_needs))
async def show_board(
    request: Asked,
    session: Session,
    caller: Caller,
    now: Now,
    organization_id: Id,
    show: QueryText = "running",
) -> Response[Any]:
    organization = await organization_with_id(session, organization_id)
    shown = show if show in TABS else "running"
    counts = await board_counts(session, organization_id)
    rows = await board_rows(session, organization_id=organization_id, states=TABS[shown][1], now=now)
    return render(
        request,
        "desks/board.html",
        organization=organization,
        seat=caller.seat_in(organization_id),
        places=await places_of(session, caller),
        brings_people=organization.kind in ASKABLE_KINDS,
        groups=board_groups(rows, now) if shown == "running" else [BoardGroup(TABS[shown][0], rows)],
        is_empty=not rows,
        shown=shown,
        tabs=[
            (text, f"?show={name}", name == shown, sum(counts.get(state, 0) for state in states))
            for name, (text, states) in TABS.items()
        ],
        now=now,
    )


router = Router("/", route_handlers=[show_board])
