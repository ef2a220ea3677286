"""For programs: in whose name an access key acts."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import get

from linli.core.i18n import Message
from linli.core.web.api import answers
from linli.core.web.given import Caller
from linli.core.web.security import may, signed_in

WHO: Final = Message("Who an access key acts for, in which organizations and with which scopes.")


class Place(msgspec.Struct):
    """An organization in which the person holds a role."""

    organization_id: UUID
    name: str
    kind: str
    role: str
    division: str
    is_verified: bool


class Me(msgspec.Struct):
    """The person behind an access key, and what the key may do."""

    account_id: UUID
    name: str
    language: str
    scopes: list[str]
    organizations: list[Place]


EXAMPLE: Final = Me(
    account_id=UUID("01936b2e-4c00-7000-8000-000000000001"),
    name="王敏",
    language="zh",
    scopes=["needs:post", "needs:read"],
    organizations=[
        Place(
            organization_id=UUID("01936b2e-4c00-7000-8000-000000000002"),
            name="花桥社区居民委员会",
            kind="residents_committee",
            role="officer",
            division="522725001002",
            is_verified=True,
        )
    ],
)


@get(
    "/me",
    opt=may(signed_in),
    summary=WHO.text,
    operation_id="me",
    responses=answers(EXAMPLE),
)
async def show_me(caller: Caller) -> Me:
    return Me(
        account_id=caller.account_id,
        name=caller.name,
        language=caller.language,
        scopes=sorted(caller.scopes or ()),
        organizations=[
            Place(
                organization_id=seat.organization_id,
                name=seat.organization_name,
                kind=seat.organization_kind,
                role=seat.role,
                division=seat.division,
                is_verified=seat.is_verified,
            )
            for seat in caller.seats
        ],
    )


handlers: Final = (show_me,)
