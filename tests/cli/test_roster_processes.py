"""Rosters applied by real processes: killed in the middle, and big."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from matricula import postgres

DATABASE = "matricula_roster_processes"
COMMAND = Path(sys.executable).with_name("matricula")

WORLD = """
import matricula.cli
from tests import given
run = given.course_run("HYD1")
given.program("killed", runs=[run])
given.program("undisturbed", school_key="Hillside", runs=[run])
"""

CHANGES = """
SELECT e.id FROM program_enrollment AS e JOIN program AS p ON p.id = e.program_id
JOIN change AS c ON c.subject = 'program_enrollment' AND c.row_id = e.id
WHERE p.key = %s
"""


@dataclass(frozen=True)
class Installation:
    """A database of its own, with two programs, and the command to be run on it."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": self.url}

    def run(self, *words: str | Path) -> str:
        command = [COMMAND, *words]
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def start(self, *words: str | Path) -> "subprocess.Popen[bytes]":
        command = [COMMAND, *words]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE)

    def ask(self, query: str, *values: str) -> list[tuple[int]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode(), values).fetchall()


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    server = postgres.database_url()
    url = urlunsplit(urlsplit(server)._replace(path=f"/{DATABASE}"))
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(create)
        made = Installation(url)
        made.run("migrate", "--quiet")
        root = Path(__file__).parents[2]
        subprocess.run([sys.executable, "-c", WORLD], env=made.environment, cwd=root, check=True)
        yield made
        connection.execute(drop)


def write_roster(path: Path, *, rows: int) -> Path:
    with path.open("w") as stream:
        stream.write("student_key,status\n")
        stream.writelines(f"rv-{number:07},enrolled\n" for number in range(rows))
    return path


def without_curricula(export: str) -> list[str]:
    return [line.rpartition(",")[0] for line in export.splitlines()[1:]]


def test_a_killed_apply_is_finished_by_running_it_again(
    installation: Installation, tmp_path: Path
) -> None:
    rows = 25_000
    roster = write_roster(tmp_path / "roster.csv", rows=rows)
    result = tmp_path / "result.csv"
    words = ("roster", "apply", roster, "--program", "killed", "--json", "--result", result)

    process = installation.start(*words)
    assert process.stdout is not None
    process.stdout.read(1)  # nobody reads on: it has written its first chunk and waits
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    [(stored,)] = installation.ask("SELECT count(*) FROM program_enrollment")
    assert 0 < stored < rows
    assert stored % 10_000 == 0
    assert not result.exists()

    installation.run(*words)
    installation.run("roster", "apply", roster, "--program", "undisturbed")
    killed, undisturbed = (
        without_curricula(installation.run("export", "--program", program, "-"))
        for program in ("killed", "undisturbed")
    )
    assert len(killed) == rows
    assert killed == undisturbed
    assert len(result.read_text().splitlines()) == rows + 1
    changes = installation.ask(CHANGES, "killed")
    assert len(changes) == len(set(changes)) == rows


def test_memory_does_not_grow_with_the_rows(installation: Installation, tmp_path: Path) -> None:
    """Measured in kilobytes, on Linux: the peak of a small roster, and of a big one."""
    peaks = []
    for rows in (10_000, 200_000):
        roster = write_roster(tmp_path / f"{rows}.csv", rows=rows)
        words = ("roster", "plan", roster, "--program", "undisturbed", "--json")
        out = (tmp_path / "out.json").open("wb")
        process = subprocess.Popen(
            [COMMAND, *words, "--result", tmp_path / "out.csv"],
            env=installation.environment,
            stdout=out,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.close()
        assert process.returncode == 0
        peaks.append(used.ru_maxrss)
    assert peaks[1] - peaks[0] < 20_000
