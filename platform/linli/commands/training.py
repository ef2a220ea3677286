"""`linli train`."""

from typing import Final
from uuid import UUID

import click
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from linli.accounts.queries import account_with_address
from linli.accounts.rules import read_address
from linli.commands.terminal import console, language, ready_database, runs, say, settings_of_process
from linli.core import clock
from linli.core.errors import NotFound
from linli.core.i18n import Message, local
from linli.suggestions.learning.figures import Difference, Figures, PutRight, figures_of
from linli.suggestions.learning.training import Learnt
from linli.suggestions.learning.versions import Trained
from linli.suggestions.learning.versions import train as learn_and_keep
from linli.waves.queries import chances_of_questions

DAY: Final = "%Y-%m-%d"


@click.command()
@click.option("--dry-run", is_flag=True, help="Only print: nothing is kept and nothing changes.")
@click.option("--by", default="", help="Mobile number or e-mail of the account that answers for it.")
@runs
async def train(dry_run: bool, by: str) -> None:
    """Learn from the answers people gave when asked, and let what was learnt serve if it is no worse.

    \b
    1. Reads the latest 20,000 answers of people who may be proposed: invited, then confirmed, declined, or
       silent until the question lapsed. Offers of one's own count for what a person likes. A yes is a
       confirmed place: attendance is not recorded yet.
    2. Learns the chance of a yes from how need and person suit each other and from what the person
       answered before. From 25 answers on, more elaborately from 200 and 1,000. Who was asked by lot
       counts for the others who were not.
    3. Holds back the latest fifth of the needs, and everything that the version in service has learnt from:
       what the earlier answers teach must say beforehand what came of the later questions, each day put
       right by what was known by then, as it is in service. Needs 10 needs with 30 answers that are new.
    4. Keeps the new version with its figures. It serves unless it is worse than the one in service by more
       than noise (a 95 % interval of the paired difference by need lies wholly on the wrong side).

    With too few answers, all answers the same, or none for a year, nothing changes and a sentence says why.
    The same answers always give the same version. Once a week is often enough; see docs/operating.md.
    The bureau's page "What the matcher has learnt" shows all versions and goes back to one.

    \b
    linli train --dry-run
    linli train --by wang.min@example.org
    """
    async with ready_database(settings_of_process()) as database:
        async with database.session(writes=False) as session:
            made_by_id = await _account(session, by) if by else None
        found = await learn_and_keep(
            database,
            now=clock.now(),
            made_by_id=made_by_id,
            keeps=not dry_run,
            chances_of=chances_of_questions,
        )
    show(found, is_kept=not dry_run)


async def _account(session: AsyncSession, typed: str) -> UUID:
    address = read_address(typed)
    account = await account_with_address(session, address) if address else None
    if account is None:
        raise NotFound(Message("There is no account with this mobile number or e-mail."))
    return account.id


def show(found: Trained, *, is_kept: bool) -> None:
    if found.learnt is None:
        if found.why_not:
            say(found.why_not.in_language(language()))
        say(f"{found.served} goes on serving.")
        return
    tell(found.learnt, found.served)
    if found.serves:
        say(f"{found.learnt.name} {'serves from now on' if is_kept else 'would serve; nothing was kept'}.")
    else:
        say(f"It is worse by more than noise: {found.served} goes on serving.")


def tell(learnt: Learnt, served: str) -> None:
    asked = f"{local(learnt.asked_from):{DAY}} to {local(learnt.asked_until):{DAY}}"
    say(f"{learnt.name}, stage {learnt.stage}: learnt from {learnt.answers} answers ({learnt.yes} yes)")
    say(f"about {learnt.needs} needs, asked from {asked}.")
    judged = learnt.comparison
    say(f"Judged on {judged.questions} answers about {judged.needs} needs it had not seen, against {served}:")
    table = Table("measure", "new", "before", "difference (95 %)", box=None, pad_edge=False)
    found = figures_of(judged)
    for name, figures in (
        ("log loss", found.log_loss),
        ("Brier score", found.brier),
        ("NDCG@10", found.ndcg),
    ):
        table.add_row(name, *_cells(figures), _interval(figures.difference))
    table.add_row("calibration error", *_cells(found.calibration_error), "")
    table.add_row("  by luck alone", *_cells(found.by_luck), "")
    console().print(table)
    if found.put_right:
        _tell_put_right(found.put_right)


def _tell_put_right(found: PutRight) -> None:
    error, loss = found.calibration_error, found.log_loss
    say(f"As learnt, not put right day by day: calibration error {_number(error.old)},")
    say(f"log loss {_number(loss.old)}; put right less as learnt {_interval(loss.difference)}.")


def _cells(figures: Figures) -> tuple[str, str]:
    return _number(figures.new), _number(figures.old)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(found: Difference | None) -> str:
    return f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})" if found else "–"
