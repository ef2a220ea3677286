"""Mail over SMTP."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from linli.core.config import Settings
from linli.core.i18n import HTML_LANGUAGES
from linli.notifications.channels import Letter, TryLater, Undeliverable, Unreachable

PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TIMEOUT_SECONDS: Final = 10.0
PERMANENT: Final = 500  # RFC 5321, 4.2.1: 4yz may be tried again, 5yz not
POLICY: Final = SMTP.clone(cte_type="7bit")  # every server takes it


@dataclass(frozen=True)
class SmtpServer:
    """
    >>> server = SmtpServer.from_url("smtp+starttls://linli:p%40ss@mail.example.org")
    >>> server.host, server.port, server.user, server.start_tls
    ('mail.example.org', 587, 'linli', True)
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    use_tls: bool = False
    start_tls: bool = False

    @classmethod
    def from_url(cls, url: str) -> "SmtpServer":
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            start_tls=parts.scheme == "smtp+starttls",
        )


class SmtpCarrier:
    def __init__(self, settings: Settings) -> None:
        self.server = SmtpServer.from_url(settings.smtp_url)
        self.sender = settings.mail_from
        self.domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]

    async def hand_over(self, letter: Letter) -> None:
        try:
            await self._send(self.compose(letter))
        except aiosmtplib.SMTPRecipientsRefused as failure:
            raise _refused(failure.recipients[0]) from failure
        except aiosmtplib.SMTPDataError as failure:
            raise _refused(failure) from failure
        except (aiosmtplib.SMTPNotSupported, ValueError) as failure:
            # An address that this server cannot take, such as one beyond ASCII without SMTPUTF8.
            raise Undeliverable(type(failure).__name__) from failure
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as failure:
            raise Unreachable(type(failure).__name__) from failure

    def compose(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage(policy=POLICY)
        mail["From"] = self.sender
        mail["To"] = letter.address
        mail["Subject"] = letter.subject
        mail["Date"] = format_datetime(letter.written_at)
        mail["Message-ID"] = f"<{letter.id}@{self.domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note answers it
        mail.set_content(letter.text)
        mail.add_alternative(letter.html, subtype="html")
        mail["Content-Language"] = HTML_LANGUAGES[letter.language]  # last: content moves into the parts
        return mail

    async def _send(self, mail: EmailMessage) -> None:
        await aiosmtplib.send(
            mail,
            hostname=self.server.host,
            port=self.server.port,
            username=self.server.user,
            password=self.server.password,
            use_tls=self.server.use_tls,
            start_tls=self.server.start_tls,
            local_hostname=self.domain,  # otherwise it asks the DNS for its own name and waits
            timeout=TIMEOUT_SECONDS,
        )


def _refused(failure: aiosmtplib.SMTPResponseException) -> Undeliverable | TryLater:
    kind = Undeliverable if failure.code >= PERMANENT else TryLater
    return kind(f"{type(failure).__name__} {failure.code}")
