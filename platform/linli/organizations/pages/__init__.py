"""An organization's page, its members and papers, its registration, and the desk of a bureau."""

from litestar import Router

from linli.organizations.pages import documents, members, mine, public, readmission, register, registration

router = Router(
    "/",
    route_handlers=[
        *public.handlers,
        *registration.handlers,
        *documents.handlers,
        *members.handlers,
        *mine.handlers,
        *readmission.handlers,
        *register.handlers,
    ],
)
