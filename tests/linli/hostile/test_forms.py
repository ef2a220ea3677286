"""Every form of the application, and whatever may stand in one of its fields while the others are right.

The forms are those that people find by walking the pages. A few values for each field in the suite, in turn;
LINLI_TEST_THOROUGH=1 sends every value in every field.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from linli.core.config import Settings
from linli.core.web.application import Application
from linli.core.web.security import cookie_name
from tests.conftest import RolledBackDatabase, Visitor
from tests.house import expect_none
from tests.linli.accounts.entering import code_sent_to
from tests.linli.hostile.filling import filled
from tests.linli.hostile.finding import Found, Routes, Somebody, Walk
from tests.linli.hostile.reading import TYPED
from tests.linli.hostile.scenes import Scene, make_scenes
from tests.linli.hostile.sending import Outcome, Sender, Sent
from tests.linli.hostile.values import SUM, VALUES, chosen, is_readable
from tests.linli.test_rights import ACTORS, ROUTES, Note
from tests.linli.world import VISITOR, VOLUNTEER, World, make_world

# Calls for programs, which have no form: test_calls sends to them.
WITHOUT_A_FORM: Final = {"POST /api/v1/organizations/{organization_id}/needs"}
# Filled properly and refused all the same, for a reason of their own.
REFUSED_ANYWAY: Final[Mapping[str, str]] = {
    "POST /me/account/second-step/new": "the secret of the code stands in a picture",
}
# What a refusal leaves behind: the count of wrong tries, that somebody was here.
KEPT_OF_A_REFUSAL: Final = {"wrong_tries", "one_time_codes", "sessions"}
# The page shown again names people, and each look is noted.
NOTES_A_LOOK: Final = {"POST /organizations/{organization_id}/credentials/{paper_id}/check"}
MOST_SECONDS: Final = 1.0
NO_PAGES: Final = re.compile(r"/api/|[.]|/static|/health|/dev/|{feed}|documents/|/with/")


async def forms_found(
    session: AsyncSession, app: Application, database: RolledBackDatabase, settings: Settings
) -> dict[str, list[Found]]:
    """By route, as each role finds them in its own world, and in scenes of their own."""
    walk = Walk(Routes(ROUTES))
    scenes = [*await make_scenes(session), *ways_of_roles(await make_world(session))]
    for scene in scenes:
        async with Visitor(app, database, settings) as visitor:
            who = await enter(visitor, scene)
            await walk.over(visitor, who, scene.paths, follows=scene.name in ACTORS)
    by_route: dict[str, list[Found]] = {}
    for found in walk.found.values():
        by_route.setdefault(found.route, []).append(found)
    return dict(sorted(by_route.items()))


def ways_of_roles(world: World) -> Iterator[Scene]:
    """Whatever a role may read; what names nothing in its path looks the same to all who have signed in."""
    for actor in ACTORS:
        reads = [
            route.split()[1].format(**world.own[actor])
            for route, rights in ROUTES.items()
            if route.startswith("GET ")
            and actor in rights.own
            and ("{" in route or actor in {VISITOR, VOLUNTEER})
            and not NO_PAGES.search(route)
        ]
        yield Scene(actor, world.accounts.get(actor), reads)


async def enter(visitor: Visitor, scene: Scene) -> Somebody:
    if scene.account:
        await visitor.sign_in(scene.account)
    for name, value in scene.cookies:
        visitor.cookies.set(cookie_name(visitor.settings, name), value)
    for path, sent in scene.before:
        assert (await visitor.submit(path, sent)).status_code == 303, scene.name
    code = await code_sent_to(visitor.database, scene.reads) if scene.reads else ""
    return Somebody(scene.name, dict(visitor.cookies), code)


async def test_no_value_in_any_field_of_any_form_is_a_failure_or_changes_half_of_something(
    session: AsyncSession,
    app: Application,
    database: RolledBackDatabase,
    settings: Settings,
    record_property: Note,
) -> None:
    found = await forms_found(session, app, database, settings)
    posts = {route for route in ROUTES if route.startswith("POST ")}
    expect_none(f"{route} has no form on any page" for route in posts - found.keys() - WITHOUT_A_FORM)
    sender, numbers, wrong = Sender(app, database, settings), count(), []
    for route, forms in found.items():
        wrong += [f"{route}: {each}" for form in forms for each in await unfilled(sender, form)]
        wrong += [f"{route}: {each}" for each in await misfilled(sender, forms, numbers)]
    record_property(
        "counted",
        f"{sum(map(len, found.values()))} forms of {len(found)} routes, "
        f"{next(numbers)} fields, {sender.sent} times sent",
    )
    expect_none(wrong)


async def unfilled(sender: Sender, found: Found) -> list[str]:
    """A form that is filled properly is taken: else nothing could be said of its fields one by one."""
    if found.route in REFUSED_ANYWAY:
        return []
    status = (await sender.send(found.form, found.who.cookies, filled(found))).answer.status_code
    return [f"{status} when filled properly by {found.who.name}"] if status >= 400 else []


async def misfilled(sender: Sender, forms: Sequence[Found], numbers: Iterator[int]) -> list[str]:
    """What goes wrong when one field of these forms holds a hostile value; each name is tried once."""
    wrong: list[str] = []
    fields = {name: found for found in reversed(forms) for name in found.form.fields}
    for (name, found), n in zip(fields.items(), numbers, strict=False):
        for value in chosen(VALUES, n):
            sent = {**filled(found), name: VALUES[value]}
            try:
                outcome = await sender.send(found.form, found.who.cookies, sent)
                if outcome.cpu_seconds > MOST_SECONDS:  # by chance, or the value takes as long again
                    outcome = await sender.send(found.form, found.who.cookies, sent)
            except Exception as failure:
                failure.add_note(f"{found.route}: {name} is {value}")
                raise
            wrong += [f"{name} is {value}: {each}" for each in mistakes(found, name, sent, outcome)]
    return wrong


def mistakes(found: Found, name: str, sent: Sent, outcome: Outcome) -> Iterator[str]:
    answer = outcome.answer
    if answer.status_code >= 500 or answer.status_code == 400:
        yield f"is {answer.status_code}"
    if outcome.cpu_seconds > MOST_SECONDS:
        yield f"took {outcome.cpu_seconds:.1f} s"
    if str(SUM) in answer.text or "<script>alert(7331)" in answer.text or "x-evil" in answer.headers:
        yield "comes back as it was meant"
    if answer.status_code < 400:
        return
    kept = outcome.kept - KEPT_OF_A_REFUSAL - ({"audit_entries"} if found.route in NOTES_A_LOOK else set())
    if kept:
        yield f"was refused, and {sorted(kept)} changed"
    # What nobody can fill in leads astray as a whole: to another object, or to none.
    if (
        not found.form.is_fragment
        and found.form.method == "POST"
        and found.form.fields[name].kind not in {"hidden", "button"}
    ):
        yield from words_lost(found, sent, outcome)


def words_lost(found: Found, sent: Sent, outcome: Outcome) -> Iterator[str]:
    """A refused form comes again with every word that somebody typed."""
    typed = {
        name: values[0]
        for name, values in sent.items()
        if found.form.fields[name].kind in TYPED and not found.form.fields[name].is_secret and values
    }
    again = found.again_in(Routes([found.route]), outcome.answer)
    if typed and not again:
        yield f"{outcome.answer.status_code} without the form"
        return
    shown = {
        name: {value for form in again if name in form.fields for value in form.fields[name].values}
        for name in typed
    }
    for name, value in typed.items():
        if is_readable(value) and value.decode() not in shown[name]:
            yield f"{name} is lost"
