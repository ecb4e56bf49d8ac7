"""The root of the command: usage, refusals, malfunctions."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import given
from tests.cli.typing_in import matricula
from tests.lms.kernel.seeing import read_all

SCRIPT = Path(sys.executable).with_name("matricula")


@pytest.mark.django_db(transaction=True)
def test_migrating_again_is_safe() -> None:
    assert matricula("migrate").status == 0
    given.enrolled("rv-1", program=given.program())
    before = read_all()
    typed = matricula("migrate")
    assert (typed.status, typed.err) == (0, "")
    assert typed.out.endswith("The database is up to date.\n")
    assert read_all() == before


@pytest.mark.django_db
def test_migrating_quietly_says_nothing() -> None:
    typed = matricula("migrate", "--quiet")
    assert (typed.status, typed.out, typed.err) == (0, "", "")


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["fsck", "--nonsense"],
        ["account", "create"],
        ["account", "create", "mira"],
        ["account", "retire", "mira"],
        ["identity", "bind", "RiverU", "rv-1"],
        ["identity", "resolve", "one", "--reason", "x", "--keep"],
        ["identity", "resolve", "1", "--reason", "x"],
        ["learner", "show", "--student", "RiverU"],
        ["learner", "show", "mira", "--as-of", "yesterday"],
        ["waiting", "list", "--older-than", "0"],
        ["waiting", "expire", "--days", "0"],
        ["waiting", "withdraw"],
    ],
    ids=" ".join,
)
def test_a_call_that_cannot_be_read_is_two(words: list[str]) -> None:
    typed = matricula(*words)
    assert (typed.status, typed.out) == (2, "")
    assert typed.err


@pytest.mark.django_db
def test_a_refusal_is_one_line_on_standard_error() -> None:
    typed = matricula("account", "retire", "no[body]", "--reason", "x")
    assert (typed.status, typed.out) == (1, "")
    assert typed.err == "matricula: There is no account 'no[body]'.\n"


@pytest.mark.parametrize("group", ["", "db", "account", "identity", "learner", "waiting"])
def test_help_is_on_standard_output(group: str) -> None:
    typed = matricula(*([group] if group else []), "--help")
    assert typed.status == 0
    assert "Usage" in typed.out
    assert typed.err == ""


def test_the_installed_command_answers_without_a_database() -> None:
    environment = {**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    ran = subprocess.run(
        [str(SCRIPT), "--help"], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_database_that_cannot_be_reached_is_one_line_and_status_one() -> None:
    environment = {**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    ran = subprocess.run(
        [str(SCRIPT), "fsck"], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("matricula: ")
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["learner", "show", "rv\udcff"],
        ["db", "url", "\udcff"],
        ["roster", "apply", "\udcff.csv", "--program", "hydrology"],
    ],
)
def test_an_argument_that_is_no_text_is_named_and_two(words: list[str]) -> None:
    typed = matricula(*words)
    assert (typed.status, typed.out) == (2, "")
    assert typed.err.startswith("matricula: Argument 3 is not UTF-8: '")
    assert "\\udcff" in typed.err
    assert typed.err.count("\n") == 1


def run_with(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": url}
    return subprocess.run(
        [str(SCRIPT), *words], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "mysql://x:secret@y/z",
        "postgresql://",
        "postgresql:///lms?bogus=1",
        "postgresql://u:secret%zz@h/x",
        "postgresql://u:secret@[::1/x",
    ],
)
def test_an_address_that_cannot_be_read_is_one_line_and_one(url: str) -> None:
    for words in (["fsck"], ["migrate"], ["example", "run"], ["db", "url"]):
        ran = run_with(url, *words)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "DATABASE_URL" in ran.stderr
        assert ran.stderr.count("\n") == 1
        assert "secret" not in ran.stderr


def test_what_needs_no_database_works_with_an_address_that_cannot_be_read(tmp_path: Path) -> None:
    for words in (["--help"], ["fsck", "--help"], ["example", "write", str(tmp_path)]):
        ran = run_with("foo", *words)
        assert (ran.returncode, ran.stderr) == (0, "")


def test_garbage_is_looked_for_again_once_all_is_read() -> None:
    gc.disable()
    try:
        assert matricula("--help").status == 0
        assert gc.isenabled()
    finally:
        gc.enable()
