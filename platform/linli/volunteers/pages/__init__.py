"""My profile and my papers; for officers, the papers that wait for a check."""

from litestar import Router

from linli.volunteers.pages import checking, papers, profile

__all__ = ["router"]

router = Router("/", route_handlers=[*profile.handlers, *papers.handlers, *checking.handlers])
