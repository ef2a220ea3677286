"""Talking to an OpenID provider, through Authlib: bounded in time, and believing nothing unchecked."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.async_app import AsyncOAuth2Mixin
from authlib.integrations.base_client.async_openid import AsyncOpenIDMixin
from authlib.integrations.base_client.sync_app import OAuth2Base
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.errors import JoseError

from linli.accounts.providers.settings import Provider

log = structlog.get_logger("linli.providers")
# A provider that hangs must not hang us: the sum of all that is asked of it for one step.
SECONDS: Final = 4.0
LEEWAY: Final = timedelta(minutes=2)
METADATA_LIFE: Final = timedelta(hours=1)
LONGEST_LIFE: Final = timedelta(hours=12)  # visits are remembered for longer (rules.VISIT_KEPT)
LONGEST_SUBJECT: Final = 255  # OpenID Connect Core 1.0, section 2
# Signed with a key of the provider's own; with "none" or a shared secret anybody could sign.
SIGNATURES: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


class ProviderFailed(Exception):
    """The provider is gone, slow, or says what cannot be believed; the text is for the log."""


@dataclass(frozen=True)
class Departure:
    """Where the browser is sent, and what must fit when it comes back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class ProviderSays:
    """Who came back: `subject` is the provider's name for them, and never changes."""

    issuer: str
    subject: str
    name: str


class Client(AsyncOAuth2Mixin, AsyncOpenIDMixin, OAuth2Base):  # type: ignore[misc]
    """One provider, as Authlib knows it without a framework; what must fit later is kept by the caller."""

    client_cls = AsyncOAuth2Client
    server_metadata: dict[str, Any]

    def __init__(self, provider: Provider) -> None:
        super().__init__(
            framework=None,
            name=provider.id,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=provider.metadata_url,
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "timeout": SECONDS,
                "follow_redirects": False,
            },
            user_agent="Linli",
        )
        self.provider = provider

    async def load_server_metadata(self) -> dict[str, Any]:
        """Read once an hour. Who names another issuer is somebody else."""
        loaded_at = self.server_metadata.get("_loaded_at", 0)
        if time.time() - loaded_at > METADATA_LIFE.total_seconds():
            self.server_metadata = {}
        metadata: dict[str, Any] = await super().load_server_metadata()
        if metadata.get("issuer") != self.provider.issuer:
            self.server_metadata = {}
            raise ProviderFailed("the metadata names another issuer")
        stated = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [each for each in stated if each in SIGNATURES]
        return metadata

    async def depart(self, redirect_uri: str) -> Departure:
        async with _bounded(self.provider):
            made = await self.create_authorization_url(redirect_uri)
        return Departure(made["url"], made["state"], made["nonce"], made["code_verifier"])

    async def come_back(
        self, *, code: str, issuer: str | None, nonce: str, code_verifier: str, redirect_uri: str
    ) -> ProviderSays:
        """Exchange the code and check everything the token says (OpenID Connect Core 1.0, 3.1.3.7)."""
        if issuer is not None and issuer != self.provider.issuer:  # RFC 9207: another provider mixed in
            raise ProviderFailed("another issuer answered")
        async with _bounded(self.provider):
            token = await self.fetch_access_token(redirect_uri, code=code, code_verifier=code_verifier)
            claims = await self._claims(token, nonce)
            name = claims.get("name") or await self._name_of(token, claims["sub"])
        return _said(self.provider, claims, name if isinstance(name, str) else "")

    async def _claims(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        claims: Mapping[str, Any] | None = await self.parse_id_token(
            token,
            nonce=nonce,
            claims_options={
                "iss": {"essential": True, "value": self.provider.issuer},
                "aud": {"essential": True, "value": self.provider.client_id},
                "sub": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            leeway=int(LEEWAY.total_seconds()),
        )
        if claims is None:
            raise ProviderFailed("there is no ID token")
        return claims

    async def _name_of(self, token: Any, subject: str) -> object:
        """Only to greet by; that it speaks of somebody else is refused all the same."""
        if "userinfo_endpoint" not in self.server_metadata:
            return ""
        about = await self.userinfo(token=token)
        if about.get("sub") != subject:
            raise ProviderFailed("the user info speaks of somebody else")
        return about.get("name")

    async def get(self, url: str, **options: Any) -> Any:
        return await self.request("GET", url, **options)


@asynccontextmanager
async def _bounded(provider: Provider) -> AsyncIterator[None]:
    """Whatever goes wrong out there is one failure here, noted without what was said."""
    try:
        async with asyncio.timeout(SECONDS):
            yield
    except (
        ProviderFailed,
        TimeoutError,
        httpx2.HTTPError,
        httpx2.InvalidURL,
        AuthlibBaseError,
        JoseError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
    ) as failure:
        reason = str(failure) if isinstance(failure, ProviderFailed) else type(failure).__name__
        log.warning("a sign-in provider failed", provider=provider.id, reason=reason)
        raise ProviderFailed(str(failure)) from failure


def _said(provider: Provider, claims: Mapping[str, Any], name: str) -> ProviderSays:
    subject = claims["sub"]
    until = datetime.fromtimestamp(claims["exp"], UTC)
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise ProviderFailed("the subject cannot be used")
    if until - datetime.now(UTC) > LONGEST_LIFE:
        raise ProviderFailed("the token lives too long")
    return ProviderSays(provider.issuer, subject, name)
