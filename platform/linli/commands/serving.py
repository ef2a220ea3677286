"""`linli serve` and `linli work`."""

import asyncio
import os
import signal
import socket
from contextlib import suppress

import click

from linli.commands.terminal import ready_database, runs, say, settings_of_process
from linli.core.config import Settings
from linli.core.logging import configure_logging

BACKLOG = 2048
SECONDS_TO_FINISH = 10


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, envvar="PORT", show_envvar=True
)
def serve(host: str, port: int) -> None:
    """Serve the pages, and do the background work beside them.

    Where `linli work` runs as a process of its own, set LINLI_WORK_IN_SERVER=no.
    """
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    own_address = {} if "LINLI_BASE_URL" in os.environ else {"base_url": address}
    settings = settings_of_process(**own_address)
    configure_logging(settings)
    listening = listen(host, port)
    asyncio.run(_check(settings))
    say(f"Linli is at {settings.base_url} (Ctrl-C ends it).")
    _serve(settings, listening)


@click.command()
@runs
async def work() -> None:
    """Do the background work: messages, reminders, suggestions.

    Needed where the server does not do it (LINLI_WORK_IN_SERVER=no). Several may run at once.
    """
    # Here, because the web takes two seconds to import and other commands do not need it.
    from linli.app import jobs
    from linli.core.jobs import work as keep_working

    settings = settings_of_process()
    configure_logging(settings)
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with ready_database(settings) as database:
        say("Working (Ctrl-C ends it).")
        await keep_working(database, jobs(settings), stop)


def listen(host: str, port: int) -> socket.socket:
    """The open port, or a sentence why it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except PermissionError:
        raise click.ClickException(
            f"Port {port} is not open to you. Choose one above 1023: --port 8010"
        ) from None
    except socket.gaierror:
        raise click.ClickException(
            f"{host} is not an address of this machine. Try --host 127.0.0.1"
        ) from None
    except OSError:
        other = port % 65000 + 10
        raise click.ClickException(
            f"Port {port} on {host} is taken by another program. Choose another one: --port {other}"
        ) from None
    # asyncio does this only for sockets that name their protocol; without it each answer waits 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def _check(settings: Settings) -> None:
    async with ready_database(settings):
        """Nothing else: it refuses where tables are missing."""


def _serve(settings: Settings, listening: socket.socket) -> None:
    # Here, because the web takes two seconds to import and other commands do not need it.
    import uvicorn

    from linli.app import create_app

    config = uvicorn.Config(
        create_app(settings),
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
