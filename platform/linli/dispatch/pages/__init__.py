"""Pages of dispatches: for officers who ask, for who answers and names people, and what teams took on."""

from litestar import Router

from linli.dispatch.pages import answering, asking, calendar, desks

router = Router(
    "/",
    route_handlers=[*asking.handlers, *answering.handlers, *desks.handlers, *calendar.handlers],
)
