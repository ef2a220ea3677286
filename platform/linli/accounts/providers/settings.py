"""Which providers there are: a file that the operator writes, read once when the server starts."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from linli.core.config import BadSettings, Settings
from linli.core.i18n import Name

KEYS: Final = ("id", "name_zh", "name_en", "issuer", "client_id", "client_secret")


@dataclass(frozen=True)
class Provider:
    """An OpenID provider; `issuer` is what its tokens must say, letter by letter."""

    id: str
    name: Name
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def metadata_url(self) -> str:
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"


def read_providers(settings: Settings) -> dict[str, Provider]:
    """The providers in the order of the file; BadSettings says what in it is wrong."""
    if not settings.sign_in_providers:
        return {}
    try:
        written = tomllib.loads(Path(settings.sign_in_providers).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"LINLI_SIGN_IN_PROVIDERS: the file cannot be read: {error}") from error
    entries = written.get("provider", [])
    if not isinstance(entries, list):
        raise BadSettings("LINLI_SIGN_IN_PROVIDERS: please write each provider below a line [[provider]]")
    providers = [_read(each, settings) for each in entries]
    found = {each.id: each for each in providers}
    if len(found) < len(providers) or len({each.issuer for each in providers}) < len(providers):
        raise BadSettings("LINLI_SIGN_IN_PROVIDERS: an id or an issuer stands there twice")
    return found


def _read(entry: Mapping[str, Any], settings: Settings) -> Provider:
    missing = [key for key in KEYS if not (isinstance(entry, dict) and isinstance(entry.get(key), str))]
    if missing:
        raise BadSettings(f"LINLI_SIGN_IN_PROVIDERS: a provider needs {', '.join(missing)}")
    if not re.fullmatch("[a-z][a-z0-9-]{0,30}", entry["id"]):
        raise BadSettings(f"LINLI_SIGN_IN_PROVIDERS: {entry['id']!r} cannot be an id: a-z, 0-9 and - only")
    schemes = {"https"} if settings.is_production else {"http", "https"}
    parts = urlsplit(entry["issuer"])
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
        raise BadSettings(f"LINLI_SIGN_IN_PROVIDERS: the issuer of {entry['id']} must be an https:// address")
    return Provider(
        id=entry["id"],
        name=Name(zh=entry["name_zh"], en=entry["name_en"]),
        issuer=entry["issuer"],
        client_id=entry["client_id"],
        client_secret=entry["client_secret"],
    )
