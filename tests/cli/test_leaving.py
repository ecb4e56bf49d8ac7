"""Whatever goes wrong is one line on standard error and an exit status."""

import os
import subprocess
import sys
from pathlib import Path

import django.db
import psycopg
import pytest
from psycopg import errors

from matricula.cli.leaving import leaving

SCRIPT = Path(sys.executable).with_name("matricula")


def left_with(trouble: BaseException) -> object:
    with pytest.raises(SystemExit) as left, leaving():
        raise trouble
    return left.value.code


def wrapped(cause: psycopg.Error) -> django.db.Error:
    """Make of it what Django does."""
    made = django.db.OperationalError(*cause.args)
    made.__cause__ = cause
    return made


LOST = [
    errors.AdminShutdown("terminating connection due to administrator command"),
    errors.CannotConnectNow("the database system is starting up"),
    psycopg.OperationalError("server closed the connection unexpectedly"),
    psycopg.OperationalError("connection refused"),
    psycopg.InterfaceError("the connection is closed"),
]


@pytest.mark.parametrize("trouble", [*LOST, *map(wrapped, LOST)], ids=repr)
def test_a_lost_connection_is_one_line(
    trouble: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert left_with(trouble) == 1
    assert capsys.readouterr().err == (
        "matricula: The connection to the database was lost; "
        "what was answered before is written; run it again.\n"
    )


@pytest.mark.parametrize("trouble", [errors.DeadlockDetected("x"), errors.UndefinedTable("x")])
def test_other_trouble_of_the_database_is_a_malfunction(trouble: psycopg.Error) -> None:
    with pytest.raises(django.db.OperationalError), leaving():
        raise wrapped(trouble)


def test_a_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert left_with(PermissionError(13, "Permission denied", "var/lock")) == 1
    assert capsys.readouterr().err == "matricula: var/lock: Permission denied.\n"


def run_in_shell(redirection: str) -> tuple[int, str]:
    ran = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" --help {redirection}', SCRIPT],
        env={**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:1/none"},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stderr


def test_output_that_cannot_be_written_is_one_line() -> None:
    assert run_in_shell("> /dev/full") == (
        1,
        "matricula: The output cannot be written: No space left on device.\n",
    )


def test_so_is_output_that_is_closed() -> None:
    status, said = run_in_shell(">&-")
    assert (status, said.startswith("matricula: Standard output is closed")) == (1, True)
    assert said.count("\n") == 1
