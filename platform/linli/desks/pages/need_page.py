"""A need as a visitor or volunteer sees it: what, when, what is missing for me, and the one button."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, Router, get
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.models import Account
from linli.conversations.queries import published_answers
from linli.core.web.given import Asked, Id, Now, Session, Visitor
from linli.core.web.security import Caller, may
from linli.core.web.templating import render
from linli.divisions.shown import path_named
from linli.needs.actions import times_of
from linli.needs.models import Need, Shift
from linli.needs.queries import find_need_and_asker
from linli.needs.rules import Joining, places_lacking
from linli.needs.views import Asks, PublicNeed
from linli.organizations.policies import is_auditor_over, is_officer_of
from linli.participation import queries
from linli.participation.fitness import Obstacle, obstacles_in_all, standing_of
from linli.participation.models import FriendGroup, Participation
from linli.participation.policies import is_public, may_see_need
from linli.participation.rules import LARGEST_GROUP, OPEN
from linli.participation.together.queries import gathering_in_need


@dataclass(frozen=True)
class ShiftView:
    """One time of the need, as this visitor may use it."""

    shift: Shift
    participation: Participation | None
    obstacles: Sequence[Obstacle]
    is_open_to_others: bool = True
    group: FriendGroup | None = None
    takes_at_once: bool = False
    # All times that a yes is for, where the same person comes to each.
    times: Sequence[Shift] = ()

    @property
    def own(self) -> Participation | None:
        return self.participation if self.participation and self.participation.state in OPEN else None

    @property
    def most_together(self) -> int:
        """How many could go as one; below two nobody is offered that."""
        return min(self.shift.places_free, LARGEST_GROUP) if self.may_apply and not self.times else 0

    @property
    def may_apply(self) -> bool:
        is_free = self.shift.places_free > 0 and self.is_open_to_others
        return self.own is None and not self.in_the_way and is_free

    @property
    def in_the_way(self) -> list[Obstacle]:
        """What keeps somebody from asking; for what the organization can still mend an application waits."""
        return [each for each in self.obstacles if self.takes_at_once or not each.may_wait]


@get("/needs/{need_id:uuid}", opt=may(may_see_need))
async def show_need(
    request: Asked, session: Session, visitor: Visitor, now: Now, need_id: Id
) -> Response[Any]:
    need, organization = await find_need_and_asker(session, need_id)
    is_vouched_for = organization is not None and organization.is_verified
    coming = [shift for shift in need.shifts if shift.starts_at > now]
    own = (
        await queries.own_in_need(session, need_id=need.id, account_id=visitor.account_id) if visitor else {}
    )
    return render(
        request,
        "desks/need.html",
        need=PublicNeed.of(need),
        decides_at=need.decides_at,
        lacking=places_lacking(times_of(need)),
        asks=Asks.of(need),
        organization=organization,
        community=path_named(need.division or ""),
        shifts=[
            replace(
                each,
                is_open_to_others=is_vouched_for,
                takes_at_once=need.joining is Joining.at_once,
            )
            for each in await _views(session, need=need, coming=coming, own=own, visitor=visitor, now=now)
        ],
        published=await published_answers(session, need.id),
        past=[shift for shift in need.shifts if shift.starts_at <= now],
        is_running=need.is_running,
        is_vouched_for=is_vouched_for,
        only_reads=bool(
            visitor
            and is_auditor_over(visitor, need.division or "")
            and not own
            and not is_public(need.state, need.field_id, asker_is_verified=is_vouched_for)
        ),
        is_own_desk=bool(visitor and organization and is_officer_of(visitor, organization.id)),
    )


async def _views(
    session: AsyncSession,
    *,
    need: Need,
    coming: Sequence[Shift],
    own: dict[Any, Participation],
    visitor: Caller | None,
    now: datetime,
) -> list[ShiftView]:
    """With what stands in the way of a signed-in person; one for all times where the same person comes."""
    times = coming if need.same_person else ()
    if visitor is None:
        return [ShiftView(shift, None, [], times=times) for shift in coming[: 1 if times else None]]
    account = await session.get_one(Account, visitor.account_id)
    standing = await standing_of(session, need=need, shifts=coming, account=account)
    groups = await gathering_in_need(session, need_id=need.id, account_id=account.id, now=now)
    return [
        ShiftView(
            shift,
            own.get(shift.id),
            obstacles_in_all(standing, need=need, shifts=need.times_with(shift, now), now=now),
            group=groups.get(shift.id),
            times=times,
        )
        for shift in coming[: 1 if times else None]
    ]


router = Router("/", route_handlers=[show_need])
