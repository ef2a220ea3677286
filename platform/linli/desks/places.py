"""Where somebody works: at home as a volunteer, at desks of organizations, at those of teams they lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.i18n import Message
from linli.core.web.security import Caller, Seat
from linli.organizations.rules import OrganizationKind, Role
from linli.teams.models import Team
from linli.teams.queries import led_teams

HOME: Final = "/home"
# Where each role begins: an officer has two minutes, and the board says what burns.
DESKS: Final = {
    Role.officer: "desk",
    Role.social_worker: "waiting",
    Role.coordinator: "waiting",
    Role.bureau_staff: "waiting",
    Role.auditor: "audit",
}


@dataclass(frozen=True)
class Place:
    name: Message | str
    url: str
    lang: str | None = None


async def places_of(session: AsyncSession, caller: Caller) -> Sequence[Place]:
    """Every desk of this person, the one they begin at first and their own home last."""
    return places_with(caller, await led_teams(session, account_id=caller.account_id))


def places_with(caller: Caller, teams: Sequence[Team]) -> Sequence[Place]:
    """The same where it is known already which teams they lead."""
    return [
        *(Place(seat.organization_name, desk_path(seat), "zh") for seat in caller.seats),
        *(Place(team.name, f"/teams/{team.id}/desk", "zh") for team in teams),
        Place(Message("For myself"), HOME),
    ]


def desk_path(seat: Seat) -> str:
    """A bureau that is not verified looks into no division: its people begin at its page."""
    base = f"/organizations/{seat.organization_id}"
    has_desk = seat.is_verified or seat.organization_kind != OrganizationKind.bureau
    return f"{base}/{DESKS[Role(seat.role)]}" if has_desk else base
