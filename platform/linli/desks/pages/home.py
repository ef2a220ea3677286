"""A volunteer's home: who asks for me, what I promised, what fits me, and the same list unpersonalised."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from litestar import Response, Router, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts import actions as accounts
from linli.accounts.models import Account
from linli.core.web.given import Asked, Caller, Form, Now, QueryText, Session
from linli.core.web.security import may, signed_in
from linli.core.web.sessions import afterwards
from linli.core.web.templating import done, render
from linli.desks.pages.my_suggestions import said_of
from linli.desks.places import places_with
from linli.desks.waiting.volunteer import led_in, volunteer_groups
from linli.divisions.queries import county_of, with_code
from linli.divisions.rules import Division
from linli.divisions.shown import named
from linli.needs.filters import NeedFilter
from linli.needs.queries import NeedCard, newest_needs
from linli.participation import queries
from linli.participation.rules import WAITS_FOR_YES, State
from linli.suggestions.for_person import PersonsList, needs_for_person
from linli.suggestions.shown import note_list_of_person
from linli.teams.queries import own_seats
from linli.volunteers.models import VolunteerProfile

Page = Response[Any]
# On a phone the first look is short; "all" is one tap away.
FIRST = 3
ALL = 20


@get("/home", opt=may(signed_in))
async def my_home(
    request: Asked, session: Session, caller: Caller, now: Now, order: QueryText = "", show: QueryText = ""
) -> Page:
    account = await session.get_one(Account, caller.account_id)
    profile = await session.get(VolunteerProfile, caller.account_id)
    personalised = caller.personalised and order != "newest"
    coming = await queries.commitments(session, account_id=caller.account_id, now=now)
    county = _county_of(account)
    listed = await _needs_for(session, account, county, personalised=personalised, now=now)
    seen = listed if show == "all" else listed.first(FIRST)
    if seen.shown:
        afterwards(request, partial(note_list_of_person, account_id=account.id, shown=seen.shown, now=now))
    is_silent = profile is not None and profile.silent_since is not None
    seats = await own_seats(session, account_id=caller.account_id)
    news, teams = await volunteer_groups(
        session, account_id=caller.account_id, seats=seats, is_silent=is_silent
    )
    return render(
        request,
        "desks/home.html",
        places=places_with(caller, led_in(seats)),
        invitations=[each for each in coming if each.participation.state in WAITS_FOR_YES],
        promised=[each for each in coming if each.participation.state is State.confirmed],
        coming=coming,
        news=news,
        teams=teams,
        cards=_with_why(seen.cards),
        more=len(listed.cards) > FIRST and show != "all",
        all_url="/home?show=all" + ("&order=newest" if order == "newest" else ""),
        personalised=personalised,
        has_profile=profile is not None,
        place=named(county.code) if county else None,
        near_url=NeedFilter(division=county).url() if county else "/needs",
        community=named,
        now=now,
    )


@post("/home/order", opt=may(signed_in))
async def choose_order(request: Asked, session: Session, caller: Caller, form: Form, now: Now) -> Page:
    """The plain switch: personalised or not, kept until changed."""
    account = await session.get_one(Account, caller.account_id)
    personalised = form.one_of("order", ("personal", "newest")) != "newest"
    await accounts.choose_order(session, account=account, personalised=personalised, now=now)
    return done(request, "/home", said_of(account))


def _county_of(account: Account) -> Division | None:
    place = with_code(account.division or "")
    return county_of(place) if place else None


async def _needs_for(
    session: AsyncSession, account: Account, county: Division | None, *, personalised: bool, now: datetime
) -> PersonsList:
    if personalised:
        return await needs_for_person(session, account=account, now=now, limit=ALL)
    code = county.code if county else None
    return PersonsList(await newest_needs(session, now=now, division=code, limit=ALL), None)


def _with_why(cards: Sequence[NeedCard]) -> list[NeedCard]:
    """What was chosen for somebody leads on to why; the newest for everybody have no reason but that."""
    return [replace(card, why_url=f"{card.url}/why") if card.reasons else card for card in cards]


router = Router("/", route_handlers=[my_home, choose_order])
