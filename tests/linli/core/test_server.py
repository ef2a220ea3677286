"""The served application as a process: it starts, works in the background, and ends when told to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import linli
from linli.core.config import Settings
from linli.core.web.security import HEADERS


@contextmanager
def served(settings: Settings, **environment: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    package = Path(str(linli.__file__)).parents[1]
    server = subprocess.Popen(
        [sys.executable, "-c", "from linli.cli import main; main()", "serve", "--port", str(port)],
        env=os.environ
        | {
            "PYTHONPATH": str(package),
            "LINLI_DATABASE_URL": settings.database_url,
            "LINLI_LOG_FORMAT": "json",
        }
        | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until_ready(client, server)
            yield client, server
    finally:
        server.kill()
        server.communicate()


def wait_until_ready(client: httpx.Client, server: "subprocess.Popen[str]") -> None:
    for _ in range(300):
        try:
            if client.get("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            assert server.poll() is None
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_it_ends_soon_after_sigterm_with_an_open_connection(own_settings: Settings) -> None:
    with served(own_settings) as (client, server):
        client.get("/health/live")  # kept open by the client
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=60)
        assert server.returncode in {0, -signal.SIGTERM}
        assert "Traceback" not in said


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_over_a_real_connection(own_settings: Settings) -> None:
    with served(own_settings, LINLI_REQUESTS_PER_MINUTE="20", LINLI_WORK_IN_SERVER="no") as (client, server):
        answer = client.get("/no/such/page?name=secret")
        assert answer.status_code == 404
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert "server" not in answer.headers
        head = client.head("/no/such/page?name=secret")
        assert (head.status_code, head.content) == (404, b"")
        assert head.headers["content-length"] == answer.headers["content-length"]
        endless = (b"x" * 100_000 for _ in range(100))
        with pytest.raises((httpx.WriteError, AssertionError)):
            assert client.post("/language", content=endless).status_code not in {403, 413}
        for n in range(40):  # made-up addresses are not believed
            answer = client.get("/me/notices", headers={"X-Forwarded-For": f"203.0.113.{n}"})
        assert answer.status_code == 429
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=60)
        assert "secret" not in said
        assert '"route":' in said or '"route": ' in said
        assert "GET /no/such/page" not in said
