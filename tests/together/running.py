"""Both services and their workers as processes on loopback, each service with its own database."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import psycopg
import requests

from matricula.lms.kernel.api import Lock
from tests.cli.serving import HOST, free_port
from tests.databases import COMMAND, database_of_the_lms, database_of_the_registrar

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
NO_KEYS = 504
"""So a process of the Registrar answers that has not read the LMS's keys before it went."""
WORKER_TIMEOUT = 2
"""Seconds after which a killed worker's jobs are another's."""
STOP_SECONDS = 3
"""So long a worker that is told to stop has for what it is at."""

STORED = """
SELECT identity.value, program_enrollment.status FROM program_enrollment
JOIN identity ON identity.id = identity_id JOIN program ON program.id = program_id
WHERE program.key = %s
"""
CHANGES = """
SELECT change.row_id FROM change
JOIN program_enrollment ON program_enrollment.id = change.row_id
JOIN program ON program.id = program_id
WHERE program.key = %s AND change.subject = 'program_enrollment'
"""
ANSWERED = """
SELECT coalesce(max(answered), 0) FROM roster_job
JOIN program ON program.id = program_id WHERE program.key = %s AND NOT is_dry_run
"""
SENT = """
SELECT count(*) FROM roster_job JOIN program ON program.id = program_id
WHERE program.key = %s AND NOT is_dry_run
"""
LOCK = "SELECT pg_advisory_lock(%s, id::int) FROM program WHERE key = %s"

Line = dict[str, str]


class Part(StrEnum):
    """The processes."""

    LMS = "lms"
    LMS_WORKER = "lms-worker"
    REGISTRAR = "registrar"
    REGISTRAR_WORKER = "registrar-worker"


@dataclass
class Services:
    """Everything that runs, and what a school's system and an operator do with it."""

    folder: Path
    lms_url: str
    registrar_url: str
    lms_port: int = field(default_factory=free_port)
    registrar_port: int = field(default_factory=free_port)
    clients: dict[str, dict[str, str]] = field(default_factory=dict)
    processes: dict[Part, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    token: str = ""

    @property
    def lms(self) -> str:
        """Where the LMS is."""
        return f"http://{HOST}:{self.lms_port}"

    @property
    def registrar(self) -> str:
        """Where the Registrar is."""
        return f"http://{HOST}:{self.registrar_port}"

    @property
    def of_the_lms(self) -> dict[str, str]:
        """The environment in which the LMS's commands run."""
        return {
            **os.environ,
            "DATABASE_URL": self.lms_url,
            "MATRICULA_HOME": str(self.folder / "lms"),
            "MATRICULA_LMS_URL": self.lms,
            "MATRICULA_WORKER_TIMEOUT": str(WORKER_TIMEOUT),
        }

    @property
    def of_the_registrar(self) -> dict[str, str]:
        """The environment in which the Registrar's commands run: it knows the LMS's address."""
        return {
            **os.environ,
            "REGISTRAR_DATABASE_URL": self.registrar_url,
            "MATRICULA_HOME": str(self.folder / "registrar"),
            "MATRICULA_LMS_URL": self.lms,
            "MATRICULA_REGISTRAR_URL": self.registrar,
            "MATRICULA_WORKER_TIMEOUT": str(WORKER_TIMEOUT),
            "MATRICULA_WORKER_STOP_SECONDS": str(STOP_SECONDS),
        }

    def start(self, *parts: Part) -> None:
        """Start processes that do not run."""
        for part in parts:
            words, environment = self._describe(part)
            with (self.folder / f"{part}.log").open("ab") as log:
                self.processes[part] = subprocess.Popen(
                    [COMMAND, *words], env=environment, stdout=DEVNULL, stderr=log
                )

    def wait_until_served(self) -> None:
        """Come back when both services answer."""
        wait_until(lambda: self._answers(Part.LMS, f"{self.lms}/login"))
        wait_until(lambda: self._answers(Part.REGISTRAR, f"{self.registrar}/health"))

    def end(self, *parts: Part, number: signal.Signals = signal.SIGTERM) -> None:
        """Have processes end, and come back when they have."""
        for part in parts:
            self.processes[part].send_signal(number)
        for part in parts:
            self.processes.pop(part).wait(PATIENCE)

    @contextmanager
    def without(self, part: Part) -> Iterator[None]:
        """Have a process end, and start it again."""
        self.end(part)
        try:
            yield
        finally:
            self.start(part)

    def give_credentials(self, client: Mapping[str, str]) -> None:
        """Put what the LMS knows the Registrar by where the Registrar reads it."""
        secrets = self.folder / "registrar" / "secrets"
        secrets.mkdir(parents=True, exist_ok=True)
        (secrets / "lms_client_id").write_text(client["client_id"])
        (secrets / "lms_client_secret").write_text(client["client_secret"])

    def revoke_all(self) -> None:
        """Void every token of the LMS, and the Registrar's secret with them, as after a theft.

        What the LMS still knows of its keys in memory is gone when it is started again.
        """
        self.clients["registrar"] = self._operate("revoke-all")

    def make_world(self, issuer: str, programs: Sequence[str]) -> None:
        """Make programs with a course run each, a school's provider, and clients."""
        self.clients = self._operate("make-world", issuer, self.registrar, *programs)
        self.give_credentials(self.clients["registrar"])

    def run_registrar(self, *words: str) -> None:
        """Run a command of the Registrar's."""
        subprocess.run(
            [COMMAND, "registrar", *words], env=self.of_the_registrar, check=True, stdout=DEVNULL
        )

    def get_token(self) -> None:
        """Have the LMS give the school's system a token."""
        form = {**self.clients["school"], "grant_type": "client_credentials", "token_type": "jwt"}
        answer = requests.post(f"{self.lms}/oauth2/access_token", data=form, timeout=PATIENCE)
        assert answer.ok, answer.text
        self.token = answer.json()["access_token"]

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:  # noqa: ANN401  as requests has it
        """Call the Registrar as the school's system; ``path`` may be a whole address."""
        return requests.request(
            method,
            path if path.startswith("http") else f"{self.registrar}/api/v1/{path}",
            headers={"Authorization": f"JWT {self.token}"},
            timeout=PATIENCE,
            **more,
        )

    def send(self, path: str, text: str) -> requests.Response:
        """Send a file."""
        files = {"file": ("roster.csv", text.encode(), "text/csv")}
        return self.ask("POST", f"programs/{path}/upload/", files=files)

    def upload(self, path: str, text: str) -> str:
        """Send a file that must be taken, and return its job's address."""
        answer = self.send(path, text)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_url"])

    def wait_for(self, job: str, *states: str) -> dict[str, Any]:
        """Return a job when it has come to one of these states."""
        told: dict[str, Any] = {}

        def has_come() -> bool:
            answer = self.ask("GET", job)
            if answer.status_code != NO_KEYS:
                told.update(answer.json())
            return told.get("state") in states

        wait_until(has_come)
        return told

    def finish(self, job: str) -> tuple[dict[str, Any], list[Line]]:
        """Return a job that must succeed, and the lines of its result."""
        told = self.wait_for(job, "Succeeded", "Failed")
        assert told["state"] == "Succeeded", told
        answer = requests.get(told["result"], timeout=PATIENCE)
        assert answer.ok, answer.text
        return told, list(csv.DictReader(answer.content.decode().splitlines()))

    def download(self, path: str) -> list[Line]:
        """Return what the Registrar says the LMS has."""
        answer = self.ask("GET", f"programs/{path}/?fmt=csv")
        assert answer.status_code == 202, answer.text
        _, lines = self.finish(answer.json()["job_url"])
        return lines

    def look(self, query: str, program: str) -> list[tuple[Any, ...]]:
        """Look into the LMS's database."""
        with psycopg.connect(self.lms_url) as connection:
            return connection.execute(query.encode(), [program]).fetchall()

    @contextmanager
    def held_up(self, program: str, *, after: int = 0) -> Iterator[None]:
        """Hold up whoever writes the program at the LMS, when so many rows are answered."""
        wait_until(lambda: self.look(ANSWERED, program)[0][0] >= after)
        with psycopg.connect(self.lms_url, autocommit=True) as connection:
            connection.execute(LOCK.encode(), [Lock.PROGRAM.value, program])
            yield

    def _describe(self, part: Part) -> tuple[list[str], dict[str, str]]:
        if part is Part.LMS:
            words = ["lms", "serve", "--port", str(self.lms_port), "--workers", "1"]
            return words, self.of_the_lms
        if part is Part.LMS_WORKER:
            return ["worker"], self.of_the_lms
        if part is Part.REGISTRAR_WORKER:
            return ["registrar", "worker"], self.of_the_registrar
        words = ["registrar", "serve", "--port", str(self.registrar_port), "--workers", "2"]
        return words, self.of_the_registrar

    def _answers(self, part: Part, address: str) -> bool:
        process = self.processes[part]
        assert process.poll() is None, (self.folder / f"{part}.log").read_text()
        with suppress(requests.ConnectionError):
            return requests.get(address, timeout=PATIENCE).status_code == 200
        return False

    def _operate(self, *words: str) -> Any:  # noqa: ANN401  JSON is anything
        ran = subprocess.run(
            [sys.executable, "-m", "tests.together.operating", *words],
            env=self.of_the_lms,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(ran.stdout)


@contextmanager
def installed(folder: Path) -> Iterator[Services]:
    """Make the databases of both services with their tables, and drop them."""
    with (
        database_of_the_lms("matricula_together_lms") as lms_url,
        database_of_the_registrar("matricula_together_registrar") as registrar_url,
    ):
        services = Services(folder, lms_url, registrar_url)
        try:
            yield services
        finally:
            services.end(*services.processes)


def wait_until(found: Any) -> None:  # noqa: ANN401  a function that says whether it is so
    """Come back when it is so."""
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
