"""What a browser fetches when somebody comes for the first time."""

import re
from pathlib import Path
from urllib.parse import urljoin

import httpx

from tests.benchmarks.measuring import show
from tests.journeys.server import running_server

FETCHED = re.compile(r"""<(?:link|script|img|use)\b[^>]*?\b(?:href|src)="([^"#]+)""")
IN_STYLES = re.compile(r"""url\(["']?([^"')#]+)""")
BROWSER = {"Accept-Encoding": "gzip, deflate", "Accept-Language": "zh-CN,zh;q=0.9"}
PAGES = ("/", "/needs", "/sign-up")


def measure(folder: Path) -> None:
    with running_server(f"sqlite:///{folder / 'first.sqlite'}", folder) as server:
        server.linli("demo", "--quiet")
        rows = []
        with httpx.Client(base_url=server.url, headers=BROWSER) as client:
            for path in PAGES:
                sizes = fetched(client, path)
                rows.append([path, len(sizes), sum(sizes.values()) / 1000, max(sizes, key=sizes.__getitem__)])
        show("A first visit (aim: 100 kB in 8 requests)", ("page", "requests", "kB", "largest"), rows)


def fetched(client: httpx.Client, path: str) -> dict[str, int]:
    """Bytes of every answer, as they travel."""
    sizes: dict[str, int] = {}
    waiting = [path]
    while waiting:
        address = waiting.pop()
        if address in sizes or address.startswith(("data:", "http")):
            continue
        answer = client.get(address)
        answer.raise_for_status()
        sizes[address] = answer.num_bytes_downloaded
        kind = answer.headers["content-type"].partition(";")[0]
        pattern = {"text/html": FETCHED, "text/css": IN_STYLES}.get(kind)
        waiting += [urljoin(address, each) for each in pattern.findall(answer.text)] if pattern else []
    return sizes
