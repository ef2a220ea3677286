"""Pages of an account: getting in and out, and what belongs to it."""

from litestar import Router

from linli.accounts.pages import entry, mine, reset

__all__ = ["router"]

router = Router("/", route_handlers=[*entry.handlers, *reset.handlers, *mine.handlers])
