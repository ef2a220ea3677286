"""Pages that show several domains together: the front page, homes and desks."""

from litestar import Router

from linli.desks.pages import (
    answer_limits,
    audit,
    board,
    consent,
    field,
    foresight,
    front,
    home,
    matcher,
    my_data,
    my_suggestions,
    need_asking,
    need_desk,
    need_page,
    need_partners,
    partner_needs,
    start,
    talk,
    team_desk,
    together,
    waiting,
)

router = Router(
    "/",
    route_handlers=[
        front.router,
        start.router,
        home.router,
        board.router,
        need_desk.router,
        need_asking.router,
        need_partners.router,
        partner_needs.router,
        answer_limits.router,
        audit.router,
        matcher.router,
        foresight.router,
        my_data.router,
        my_suggestions.router,
        consent.router,
        field.router,
        need_page.router,
        talk.router,
        team_desk.router,
        together.router,
        waiting.router,
    ],
)
