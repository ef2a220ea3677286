"""Pages of an account: getting in and out, and what belongs to it."""

from litestar import Router

from linli.accounts.pages import entry, factor, keys, mine, providers, reset, second_step

__all__ = ["router"]

router = Router(
    "/",
    route_handlers=[
        *entry.handlers,
        *second_step.handlers,
        *reset.handlers,
        *mine.handlers,
        *factor.handlers,
        *keys.handlers,
        *providers.handlers,
    ],
)
