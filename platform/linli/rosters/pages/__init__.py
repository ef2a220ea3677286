"""Pages of an organization's people, and of the files by which its roster comes and goes."""

from litestar import Router

from linli.rosters.pages import files, people

router = Router("/", route_handlers=[*people.handlers, *files.handlers])
