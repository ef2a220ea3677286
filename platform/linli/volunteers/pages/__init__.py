"""My profile and my papers; for officers, the papers that wait for a check."""

from litestar import Router

from linli.volunteers.pages import asking, checking, papers, profile

__all__ = ["router"]

router = Router(
    "/", route_handlers=[*profile.handlers, *asking.handlers, *papers.handlers, *checking.handlers]
)
