"""A real mail server and a real text message provider, on this machine."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from linli.core.config import Settings, read_settings
from linli.core.db import Database
from linli.core.i18n import Message
from linli.core.jobs import run_until_idle
from linli.notifications.actions import send
from linli.notifications.jobs import jobs
from linli.notifications.models import OutboxMessage
from linli.notifications.rules import Channel


class MailServer:
    """Keeps what it takes; `answers` are given to the next recipients instead of OK."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.answers: list[str] = []
        self.data_answers: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answers and (answer := self.answers.pop(0)) != "250 OK":
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.taken.append((envelope.rcpt_tos, mail))
        return "250 OK"


class OnAnyPort(Controller):
    """Knows its port only when it listens, so that no two test runs want the same."""

    def _trigger_server(self) -> None:
        listening: Any = self.server
        self.port = listening.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def controller(handler: MailServer, **options: Any) -> OnAnyPort:
    return OnAnyPort(handler, hostname="127.0.0.1", port=0, **options)


@pytest.fixture
def mail_server() -> MailServer:
    return MailServer()


@pytest.fixture
def smtp(mail_server: MailServer) -> Iterator[OnAnyPort]:
    listening = controller(mail_server)
    listening.start()
    yield listening
    listening.stop()


@pytest.fixture
def smtp_with_password(mail_server: MailServer) -> Iterator[OnAnyPort]:
    def is_right(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"linli", b"p@ss:word/"), handled=False)

    listening = controller(mail_server, authenticator=is_right, auth_required=True, auth_require_tls=False)
    listening.start()
    yield listening
    listening.stop()


class TextProvider:
    """Answers each request with the next status, or falls silent at 0."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.heads: list[str] = []
        self.taken: list[dict[str, Any]] = []
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().partition("content-length: ")[2].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        self.heads.append(head)
        status = self.statuses.pop(0) if self.statuses else 202
        if status == 0:
            await asyncio.sleep(60)
        elif 200 <= status < 300:
            self.taken.append(body)
        writer.write(f"HTTP/1.1 {status} Whatever\r\nLocation: http://127.0.0.1:1/\r\n\r\n".encode())
        writer.close()


@pytest.fixture
async def text_provider() -> AsyncIterator[TextProvider]:
    provider = TextProvider()
    server = await asyncio.start_server(provider.answer, "127.0.0.1", 0)
    provider.port = server.sockets[0].getsockname()[1]
    yield provider
    server.close()


def settings_with(settings: Settings, **values: Any) -> Settings:
    return read_settings(
        {}, database_url=settings.database_url, base_url="https://linli.example.org", **values
    )


async def write(
    database: Database,
    now: datetime,
    *,
    channel: Channel = Channel.mail,
    address: str = "ann@example.org",
    language: str = "en",
    **values: Any,
) -> OutboxMessage:
    """One message in the outbox, committed."""
    values = {
        "recipient_id": None,
        "event": "test",
        "subject": Message("Your code for Linli"),
        "sentence": Message(
            "{code} is your code to sign in at Linli. It works for 10 minutes.", code="012345"
        ),
        "path": "/needs/1?a=b",
    } | values
    async with database.transaction() as session:
        send(session, channel=channel, address=address, language=language, now=now, **values)
        [message] = session.new
        await session.flush()
    assert isinstance(message, OutboxMessage)
    return message


async def now_of(database: Database, message: OutboxMessage) -> OutboxMessage:
    """The message as the database has it now."""
    async with database.session(writes=False) as session:
        return await session.get_one(OutboxMessage, message.id)


async def deliver(database: Database, settings: Settings, now: datetime) -> None:
    """Let everything leave that may."""
    await run_until_idle(database, jobs(settings), now=now)
