"""The LMS served by real processes, from a database of its own."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests import databases

HOST = "127.0.0.1"
COMMAND = databases.COMMAND
PATIENCE = 60.0


@dataclass(frozen=True)
class Installation:
    """A database of its own."""

    url: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": self.url, "MATRICULA_HOME": str(self.home)}

    def run(self, *words: str) -> Any:  # noqa: ANN401  JSON is anything
        """Run a command that prints JSON."""
        ran = subprocess.run(
            [COMMAND, *words, "--json"],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(ran.stdout)


@contextmanager
def installed(database: str, home: Path) -> Iterator[Installation]:
    """Make a database with its tables, and drop it."""
    with databases.database_of_the_lms(database) as url:
        yield Installation(url, home)


@dataclass
class Served:
    """A server, and what it has said so far."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def call(self, method: str, path: str, **more: Any) -> requests.Response:  # noqa: ANN401  as requests has it
        return self.session.request(method, self.address + path, timeout=PATIENCE, **more)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with suppress(requests.ConnectionError):
            return self.call("GET", "/login").status_code == 200
        return False

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(
    installation: Installation, folder: Path, *words: str, **environment: str
) -> Iterator[Served]:
    """Serve on a port that is free, and come back when it answers."""
    port = free_port()
    log = folder / f"log-{port}"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [COMMAND, "lms", "serve", "--port", str(port), *words],
            env={
                **installation.environment,
                "MATRICULA_LMS_URL": f"http://{HOST}:{port}",
                **environment,
            },
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    served = Served(process, port, log)
    try:
        wait_until(served.answers)
        yield served
    finally:
        served.session.close()
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to stop: killed, it would leave its workers behind."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        return int(trial.getsockname()[1])


def wait_until(found: Any) -> None:  # noqa: ANN401  a function that says whether it is so
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
