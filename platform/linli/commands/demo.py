"""`linli demo`."""

from datetime import datetime
from time import perf_counter

import click
from rich.table import Table

from linli.commands import matching
from linli.commands.terminal import console, language, plain, ready_database, runs, say, settings_of_process
from linli.core import clock
from linli.core.config import Settings
from linli.core.db import Database, take_turns
from linli.demo import new_york, town
from linli.demo.plan import PASSWORD
from linli.demo.sizes import SIZES, Size
from linli.migrations import migrate
from linli.suggestions.learning.versions import train
from linli.waves.queries import chances_of_questions

NEW_YORK = "new-york"
EXAMPLES = 3


@click.command()
@click.option(
    "--place",
    type=click.Choice(["wengan", NEW_YORK]),
    default="wengan",
    show_default=True,
    help="The town, or only sample volunteers placed on New York, to match requests from there.",
)
@click.option(
    "--size",
    type=click.Choice(list(SIZES)),
    default="county",
    show_default=True,
    help="The whole county, or a town that is built faster.",
)
@click.option("--people", type=click.IntRange(1, 5000), default=300, show_default=True, help="Of New York.")
@click.option("--quiet", is_flag=True, help="Only build, say nothing.")
@runs
async def demo(place: str, size: str, people: int, quiet: bool) -> None:
    """Make a town of sample people and needs to try Linli in, and say how to sign in.

    Brings the database up to date first. The town is built where the database is empty; otherwise
    everything stays as it is. Not for production.
    """
    settings = settings_of_process()
    if settings.is_production:
        raise click.ClickException("A demo town has no place in production (LINLI_ENVIRONMENT).")
    database = Database(settings)
    try:
        await migrate(database)
    finally:
        await database.close()
    async with ready_database(settings) as database:
        done = await (
            _new_york(database, people) if place == NEW_YORK else _town(database, settings, SIZES[size])
        )
        if quiet:
            return
        say(done)
        if place != NEW_YORK:
            await _show_sign_ins(database, settings)
            await _show_examples(database)


async def _new_york(database: Database, people: int) -> str:
    began = perf_counter()
    async with database.transaction() as session:
        await take_turns(session, "demo")
        added = await new_york.add_volunteers(session, count=people, now=clock.now())
    if not added:
        return "There are sample volunteers in New York already."
    return f"Added {added} sample volunteers in New York ({perf_counter() - began:.1f} s)."


async def _town(database: Database, settings: Settings, size: Size) -> str:
    began = perf_counter()
    async with database.transaction() as session:
        await take_turns(session, "demo")
        if await town.sign_ins(session):
            there = await town.what_is_there(session)
            return (
                f"Sample data is there already and stays as it is: {there.volunteers} volunteers, "
                f"{there.teams} teams, {there.needs} needs."
            )
        if not await town.is_empty(session):
            return "The database holds people already; no demo town was added to them."
        plan = await town.build_town(
            session, now=clock.now(), zone=settings.zone, secret_key=settings.secret_key, size=size
        )
    learnt = await learn(database, now=clock.now()) if plan.past else ""
    needs = len(plan.needs) + len(plan.past)
    return (
        f"Built {plain(plan.town.county.name)}: {len(plan.volunteers)} sample volunteers, "
        f"{len(plan.teams)} teams, {needs} needs ({perf_counter() - began:.1f} s).{learnt}"
    )


async def learn(database: Database, *, now: datetime) -> str:
    """As `linli train` does, from what the sample people answered before these weeks."""
    found = await train(database, now=now, chances_of=chances_of_questions)
    if found.learnt is None:
        return f" {found.why_not.in_language(language())}" if found.why_not else ""
    return f"\nThe matcher has learnt from {found.learnt.answers} of their answers, as linli train does."


async def _show_sign_ins(database: Database, settings: Settings) -> None:
    async with database.session(writes=False) as session:
        people = await town.sign_ins(session)
    if not people:
        return
    table = Table("who", "sign in with", "name", "of", title_justify="left")
    for each in people:
        who = each.role.in_language(language())
        table.add_row(plain(who), plain(each.address), plain(each.name), plain(each.organization))
    console().print(table)
    say(f"The password of all of them: {plain(PASSWORD)}")
    say("Who holds a role is asked for a code as well; for these samples the page shows it.")
    say(f"The address: {plain(settings.base_url)}")


async def _show_examples(database: Database) -> None:
    """Who fits some open needs best, and why: of each field of service one."""
    async with database.session(writes=False) as session:
        open_needs = await matching.open_samples(session)
        ranked = await matching.rank(session, open_needs, top=1)
        best_last = sorted((each for each in ranked if each.people), key=lambda each: each.people[0].score)
        by_field = {each.need.field_id: each for each in best_last}
        examples = list(by_field.values())[-EXAMPLES:]
        names = await town.names_of(session, [each.people[0].account_id for each in examples])
    titles = {need.id: need.title for need in open_needs}
    for each in examples:
        best = each.people[0]
        reasons = ", ".join(matching.worded(best)["reasons"])
        say(f"\n{plain(titles[each.need.id])}, {matching.when(each)}")
        say(f"  {each.fitting} people fit, {plain(names[best.account_id])} best: {plain(reasons)}")
