"""Conversations, reports and blocks."""

from litestar import Router

from linli.conversations.pages import blocking, reporting, talking

router = Router("/", route_handlers=[talking.router, reporting.router, blocking.router])
