"""The `linli` command."""

import click

from linli import __version__
from linli.commands.accounts import account
from linli.commands.databases import migrate
from linli.commands.demo import demo
from linli.commands.importing import import_
from linli.commands.matching import match
from linli.commands.serving import serve, work
from linli.commands.terminal import Commands
from linli.commands.training import train
from linli.core.i18n import LANGUAGES


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="Linli %(version)s")
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default="en",
    show_default=True,
    help="Language of what the rules say.",
)
def main(language: str) -> None:
    """Linli: volunteers, teams and charities matched to the needs of their community.

    \b
    Try it out          linli demo, then linli serve
    Begin for real      linli migrate, then linli account create (the first bureau), then linli serve
    Match a file        linli import needs FILE --mapping NAME, then linli match
    Learn from answers  linli train --dry-run, then linli train, once a week

    Settings come from environment variables that begin with LINLI_; docs/operating.md lists them.
    Each command explains itself: linli COMMAND --help.
    """


for command in (demo, serve, work, migrate, account, import_, match, train):
    main.add_command(command)
