"""Jobs worked off by real workers: killed in the middle, stopped, and two at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from matricula.lms.kernel.api import Lock
from tests.databases import COMMAND, database_of_the_lms

DATABASE = "matricula_worker_processes"
ROOT = Path(__file__).parents[2]
TIMEOUT = 2
PATIENCE = 120

WORLD = """
import matricula.cli
from tests import given
for number in range(7):
    given.program(f"program-{number}")
given.with_role("write", given.account("registrar"))
"""
SUBMIT = """
import sys
from io import BytesIO
import matricula.cli
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import get_program
from matricula.lms.rosters.api import Form, RosterFile, RosterKind, RosterOrder, submit_roster
from tests import given
program, name, rows, atomic = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "atomic"
lines = "".join(f"{name}-{number:07},enrolled\\n" for number in range(rows))
file = RosterFile(name, BytesIO(f"student_key,status\\n{lines}".encode()), Form.CSV)
job = submit_roster(
    file=file,
    program=get_program(key=program),
    order=RosterOrder(is_atomic=atomic, reason=name),
    rows_at_once=0,
    by=given.acting(Account.objects.get(username="registrar")),
    at=given.NOW,
)
print(job.uuid)
"""

APPLY = """
import sys
import matricula.cli
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import get_program
from tests import given
from tests.lms.plans.planning import applied, planned, roster
program, name, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
by = given.acting(Account.objects.get(username="registrar"))
text = roster(*((f"{name}-{number:07}", "enrolled") for number in range(rows)))
made = planned(text, program=get_program(key=program), by=by, reason=name)
print(applied(made, by=by, rows_at_once=0).job.uuid)
"""

OUTCOME = """
SELECT plan.outcome FROM plan JOIN roster_job AS job ON job.id = plan.job_id WHERE job.uuid = %s
"""
STATE = "SELECT state, answered FROM roster_job WHERE uuid = %s"
UNANSWERED = """
SELECT count(*) FROM roster_job_chunk AS chunk JOIN roster_job AS job ON job.id = chunk.job_id
WHERE job.uuid = %s AND chunk.answers IS NULL
"""
CHANGES = """
SELECT change.id, change.row_id FROM change
JOIN change_set ON change_set.id = change.change_set_id
WHERE change_set.reason = %s AND change.subject = 'program_enrollment' ORDER BY change.id
"""
STORED = """
SELECT count(*) FROM program_enrollment JOIN program ON program.id = program_id WHERE key = %s
"""
WAITING_FOR_LOCKS = """
SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
"""
LOCK = "SELECT pg_advisory_lock(%s, id::int) FROM program WHERE key = %s"


@dataclass(frozen=True)
class Installation:
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.url,
            "MATRICULA_WORKER_TIMEOUT": str(TIMEOUT),
        }

    def run(self, *words: str) -> str:
        ran = subprocess.run(
            words, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        )
        return ran.stdout.strip()

    def submit(self, program: str, name: str, rows: int, how: str = "") -> str:
        return self.run(sys.executable, "-c", SUBMIT, program, name, str(rows), how)

    def start_worker(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [str(COMMAND), "worker", *words]
        return subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)

    @contextmanager
    def working(self, *words: str) -> "Iterator[subprocess.Popen[bytes]]":
        process = self.start_worker(*words)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE)

    def ask(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def wait_for(self, job: str, is_so: Callable[[str, int], bool]) -> tuple[str, int]:
        until = time.monotonic() + PATIENCE
        while True:
            [(state, answered)] = self.ask(STATE, job)
            if is_so(state, answered):
                return state, answered
            if time.monotonic() > until:
                raise TimeoutError(state, answered)
            time.sleep(0.01)

    def wait_for_end(self, job: str) -> tuple[str, int]:
        return self.wait_for(job, lambda state, _: state not in {"pending", "in_progress"})

    @contextmanager
    def program_locked(self, program: str) -> Iterator[None]:
        """Hold up whoever writes the program next."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(LOCK.encode(), [Lock.PROGRAM.value, program])
            yield


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with database_of_the_lms(DATABASE) as url:
        made = Installation(url)
        made.run(sys.executable, "-c", WORLD)
        yield made


def require_done_once(installation: Installation, job: str, name: str, *, rows: int) -> None:
    """Every row is answered, and stored by exactly one change."""
    assert installation.ask(UNANSWERED, job) == [(0,)]
    changed = [row_id for _, row_id in installation.ask(CHANGES, name)]
    assert len(changed) == len(set(changed)) == rows


def test_a_job_is_worked_off_by_a_worker(installation: Installation) -> None:
    with installation.working():
        job = installation.submit("program-0", "ordinary", 12_000)
        assert installation.wait_for_end(job) == ("succeeded", 12_000)
    require_done_once(installation, job, "ordinary", rows=12_000)


def test_a_job_of_a_killed_worker_is_finished_by_another(installation: Installation) -> None:
    rows = 40_000
    job = installation.submit("program-1", "killed", rows)
    process = installation.start_worker()
    installation.wait_for(job, lambda _, answered: answered > 0)
    with installation.program_locked("program-1"):
        process.send_signal(signal.SIGKILL)  # it waits for us, in the middle of a chunk
        process.wait()
    state, answered = installation.ask(STATE, job)[0]
    assert state == "in_progress"
    assert 0 < answered < rows
    assert installation.ask(STORED, "program-1") == [(answered,)]

    started = time.monotonic()
    with installation.working():
        assert installation.wait_for_end(job) == ("succeeded", rows)
    assert time.monotonic() - started < PATIENCE
    require_done_once(installation, job, "killed", rows=rows)


def test_an_atomic_job_of_a_killed_worker_starts_over(installation: Installation) -> None:
    job = installation.submit("program-2", "whole", 25_000, "atomic")
    with installation.program_locked("program-2"):
        process = installation.start_worker()
        installation.wait_for(job, lambda state, _: state == "in_progress")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert installation.ask(STORED, "program-2") == [(0,)]
    with installation.working():
        assert installation.wait_for_end(job) == ("succeeded", 25_000)
    require_done_once(installation, job, "whole", rows=25_000)


def test_a_plan_that_a_killed_worker_applies_is_applied_by_another(
    installation: Installation,
) -> None:
    rows = 12_000
    plan = installation.run(sys.executable, "-c", APPLY, "program-6", "planned", str(rows))
    with installation.program_locked("program-6"):
        process = installation.start_worker()
        while installation.ask(WAITING_FOR_LOCKS) == [(0,)]:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert installation.ask(OUTCOME, plan) == [("applying",)]
    assert installation.ask(STORED, "program-6") == [(0,)]
    with installation.working():
        until = time.monotonic() + PATIENCE
        while installation.ask(OUTCOME, plan) == [("applying",)]:
            assert time.monotonic() < until
            time.sleep(0.05)
    assert installation.ask(OUTCOME, plan) == [("applied",)]
    require_done_once(installation, plan, "planned", rows=rows)


def test_a_worker_that_is_stopped_finishes_its_chunk_and_leaves_the_rest(
    installation: Installation,
) -> None:
    rows = 40_000
    job = installation.submit("program-3", "stopped", rows)
    process = installation.start_worker()
    installation.wait_for(job, lambda _, answered: answered > 0)
    with installation.program_locked("program-3"):
        while installation.ask(WAITING_FOR_LOCKS) == [(0,)]:
            time.sleep(0.01)
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
        assert process.returncode is None, "it is in the middle of a chunk"
    assert process.wait(PATIENCE) == 0
    state, answered = installation.ask(STATE, job)[0]
    assert state == "in_progress"
    assert answered % 10_000 == 0
    assert 0 < answered < rows

    with installation.working():
        assert installation.wait_for_end(job) == ("succeeded", rows)
    require_done_once(installation, job, "stopped", rows=rows)


def test_two_jobs_of_one_program_never_interleave(installation: Installation) -> None:
    names = ["first", "second"]
    jobs = [installation.submit("program-4", name, 25_000) for name in names]
    with installation.working("--concurrency", "2"), installation.working():
        for job in jobs:
            assert installation.wait_for_end(job) == ("succeeded", 25_000)
    first, second = ([change for change, _ in installation.ask(CHANGES, name)] for name in names)
    assert max(first) < min(second)


CUT_OFF = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def test_a_worker_survives_the_loss_of_its_connections(installation: Installation) -> None:
    rows = 30_000
    job = installation.submit("program-5", "cut", rows)
    with installation.working():
        installation.wait_for(job, lambda _, answered: answered > 0)
        installation.ask(CUT_OFF)
        assert installation.wait_for_end(job) == ("succeeded", rows)
    require_done_once(installation, job, "cut", rows=rows)
