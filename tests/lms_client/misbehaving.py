"""A server that does whatever a test has put down for it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from matricula.lms_client.api import Access

TOKEN = {"access_token": "a.b.c", "expires_in": 3600, "token_type": "JWT", "scope": "read"}

Told = tuple[int, Any, dict[str, str]]
"""Status, body and headers."""
Prepared = Told | Callable[[], Told]


class Misbehaving:
    """Answers each request by what the test has put down for it, and remembers the request."""

    def __init__(self) -> None:
        self.answers: list[Prepared] = []
        self.token: Told = (200, TOKEN, {})
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.seen.append((self.command, self.path, dict(self.headers), body))
                status, told, headers = outer.choose(self.path)
                sent = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in headers:
                    self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = do_PUT = do_PATCH = handle_any  # noqa: N815  their names upstream

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def choose(self, path: str) -> Told:
        if path.startswith("/oauth2/"):
            return self.token
        answer = self.answers.pop(0)
        return answer() if callable(answer) else answer

    @property
    def calls(self) -> list[tuple[str, str, dict[str, str], bytes]]:
        return [each for each in self.seen if not each[1].startswith("/oauth2/")]

    @property
    def tokens_given(self) -> int:
        return len(self.seen) - len(self.calls)


@contextmanager
def serving() -> Iterator[Misbehaving]:
    made = Misbehaving()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def access(url: str) -> Access:
    return Access(
        url=url,
        client_id="id",
        client_secret="s3cret",
        read_seconds=0.5,
        longest_wait_seconds=0.05,
    )
