"""Rosters applied by real processes: killed in the middle, and big."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import psycopg
import pytest

from matricula.cli.leaving import CONNECTION_LOST
from tests.databases import COMMAND, database_of_the_lms

DATABASE = "matricula_roster_processes"

WORLD = """
import matricula.cli
from tests import given
run = given.course_run("HYD1")
given.program("killed", runs=[run])
given.program("undisturbed", school_key="Hillside", runs=[run])
given.program("interrupted", school_key="Lakeside", runs=[run])
"""

STORED = """
SELECT count(*) FROM program_enrollment AS e JOIN program AS p ON p.id = e.program_id
WHERE p.key = %s
"""
CHANGES = """
SELECT e.id FROM program_enrollment AS e JOIN program AS p ON p.id = e.program_id
JOIN change AS c ON c.subject = 'program_enrollment' AND c.row_id = e.id
WHERE p.key = %s
"""


@dataclass(frozen=True)
class Installation:
    """A database of its own, with three programs, and the command to be run on it."""

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
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def ask(self, query: str, *values: str) -> list[tuple[int]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode(), values).fetchall()


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with database_of_the_lms(DATABASE) as url:
        made = Installation(url)
        root = Path(__file__).parents[2]
        subprocess.run([sys.executable, "-c", WORLD], env=made.environment, cwd=root, check=True)
        yield made


def write_roster(path: Path, *, rows: int) -> Path:
    with path.open("w") as stream:
        stream.write("student_key,status\n")
        stream.writelines(f"rv-{number:07},enrolled\n" for number in range(rows))
    return path


def run_on_terminal(
    installation: Installation, *command: str | Path, stdout: int | None = None
) -> tuple[int, str]:
    """Run a command on a terminal of 80 columns; return its status and what was on the screen."""
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        command,
        env={**installation.environment, "TERM": "xterm", "COLUMNS": "80"},
        stdin=terminal,
        stdout=terminal if stdout is None else stdout,
        stderr=terminal,
    )
    os.close(terminal)
    seen = bytearray()
    with suppress(OSError), open(screen, "rb", buffering=0) as stream:  # noqa: PTH123  no path
        while block := stream.read(4096):  # an error, and not an end, says that it is over
            seen += block
    return process.wait(), re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen.decode())


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
    assert process.stderr is not None
    process.stdout.read(1)  # nobody reads on: it has written its first chunk and waits
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()

    [(stored,)] = installation.ask(STORED, "killed")
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


READER_LEFT = (
    "matricula: Whoever read the output has left; the first 10,000 of 25,000 rows are answered "
    "and written; run it again to finish.\n"
)
STOPPED = READER_LEFT.replace("Whoever read the output has left", "Stopped")
LOST = READER_LEFT.replace("Whoever read the output has left", CONNECTION_LOST)

TERMINATE_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.mark.parametrize(
    ("trouble", "status", "said"),
    [
        ("reader", 1, READER_LEFT),
        (signal.SIGINT, 130, STOPPED),
        (signal.SIGTERM, 143, STOPPED),
        ("connection", 1, LOST),
    ],
)
def test_an_apply_that_is_cut_short_says_how_far_it_came(
    installation: Installation,
    tmp_path: Path,
    trouble: str | signal.Signals,
    status: int,
    said: str,
) -> None:
    roster = write_roster(tmp_path / "roster.csv", rows=25_000)
    words = ("roster", "apply", roster, "--program", "interrupted", "--json")
    process = installation.start(*words, "--result", tmp_path / "result.csv")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)  # nobody reads on: it has written its first chunk and waits
    if trouble == "reader":
        process.stdout.close()
    elif trouble == "connection":
        installation.ask(TERMINATE_OTHERS)
        process.stdout.read()
    elif isinstance(trouble, signal.Signals):
        process.send_signal(trouble)
    assert process.stderr.read().decode() == said
    assert process.wait() == status
    process.stdout.close()
    process.stderr.close()
    assert list(tmp_path.iterdir()) == [roster], "and no half of a result"


NO_SPACE_BUT_WRITTEN = "No space left on device; all 100 rows are answered and written.\n"


def test_the_rows_are_written_even_if_the_result_is_not(
    installation: Installation, tmp_path: Path
) -> None:
    roster = write_roster(tmp_path / "roster.csv", rows=100)
    words = (COMMAND, "roster", "apply", roster, "--program", "interrupted")
    ran = run_redirected(installation, *words, "--result", "/dev/full", to=subprocess.DEVNULL)
    assert ran == (
        1,
        f"matricula: /dev/full is not written: {NO_SPACE_BUT_WRITTEN}",
    )
    with Path("/dev/full").open("wb") as full:
        ran = run_redirected(installation, *words, "--json", to=full.fileno())
    assert ran == (
        1,
        f"matricula: The output cannot be written: {NO_SPACE_BUT_WRITTEN}",
    )


def run_redirected(installation: Installation, *command: str | Path, to: int) -> tuple[int, str]:
    ran = subprocess.run(
        command,
        env=installation.environment,
        stdout=to,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stderr


def test_an_export_that_cannot_be_printed_is_one_line(installation: Installation) -> None:
    words = (COMMAND, "export", "--program", "interrupted", "-")
    with Path("/dev/full").open("wb") as full:
        ran = run_redirected(installation, *words, to=full.fileno())
    assert ran == (1, "matricula: The output cannot be written: No space left on device.\n")


def test_standard_input_that_is_closed_is_one_line(installation: Installation) -> None:
    line = 'exec "$0" roster plan - --program undisturbed <&-'
    ran = run_redirected(installation, "/bin/sh", "-c", line, COMMAND, to=subprocess.DEVNULL)
    assert ran == (2, "matricula: Standard input is closed.\n")


def test_a_progress_bar_does_not_take_what_is_written_to_a_file(
    installation: Installation, tmp_path: Path
) -> None:
    roster = write_roster(tmp_path / "roster.csv", rows=5_000)
    out = tmp_path / "out.json"
    words = (COMMAND, "roster", "plan", roster, "--program", "interrupted", "--json")
    with out.open("wb") as stream:
        status, screen = run_on_terminal(installation, *words, stdout=stream.fileno())
    assert status == 0
    assert len(json.loads(out.read_text())["rows"]) == 5_000
    assert "rv-" not in screen


def test_a_key_is_never_cut_at_80_columns(installation: Installation, tmp_path: Path) -> None:
    key = "".join(f"k{number:02}" for number in range(100))[:255]
    assert len(key) == 255
    roster = tmp_path / "roster.csv"
    roster.write_text(f"student_key,status\n{key},enrolled\n")
    words = (COMMAND, "roster", "apply", roster, "--program", "interrupted")
    assert run_on_terminal(installation, *words)[0] == 0
    show = (COMMAND, "learner", "show", "--student", "Lakeside", key)
    screen = run_on_terminal(installation, *show)[1]
    assert key in read_column(screen, "value")
    assert key in read_column(screen, "student key")

    course = "course-v1:RiverU+HYD1+2031_T1"
    roster.write_text(f"student_key,course_id,status\n{key},{course},active\n{key}x,{course},no\n")
    words = (COMMAND, "roster", "plan", roster, "--program", "interrupted")
    screen = run_on_terminal(installation, *words)[1]
    assert key in read_column(screen, "student key")
    assert course in read_column(screen, "course")
    assert run_on_terminal(installation, COMMAND, "roster", "apply", *words[3:])[0] == 1
    assert course in read_column(run_on_terminal(installation, *show)[1], "course run")


def read_column(screen: str, heading: str) -> str:
    """Put together what stands under a heading, however it is folded."""
    found, pieces = None, []
    for line in screen.splitlines():
        headings = list(re.finditer(r"\S+(?: \S+)*", line))
        for each, following in zip_longest(headings, headings[1:]):
            if each.group() == heading:
                found = slice(each.start(), following.start() if following else None)
        if found:
            pieces.extend(line[found].split()[:1])  # the next column may have no heading
    return "".join(pieces)
