"""The database is readied for a command that is understood, and for no other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests import given
from tests.cli.typing_in import matricula
from tests.lms.kernel.seeing import read_all
from tests.lms.ledger.restoring import restore_elsewhere

SCRIPT = Path(sys.executable).with_name("matricula")


@pytest.mark.parametrize(
    "words",
    [
        ["fsck", "--help"],
        ["migrate", "--help"],
        ["account", "create", "--help"],
        ["account"],
        ["fsck", "--nonsense"],
        ["migrate", "--nonsense"],
        ["export", "out.csv"],
        ["account", "nonsense"],
        ["account", "create", "mira"],
        ["waiting", "list", "--older-than", "0"],
    ],
    ids=" ".join,
)
def test_help_and_mistakes_start_nothing_and_make_no_file(
    words: list[str], tmp_path: Path
) -> None:
    environment = {**os.environ, "MATRICULA_HOME": str(tmp_path / "home"), "DATABASE_URL": ""}
    ran = subprocess.run(
        [str(SCRIPT), *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == (0 if words[-1] == "--help" else 2)
    assert "Usage" in ran.stdout + ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        ["fsck"],
        ["catalog", "list"],
        ["account", "create", "mira", "--email", "mira@example.org"],
        ["learner", "show", "mira"],
        ["example", "run"],
        ["export", "--program", "hydrology", "out.csv"],
    ],
    ids=" ".join,
)
def test_a_database_of_another_version_is_one_line_and_one(words: list[str]) -> None:
    MigrationRecorder(connection).record_unapplied("grades", "0001_initial")
    before = read_all()
    typed = matricula(*words)
    assert (typed.status, typed.out) == (1, "")
    assert (
        typed.err == "matricula: The database is not of this version: run `matricula migrate`.\n"
    )
    assert read_all() == before


@pytest.mark.django_db
def test_so_is_one_without_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere")
    assert matricula("fsck").err.endswith("run `matricula migrate`.\n")


@pytest.mark.django_db(transaction=True)
def test_so_is_one_that_was_restored_until_it_is_migrated() -> None:
    assert matricula("migrate").status == 0
    given.enrolled("rv-1", program=given.program())
    restore_elsewhere()
    typed = matricula("catalog", "list")
    assert (typed.status, typed.out) == (1, "")
    assert typed.err == (
        "matricula: The database was restored on this server: run `matricula migrate`.\n"
    )
    assert matricula("migrate").status == 0
    assert matricula("catalog", "list").status == 0


@pytest.mark.django_db
def test_what_needs_no_tables_works_without() -> None:
    MigrationRecorder(connection).record_unapplied("grades", "0001_initial")
    assert matricula("db", "url").status == 0


@pytest.mark.django_db
@pytest.mark.parametrize("words", [["fsck"], ["migrate"], ["example", "run"]], ids=" ".join)
def test_a_database_of_a_newer_version_is_one_line_and_one(words: list[str]) -> None:
    MigrationRecorder(connection).record_applied("grades", "0099_from_the_future")
    before = read_all()
    typed = matricula(*words)
    assert (typed.status, typed.out) == (1, "")
    assert typed.err == (
        "matricula: The database is of a newer version (it has grades 0099_from_the_future): "
        "update Matricula.\n"
    )
    assert read_all() == before


@pytest.mark.django_db
def test_what_another_app_left_in_the_database_does_not_matter() -> None:
    MigrationRecorder(connection).record_applied("elsewhere", "0001_initial")
    assert matricula("fsck").status == 0
