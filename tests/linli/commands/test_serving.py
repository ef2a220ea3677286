import os
import signal
import socket
import subprocess
import sys

import httpx

from tests.journeys.server import free_port
from tests.terminal import Linli


def test_a_taken_port_gives_one_clear_sentence(linli: Linli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = linli("serve", "--port", str(port))
    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: Port {port} on 127.0.0.1 is taken by another program. "
        f"Choose another one: --port {port % 65000 + 10}\n"
    )


def test_the_server_serves_until_it_is_told_to_stop(url: str) -> None:
    port = free_port()
    server = start(url, "serve", "--port", str(port))
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == f"Linli is at http://127.0.0.1:{port} (Ctrl-C ends it).\n"
        answer = httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=60)
        assert answer.status_code == 200
        assert "server" not in answer.headers
    finally:
        server.send_signal(signal.SIGTERM)
        _, logged = server.communicate(timeout=60)
    assert "GET /health/live" not in logged
    assert "Traceback" not in logged


def test_the_worker_works_until_it_is_told_to_stop(url: str) -> None:
    worker = start(url, "work")
    assert worker.stdout is not None
    assert worker.stdout.readline() == "Working (Ctrl-C ends it).\n"
    worker.send_signal(signal.SIGTERM)
    _, logged = worker.communicate(timeout=60)
    assert (worker.returncode, "Traceback" in logged) == (0, False)


def start(url: str, *arguments: str) -> subprocess.Popen[str]:
    code = "from linli.cli import main; main()"
    environ = os.environ | {"LINLI_DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-u", "-c", code, *arguments],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
