"""Text messages through a provider's web address: one JSON document per message."""

import asyncio
import ssl
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from linli.core.config import Settings
from linli.notifications.channels import Letter, TryLater, Undeliverable, Unreachable

SECONDS: Final = 5.0
LONGEST_LINE: Final = 8192
BUSY: Final = {408, 425, 429}


class WebhookCarrier:
    """POSTs {to, text, id} with a bearer token; any 2xx means that the provider has taken it over.

    Written on plain sockets because only the status line is needed and all must end within five seconds,
    whatever the other side does. It follows no redirect and reads nothing beyond the first line.
    """

    def __init__(self, settings: Settings) -> None:
        self.url = urlsplit(settings.sms_webhook_url)
        self.token = settings.sms_webhook_token

    async def hand_over(self, letter: Letter) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                status = await self._post(letter)
        except (OSError, TimeoutError, ValueError) as failure:
            raise Unreachable(type(failure).__name__) from failure
        if 200 <= status < 300:
            return
        if status in {401, 403} or 300 <= status < 400 or status >= 500:
            # The token, the address or the provider is at fault, not this letter.
            raise Unreachable(f"status {status}")
        raise (TryLater if status in BUSY else Undeliverable)(f"status {status}")

    async def _post(self, letter: Letter) -> int:
        tls = ssl.create_default_context() if self.url.scheme == "https" else None
        port = self.url.port or (443 if tls else 80)
        reader, writer = await asyncio.open_connection(self.url.hostname, port, ssl=tls, limit=LONGEST_LINE)
        try:
            writer.write(self._request(letter))
            await writer.drain()
            return _read_status(await reader.readline())
        finally:
            writer.close()

    def _request(self, letter: Letter) -> bytes:
        body = msgspec.json.encode({"to": letter.address, "text": letter.text, "id": str(letter.id)})
        head = [
            f"POST {_target(self.url)} HTTP/1.1",
            f"Host: {self.url.netloc.rpartition('@')[2]}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        if self.token:
            head.append(f"Authorization: Bearer {self.token}")
        return "\r\n".join([*head, "", ""]).encode("ascii") + body


def _target(url: SplitResult) -> str:
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


def _read_status(line: bytes) -> int:
    """
    >>> _read_status(b"HTTP/1.1 202 Accepted")
    202
    """
    version, _, rest = line.partition(b" ")
    if not version.startswith(b"HTTP/1."):
        raise ValueError("not an HTTP answer")
    return int(rest[:3])
