"""The Registrar as schools have it: a server and a worker, beside the LMS, which it calls."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from urllib.parse import urlsplit

import msgspec

from bench import database
from bench.serving import (
    HOST,
    PATIENCE_SECONDS,
    SERVER,
    SERVER_MORE,
    Caller,
    client_account,
    free_port,
    wait_for,
)
from matricula.lms.clients.api import create_client, sign_token
from tests.given import NOW, OPERATOR

COMMAND = (sys.executable, "-m", "matricula.cli", "registrar")
APPLICATION = "matricula.registrar.config.wsgi:application"
BOUNDARY = b"of-a-benchmark"
HEAD = b'Content-Disposition: form-data; name="file"; filename="roster.csv"'
ACCEPTED, OK = 202, 200
POLL_SECONDS = 0.05
"""A look costs the server as much as some hundred rows: more of them would be most of its work."""
LONGEST_GOODBYE = 600
"""Seconds: a worker that copies a large program comes to the end of a step first."""


class Told(msgspec.Struct):
    """What is told of a job."""

    state: str
    result: str | None = None
    text: str | None = None


class Beside:
    """A Registrar that is served, and a school's system that calls it."""

    def __init__(self, environment: dict[str, str], caller: Caller) -> None:
        """Be made by ``serving_registrar``."""
        self._environment = environment
        self._caller = caller

    @contextmanager
    def working(self, *, api: str = "v2") -> Iterator["subprocess.Popen[bytes]"]:
        """Have a worker at work that writes to the LMS by one of its APIs."""
        process = subprocess.Popen(
            [*COMMAND, "worker"],
            env={**self._environment, "MATRICULA_REGISTRAR_LMS_API": api},
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(LONGEST_GOODBYE)

    def run(self, module: str) -> dict[str, float]:
        """Run a module in the Registrar's settings, and return what it prints."""
        words = (sys.executable, "-m", module)
        ran = subprocess.run(words, env=self._environment, check=True, stdout=subprocess.PIPE)
        return msgspec.json.decode(ran.stdout, type=dict[str, float])

    def upload(self, program: str, roster: bytes) -> bytes:
        """Send a file, and return its result file when the job has succeeded."""
        parts = (
            b"--",
            BOUNDARY,
            b"\r\n",
            HEAD,
            b"\r\n\r\n",
            roster,
            b"\r\n--",
            BOUNDARY,
            b"--\r\n",
        )
        address = f"/api/v1/programs/{program}/enrollments/upload/"
        kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
        with self._caller.again() as caller:
            status, answer = caller.call("POST", address, b"".join(parts), kind)
            assert status == ACCEPTED, answer[:500]
            job = urlsplit(msgspec.json.decode(answer)["job_url"]).path
            while (told := _look(caller, job)).state in {"Pending", "In Progress"}:
                sleep(POLL_SECONDS)
            assert told.state == "Succeeded", told
            link = urlsplit(told.result or "")
            status, result = caller.call("GET", f"{link.path}?{link.query}", accept="*/*")
        assert status == OK, result[:500]
        return result


def _look(caller: Caller, job: str) -> Told:
    status, answer = caller.call("GET", job)
    assert status == OK, answer[:500]
    return msgspec.json.decode(answer, type=Told)


@contextmanager
def serving_registrar(lms: Caller) -> Iterator[Beside]:
    """Serve the Registrar from a database of its own, and yield it with a caller."""
    account, port = client_account(), free_port()
    with TemporaryDirectory(prefix="bench-") as home:
        environment = _describe(Path(home), lms, port)
        for words in (
            ("migrate", "--quiet"),
            ("grant", account.username, "read_write_enrollments", "--json"),
        ):
            subprocess.run(
                [*COMMAND, *words], env=environment, check=True, stdout=subprocess.DEVNULL
            )
        server = subprocess.Popen(
            [*SERVER, "--host", HOST, "--port", str(port), *SERVER_MORE, APPLICATION],
            env=environment,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port)
            caller = Caller(port, sign_token(account=account, at=datetime.now(UTC)).text)
            yield Beside(environment, caller)
            caller.close()
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)


def _describe(home: Path, lms: Caller, port: int) -> dict[str, str]:
    client = create_client(
        name="Registrar",
        roles=["catalog", "write"],
        organization_id=None,
        is_trusted=True,
        by=OPERATOR,
        at=NOW,
    )
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "matricula.registrar.config.settings",
        "REGISTRAR_DATABASE_URL": database.address(database.REGISTRAR),
        "MATRICULA_HOME": str(home),
        "LMS_URL": lms.address,
        "MATRICULA_LMS_URL": "http://127.0.0.1:8000",  # who the LMS says has issued its tokens
        "LMS_CLIENT_ID": client.client_id,
        "LMS_CLIENT_SECRET": client.client_secret,
        "MATRICULA_REGISTRAR_URL": f"http://{HOST}:{port}",
    }
