"""Pages of teams: for everybody, for oneself, for who leads one, and for the organization behind it."""

from litestar import Router

from linli.teams.pages import belonging, homes, leading, public

router = Router(
    "/",
    route_handlers=[*public.handlers, *belonging.handlers, *leading.handlers, *homes.handlers],
)
