"""The LMS's keys as it publishes them, and tokens that it might have signed."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, UUID, uuid5

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

KEY_ID = "of-the-lms"


@cache
def key_of(key_id: str) -> rsa.RSAPrivateKey:
    del key_id
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_keys(*key_ids: str) -> bytes:
    published = []
    for key_id in key_ids:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key_of(key_id).public_key(), as_dict=True)
        published.append({**public, "kid": key_id, "use": "sig"})
    return json.dumps({"keys": published}).encode()


class KeyServer(BaseHTTPRequestHandler):
    published: tuple[str, ...] = (KEY_ID,)
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        body = public_keys(*self.published)
        self.send_response(200 if self.path == "/oauth2/jwks" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    codes: ClassVar[dict[str, tuple[str, dict[str, Any]]]] = {}
    """Who has signed in for a code, and what their token says; each is good once."""
    exchanged: ClassVar[list[dict[str, str]]] = []

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.exchanged.append(form)
        found = self.codes.pop(form["code"], None)
        told: dict[str, Any] = {"error": "invalid_grant"}
        if found is not None:
            username, claims = found
            told = {"access_token": token_of(username, **claims), "expires_in": 300}
        body = json.dumps(told).encode()
        self.send_response(400 if found is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401  as upstream has it
        """Say nothing."""


@contextmanager
def serving_keys() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), KeyServer)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def uuid_of(username: str) -> UUID:
    """The LMS's id of an account."""
    return uuid5(NAMESPACE_URL, f"https://lms.example/{username}")


def token_of(
    username: str,
    /,
    *,
    key_id: str = KEY_ID,
    signed_by: str = "",
    algorithm: str = "RS512",
    **other: Any,  # noqa: ANN401  JSON is anything
) -> str:
    """A good token, but for what ``other`` says; a claim that is None is left out."""
    now = int(time.time())
    claims = {
        "iss": settings.LMS_PUBLIC_URL,
        "aud": settings.TOKEN_AUDIENCE,
        "iat": now,
        "exp": now + 60,
        "sub": str(uuid_of(username)),
        "version": "1.2.0",
        "preferred_username": username,
        "email": f"{username}@riveru.example",
        "email_verified": False,
        "administrator": False,
        **other,
    }
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, key_of(signed_by or key_id), algorithm, headers={"kid": key_id})
