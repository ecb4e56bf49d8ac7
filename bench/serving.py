"""The LMS as users have it: a server of its own, a worker, and a caller over one connection."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime

from matricula.lms.access.api import give_role
from matricula.lms.accounts.api import Account
from matricula.lms.clients.api import Client, create_client, sign_token
from tests.given import NOW, OPERATOR

SERVER = (sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1")
SERVER_MORE = ("--blocking-threads", "1", "--no-access-log", "--log-level", "error")
WORKER = (sys.executable, "-m", "matricula.cli", "worker")
PATIENCE_SECONDS = 30
HOST = "127.0.0.1"
ENDS_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


class Caller:
    """Calls one address after the other, with as little work on this side as can be."""

    def __init__(self, port: int, token: str) -> None:
        """Connect."""
        self.address = f"http://{HOST}:{port}"
        self._known_by = (port, token)
        self._socket = socket.create_connection((HOST, port), timeout=600)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f"Host: {HOST}:{port}\r\nAuthorization: JWT {token}\r\n"
        self._left = b""

    def call(
        self,
        method: str,
        address: str,
        body: bytes = b"",
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> tuple[int, bytes]:
        """Return status and body of the answer."""
        head = (
            f"{method} {address} HTTP/1.1\r\n{self._head}Accept: {accept}\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        return self._read()

    def _read(self) -> tuple[int, bytes]:
        kept = self._left
        while ENDS_HEAD not in kept:
            kept += self._receive()
        head, _, rest = kept.partition(ENDS_HEAD)
        status = int(head[9:12])
        parts = [rest]
        size = len(rest)
        length = _find_length(head)
        if length is None:
            return status, self._read_chunks(rest)
        while size < length:
            part = self._receive()
            parts.append(part)
            size += len(part)
        whole = b"".join(parts)
        self._left = whole[length:]
        return status, whole[:length]

    def _read_chunks(self, rest: bytes) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in rest:
                rest += self._receive()
            line, _, rest = rest.partition(b"\r\n")
            size = int(line, 16)
            while len(rest) < size + 2:
                rest += self._receive()
            body, rest = body + rest[:size], rest[size + 2 :]
            if size == 0:
                self._left = rest
                return body

    def _receive(self) -> bytes:
        part = self._socket.recv(1 << 20)
        if not part:
            raise ConnectionError("The server has closed the connection.")
        return part

    @contextmanager
    def again(self) -> Iterator["Caller"]:
        """Connect anew: a server closes connections on which nobody calls for a while."""
        with closing(Caller(*self._known_by)) as caller:
            yield caller

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()


def _find_length(head: bytes) -> int | None:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(LENGTH):
            return int(line[len(LENGTH) :])
    return None


@contextmanager
def serving(*, worker: bool = False) -> Iterator[Caller]:
    """Serve the LMS from the benchmark's database, and yield a trusted client of it."""
    token = sign_token(account=client_account(), at=datetime.now(UTC)).text
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "MATRICULA_ALLOWED_HOSTS": HOST,
    }
    words = (*SERVER, "--host", HOST, "--port", str(port), *SERVER_MORE)
    commands: list[Sequence[str]] = [(*words, "matricula.lms.config.wsgi:application")]
    if worker:
        commands.append(WORKER)
    log = subprocess.DEVNULL
    running = [subprocess.Popen(each, env=environment, stderr=log) for each in commands]
    try:
        wait_for(port)
        caller = Caller(port, token)
        yield caller
        caller.close()
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(PATIENCE_SECONDS)


def client_account() -> Account:
    """Return the account of the trusted client that calls."""
    name = "Benchmark"
    known = Client.objects.filter(name=name).first()
    if known is None:
        create_client(
            name=name, roles=["write"], organization_id=None, is_trusted=True, by=OPERATOR, at=NOW
        )
        known = Client.objects.get(name=name)
    give_role(account_id=known.user_id, role="support", organization_id=None, by=OPERATOR)
    return Account.objects.get(pk=known.user_id)


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    """Come back when somebody listens at a port."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError("The server does not listen.")
