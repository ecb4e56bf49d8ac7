"""A provider that says whatever a test wants it to say."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.cli.serving import HOST
from tests.signing_on import InsideBrowser

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Liar:
    """What it says, by address; each may be replaced by a test."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.nonce = ""
        self.changes: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = self._sign
        self.asked: list[dict[str, list[str]]] = []
        self.headers: list[dict[str, str]] = []
        self.raw: dict[str, tuple[int, bytes]] = {}
        self.seconds = 0.0
        self.drips = False

    def answer(self, path: str) -> tuple[int, bytes]:
        time.sleep(self.seconds if path == "/token" else 0)
        if path in self.raw:
            return self.raw[path]
        said: Callable[[], dict[str, Any]] | None = {
            "/.well-known/openid-configuration": self.describe,
            "/jwks": lambda: {"keys": [_publish()]},
            "/token": lambda: {"access_token": "a", "id_token": self.sign(self.claims())},
            "/userinfo": lambda: {"sub": "s-mira", "student_id": "rv-7"},
        }.get(path)
        if said is None:
            return 404, b"{}"
        return 200, json.dumps(said()).encode()

    def claims(self) -> dict[str, Any]:
        now = int(time.time())
        made = {
            "iss": self.issuer,
            "sub": "s-mira",
            "aud": "matricula",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            **self.changes,
        }
        return {name: value for name, value in made.items() if value is not None}

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    @staticmethod
    def _sign(claims: dict[str, Any]) -> str:
        return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "k1"})


def _publish() -> dict[str, Any]:
    said = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return {**said, "kid": "k1", "use": "sig"}


@contextmanager
def lying() -> Iterator[Liar]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = parse_qs(self.rfile.read(length).decode())
            if form:
                liar.asked.append(form)
            status, body = liar.answer(urlsplit(self.path).path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for byte in body if liar.drips and self.path == "/token" else ():
                time.sleep(0.05)
                with suppress(OSError):
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            if not (liar.drips and self.path == "/token"):
                self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  its own name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own name
            del format, args

    server = ThreadingHTTPServer((HOST, 0), Handler)
    liar = Liar(f"http://{HOST}:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def gone_out(browser: InsideBrowser, liar: Liar) -> str:
    """Begin, tell the liar the nonce, and return the address that comes back."""
    asked = parse_qs(urlsplit(browser.leave()).query)
    liar.nonce = asked["nonce"][0]
    return f"/sign-on/riveru/callback/?code=c&state={asked['state'][0]}"
