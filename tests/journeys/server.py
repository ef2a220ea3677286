"""The real server, as `linli serve` starts it, with its worker, on a database of its own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from tests.house import ROOT

LINLI: Final = (sys.executable, "-c", "from linli.cli import main; main()")
CHECKOUT: Final = os.pathsep.join((str(ROOT / "platform"), str(ROOT)))
MAILBOX: Final = "/dev/mailbox"
SECONDS_TO_START: Final = 120.0
SECONDS_FOR_MAIL: Final = 60.0
_bound: list[socket.socket] = []


@dataclass(frozen=True)
class Server:
    url: str
    command: Sequence[str]
    environ: Mapping[str, str]
    folder: Path

    @property
    def is_sqlite(self) -> bool:
        return self.environ["LINLI_DATABASE_URL"].startswith("sqlite")

    def linli(self, *arguments: str) -> str:
        """What the command printed; it works on the same database as the server."""
        done = subprocess.run(
            [*self.command, *arguments],
            env=dict(self.environ),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"linli {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def code_for(self, address: str) -> str:
        """The newest code that was sent to a number or an e-mail address, from the development mailbox."""
        until = time.monotonic() + SECONDS_FOR_MAIL
        while time.monotonic() < until:
            if code := re.search(r"(?<!\d)\d{6}(?!\d)", self.message_to(address)):
                return code[0]
            time.sleep(0.2)
        raise AssertionError(f"no code arrived for {address}")

    def message_to(self, address: str) -> str:
        """The newest message to an address, as text; empty when there is none."""
        articles = self._articles()
        texts = (re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", each)) for each in articles)
        return next((text.replace(address, "") for text in texts if address in text), "")

    def asked_for(self, path: str) -> str:
        """The number or address that the newest message about this page went to."""
        until = time.monotonic() + SECONDS_FOR_MAIL
        while time.monotonic() < until:
            for article in self._articles():
                about = f'href="{path}"' in article
                if about and (found := re.search(r"1540\d{7}|[\w.+-]+@example\.org", article)):
                    return found[0]
            time.sleep(0.2)
        raise AssertionError(f"nobody was told about {path}")

    def _articles(self) -> list[str]:
        page = httpx.get(self.url + MAILBOX)
        assert page.status_code == 200, page.text
        return re.findall(r"<article\b.*?</article>", page.text, re.DOTALL)


@contextmanager
def running_server(
    database_url: str,
    folder: Path,
    *,
    linli: Sequence[str] = LINLI,
    python_path: str = CHECKOUT,
    port: int | None = None,
    first: Sequence[str] = ("migrate",),
    **changed: str,
) -> Iterator[Server]:
    """A server of this checkout, or of an installed `linli`, in `folder`, after a first command."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")} | {
        "PYTHONPATH": python_path,
        "LINLI_DATABASE_URL": database_url,
        "LINLI_BASE_URL": url,
        "LINLI_REQUESTS_PER_MINUTE": "1000000",
        "LINLI_CODES_PER_NETWORK": "1000000",
        "LINLI_REQUEST_SECONDS": "60",
        **changed,
    }
    server = Server(url, linli, environ, folder)
    server.linli(*first)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*linli, "serve", "--port", str(port)],
            env=environ,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_ready(process, url, log)
            yield server
        finally:
            stop(process)


def free_port() -> int:
    """Bound by us until the end, so that nobody else is given it; our servers may listen there."""
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    port = int(probe.getsockname()[1])
    if sys.platform == "linux":
        _bound.append(probe)
    else:  # there nobody could listen beside us
        probe.close()
    return port


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text('utf-8')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
