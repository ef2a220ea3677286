"""Settings: every one comes from an environment variable and is documented here, once."""

import math
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX: Final = "LINLI_"
DEVELOPMENT_SECRET: Final = "only-for-development-never-in-production"  # noqa: S105
YES: Final = {"1", "true", "yes", "on"}
NO: Final = {"0", "false", "no", "off"}
LOG_FORMATS: Final = {"console", "json"}


class Environment(StrEnum):
    development = "development"
    test = "test"
    production = "production"


class BadSettings(Exception):
    """Linli refuses to start; the text says which settings to mend."""


def setting(default: Any, doc: str, *, secret: bool = False) -> Any:
    """A secret one is left out when settings are printed."""
    return field(default=default, metadata={"doc": doc}, repr=not secret)


@dataclass(frozen=True, kw_only=True)
class Settings:
    environment: Environment = setting(
        Environment.development, "development, test or production. Production refuses unsafe settings."
    )
    database_url: str = setting(
        "sqlite:///data/linli.sqlite",
        "sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME.",
        secret=True,
    )
    secret_key: str = setting(
        "",
        "At least 32 characters; signs form tokens, check-in links and codes. Required in production.",
        secret=True,
    )
    base_url: str = setting(
        "http://127.0.0.1:8000",
        "The address people type, without a slash at the end; used in mails and QR codes.",
    )
    trusted_proxies: str = setting(
        "",
        "Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas; empty: none.",
    )
    smtp_url: str = setting(
        "",
        "smtp://USER:PASSWORD@HOST:PORT, smtps:// for TLS, smtp+starttls:// to upgrade; "
        "empty: development mailbox. Required in production.",
        secret=True,
    )
    mail_from: str = setting("Linli <linli@example.org>", "The sender of mails.")
    sms_webhook_url: str = setting(
        "",
        "The text message provider's address; receives JSON {to, text, id}; "
        "empty: development mailbox, and in production no text messages.",
    )
    sms_webhook_token: str = setting("", "Sent to the text message provider as a bearer token.", secret=True)
    sign_in_providers: str = setting(
        "",
        "A TOML file with the OpenID providers whose accounts may sign in (docs/operating.md); empty: none.",
    )
    time_zone: str = setting("Asia/Shanghai", "The time zone in which dates are typed and shown.")
    work_in_server: bool = setting(
        True, "Whether `linli serve` also does the background work; turn off where `linli work` runs."
    )
    request_seconds: float = setting(4.5, "After this long an unanswered request gives 503.")
    requests_per_minute: int = setting(600, "Requests from one network address before 429.")
    api_requests_per_minute: int = setting(120, "Requests with one access key before 429.")
    codes_per_network: int = setting(
        60,
        "Sign-in codes sent for one network address in 15 minutes before 429; "
        "raise it for a large shared network.",
    )
    log_format: str = setting("console", "console or json.")

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.production

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def has_dev_mailbox(self) -> bool:
        return not self.is_production and not (self.smtp_url and self.sms_webhook_url)

    @property
    def can_text(self) -> bool:
        """Whether a text message reaches anybody: a provider, or the development mailbox."""
        return bool(self.sms_webhook_url) or not self.is_production

    @property
    def async_database_url(self) -> str:
        scheme, _, rest = self.database_url.partition("://")
        return f"{'sqlite+aiosqlite' if scheme.startswith('sqlite') else 'postgresql+psycopg'}://{rest}"

    @property
    def sqlite_path(self) -> Path | None:
        return Path(self.database_url.removeprefix("sqlite:///")) if self.is_sqlite else None


def read_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings of this process; BadSettings names everything that is wrong at once."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for each in fields(Settings):
        typed = environ.get(PREFIX + each.name.upper())
        if typed is not None:
            try:
                values[each.name] = _read(each.type, typed)
            except ValueError:
                wrong.append(f"{PREFIX}{each.name.upper()} cannot be {typed!r}: {each.metadata['doc']}")
    settings = Settings(**(values | overrides))
    wrong += _refusals(settings)
    if wrong:
        raise BadSettings("\n".join(wrong))
    return settings if settings.secret_key else replace(settings, secret_key=DEVELOPMENT_SECRET)


def _read(kind: Any, typed: str) -> Any:
    if kind is not bool:
        return kind(typed)
    if typed.lower() not in YES | NO:
        raise ValueError(typed)
    return typed.lower() in YES


def _refusals(settings: Settings) -> list[str]:
    promises = [
        (
            settings.database_url.startswith(("sqlite:///", "postgresql://")),
            "LINLI_DATABASE_URL must start with sqlite:/// or postgresql://",
        ),
        (
            _is_address(settings.base_url, {"http", "https"}) and not settings.base_url.endswith("/"),
            "LINLI_BASE_URL must be like https://linli.example.org, without a slash at the end",
        ),
        (
            not settings.smtp_url or _is_address(settings.smtp_url, {"smtp", "smtps", "smtp+starttls"}),
            "LINLI_SMTP_URL must be like smtp+starttls://USER:PASSWORD@HOST:PORT",
        ),
        (
            not settings.sms_webhook_url or _is_address(settings.sms_webhook_url, {"http", "https"}),
            "LINLI_SMS_WEBHOOK_URL must be like https://HOST/PATH",
        ),
        ("@" in parseaddr(settings.mail_from)[1], "LINLI_MAIL_FROM must be like Linli <linli@example.org>"),
        (_is_zone(settings.time_zone), f"LINLI_TIME_ZONE: no time zone is called {settings.time_zone!r}"),
        (0 < settings.request_seconds < math.inf, "LINLI_REQUEST_SECONDS must be more than 0"),
        (settings.requests_per_minute > 0, "LINLI_REQUESTS_PER_MINUTE must be more than 0"),
        (settings.api_requests_per_minute > 0, "LINLI_API_REQUESTS_PER_MINUTE must be more than 0"),
        (settings.log_format in LOG_FORMATS, "LINLI_LOG_FORMAT must be console or json"),
    ]
    if settings.is_production:
        promises += _promises_in_production(settings)
    return [sentence for is_kept, sentence in promises if not is_kept]


def _promises_in_production(settings: Settings) -> list[tuple[bool, str]]:
    return [
        (
            len(settings.secret_key) >= 32 and settings.secret_key != DEVELOPMENT_SECRET,
            "LINLI_SECRET_KEY must have at least 32 characters of its own in production",
        ),
        (settings.base_url.startswith("https://"), "LINLI_BASE_URL must start with https:// in production"),
        (bool(settings.smtp_url), "LINLI_SMTP_URL is required in production"),
    ]


def _is_address(url: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
