import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from matricula import postgres
from matricula.postgres import PostgresUnusable, embedding, owning, reaching

NOBODY = 65534
START = "from matricula import postgres; print(postgres.start())"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give every test an installation of its own, and stop its server afterwards."""
    place = tmp_path / "home"
    monkeypatch.setenv("MATRICULA_HOME", str(place))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("PGOPTIONS", raising=False)  # with which other tests do not wait for disks
    yield place
    monkeypatch.setenv("MATRICULA_HOME", str(place))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if (place / "postgres").is_dir():
        postgres.stop()


def ask(query: str, url: str | None = None) -> list[tuple[object, ...]]:
    with psycopg.connect(url or postgres.configured_url(), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def read_pid(home: Path) -> int:
    return int((home / "postgres/data/postmaster.pid").read_text().split()[0])


def told_to_nobody(action: Callable[[], object]) -> str:
    """Do it as a user without rights, root having all, and return the refusal's words."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            action()
        except PostgresUnusable as unusable:
            os.write(writing, str(unusable).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as words:
        return words.read()


def test_a_database_of_our_own_is_made_started_and_stopped() -> None:
    assert not postgres.is_running()
    assert postgres.start()
    assert postgres.is_running()
    assert not postgres.start()
    assert ask("show server_encoding") == [("UTF8",)]
    assert postgres.stop()
    assert not postgres.is_running()
    assert not postgres.stop()


def test_what_was_written_is_there_after_a_stop() -> None:
    ask("create table kept as select 1 as one", postgres.database_url())
    postgres.stop()
    assert ask("select one from kept", postgres.database_url()) == [(1,)]


def test_nothing_is_traded_for_speed() -> None:
    postgres.start()
    assert ask("show fsync") == ask("show synchronous_commit") == [("on",)]
    assert ask("show shared_buffers") == [("256MB",)]
    assert ask("show default_transaction_isolation") == [("read committed",)]


def test_its_folder_is_closed_to_others_and_it_listens_on_no_port(home: Path) -> None:
    postgres.start()
    assert (home / "postgres").stat().st_mode & 0o077 == 0
    assert ask("show listen_addresses") == [("",)]


def test_many_may_start_it_at_once() -> None:
    command = [sys.executable, "-c", START]
    starters = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = [starter.communicate(timeout=120)[0].strip() for starter in starters]
    assert sorted(answers) == ["False", "False", "False", "True"]
    assert {starter.returncode for starter in starters} == {0}


def test_after_a_kill_it_starts_with_everything_that_was_committed(home: Path) -> None:
    ask("create table kept as select 1 as one", postgres.database_url())
    os.kill(read_pid(home), signal.SIGKILL)
    assert postgres.start()
    assert ask("select one from kept") == [(1,)]


def test_another_process_with_the_killed_ones_number_does_not_stand_in_its_way(home: Path) -> None:
    postgres.start()
    pid_file = home / "postgres/data/postmaster.pid"
    first_line, rest = pid_file.read_text().split("\n", 1)
    os.kill(int(first_line), signal.SIGKILL)
    pid_file.write_text(f"{os.getpid()}\n{rest}")
    assert postgres.start()


def test_files_deleted_under_a_running_server_are_made_anew(home: Path) -> None:
    postgres.start()
    deserted = read_pid(home)
    shutil.rmtree(home)
    assert postgres.start()
    assert read_pid(home) != deserted
    assert not embedding._serves(deserted, home / "postgres")


def test_an_interrupted_making_of_the_files_is_begun_again(home: Path) -> None:
    half_made = home / "postgres/data.new"
    postgres.start()
    postgres.stop()
    (home / "postgres/data").rename(half_made)
    (half_made / "PG_VERSION").unlink()
    assert postgres.start()
    assert not half_made.exists()


@pytest.mark.parametrize(
    "name", ["with spaces", 'quotes " and $(ls)', "comma, and", "Zürich", "%41"]
)
def test_any_name_of_a_folder_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MATRICULA_HOME", str(tmp_path / name))
    try:
        assert ask("select 1", postgres.database_url()) == [(1,)]
    finally:
        postgres.stop()
        shutil.rmtree(embedding._socket_folder(tmp_path / name / "postgres"))


def test_a_name_too_long_for_a_socket_gets_a_short_cut_closed_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRICULA_HOME", str(tmp_path / ("long" * 30)))
    short_cut = embedding._socket_folder(postgres.home() / "postgres")
    try:
        assert ask("select 1", postgres.database_url()) == [(1,)]
        assert short_cut.stat().st_mode & 0o077 == 0
    finally:
        postgres.stop()
        short_cut.rmdir()


def test_a_short_cut_of_somebody_elses_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATRICULA_HOME", str(tmp_path / ("long" * 30)))
    short_cut = embedding._socket_folder(postgres.home() / "postgres")
    short_cut.mkdir()
    short_cut.chmod(0o755)
    try:
        with pytest.raises(PostgresUnusable, match="belongs to someone else"):
            postgres.start()
    finally:
        short_cut.rmdir()


def test_a_folder_that_may_not_be_written_is_refused(home: Path) -> None:
    home.mkdir()
    home.chmod(0o500)
    home.parent.chmod(0o755)
    assert "may not" in told_to_nobody(postgres.start)


def test_a_folder_of_somebody_elses_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "postgres").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    with pytest.raises(PostgresUnusable, match=r"belongs to .*MATRICULA_HOME"):
        postgres.start()
    monkeypatch.undo()


def test_processes_that_start_at_once_make_one_system_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users"
    users.touch()
    useradd = tmp_path / "useradd"
    # As slow as two can meet, and as useradd does: the whole list is written anew.
    useradd.write_text(
        f"#!/bin/sh\nread=$(cat {users}); sleep 0.2\n"
        f"echo x$read >{users}; echo >>{tmp_path}/calls\n"
    )
    useradd.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    def find(_: object) -> pwd.struct_passwd:
        if uid := len(users.read_text().strip()):
            return pwd.struct_passwd(("pgserver", "x", uid, 7, "", "/", "/bin/sh"))
        raise KeyError

    monkeypatch.setattr(pwd, "getpwnam", find)
    monkeypatch.setattr(pwd, "getpwuid", find)
    with multiprocessing.get_context("fork").Pool(4) as processes:
        found = [processes.apply_async(owning.find_system_user) for _ in range(4)]
        assert [one.get(timeout=30) for one in found] == [owning.Owner(1, 7)] * 4
    assert (tmp_path / "calls").read_text() == "\n"


def test_a_file_instead_of_a_folder_is_refused(home: Path) -> None:
    home.write_text("")
    with pytest.raises(PostgresUnusable, match="is a file where a folder should be"):
        postgres.start()


def test_a_folder_nowhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATRICULA_HOME", str(tmp_path / "no" / "such"))
    with pytest.raises(PostgresUnusable, match="does not exist"):
        postgres.start()


@pytest.mark.parametrize("name", ["x" * 300, "/".join(["x" * 200] * 6)])
def test_a_name_too_long_for_anything_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("MATRICULA_HOME", str(tmp_path / name))
    with pytest.raises(PostgresUnusable, match="too long"):
        postgres.start()


def test_files_of_another_version_are_refused(home: Path) -> None:
    postgres.start()
    postgres.stop()
    (home / "postgres/data/PG_VERSION").write_text("14\n")
    with pytest.raises(PostgresUnusable, match="was made by PostgreSQL 14"):
        postgres.start()


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    postgres.start()
    postgres.stop()
    (home / "postgres/data/postgresql.conf").write_text("nonsense")
    with pytest.raises(PostgresUnusable, match=r"PostgreSQL says: FATAL: .*server\.log"):
        postgres.start()


def test_an_external_server_is_used_and_never_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    url = postgres.database_url()
    monkeypatch.setenv("DATABASE_URL", f" {url}\n")
    assert not postgres.start()
    assert postgres.database_url() == url
    with pytest.raises(PostgresUnusable, match="will not stop"):
        postgres.stop()
    assert postgres.is_running()


def test_each_service_has_a_database_of_its_own_on_one_server() -> None:
    lms, registrar = postgres.database_url(), postgres.database_url(postgres.Database.REGISTRAR)
    assert ask("select current_database()", lms) == [("matricula_lms",)]
    assert ask("select current_database()", registrar) == [("matricula_registrar",)]
    assert lms.partition("?")[2] == registrar.partition("?")[2]


def test_a_service_elsewhere_is_named_by_its_own_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRAR_DATABASE_URL", "postgresql://someone@127.0.0.1:1/registrar")
    assert not postgres.is_external()
    with pytest.raises(PostgresUnusable, match="Check REGISTRAR_DATABASE_URL"):
        postgres.database_url(postgres.Database.REGISTRAR)


def test_an_empty_database_url_is_none(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert not postgres.is_external()
    assert "host=" in postgres.configured_url()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://someone:secret@localhost/lms", "is not a PostgreSQL address"),
        ("postgresql://someone:secret%zz@localhost/lms", "has a % that begins no character"),
        ("postgresql://someone:%00secret@localhost/lms", "has a % that begins no character"),
        ("postgresql://someone:%ffsecret@localhost/lms", "has a % that begins no character"),
        ("postgresql://someone:x@localhost/lms?bogus=secret", "has the option bogus, which"),
        ("dbname=lms bogus=secret", "has the option bogus, which"),
        ("postgresql://someone:pa/s?secret=1@localhost/lms", "is not a PostgreSQL address"),
        ("postgresql://someone:secret@[::1/lms", "is not a PostgreSQL address"),
        ("foo", "is not a PostgreSQL address"),
        ("postgresql://someone:secret@localhost/", "names no database"),
        ("postgresql://someone:secret@127.0.0.1:1/lms", "Nothing answers at 127.0.0.1:1"),
        ("postgresql:///lms?host=/nowhere", "Nothing answers at /nowhere"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(PostgresUnusable, match=words) as refusal:
        postgres.start()
    assert "secret" not in str(refusal.value)


def test_a_missing_database_is_named() -> None:
    url = postgres.database_url().replace("matricula_lms", "elsewhere")
    with pytest.raises(PostgresUnusable, match="has no database elsewhere"):
        postgres.require_usable(url)


def test_a_wrong_password_is_said(home: Path) -> None:
    url = postgres.database_url()
    ask("create role guarded login password 'right'")
    rules = home / "postgres/data/pg_hba.conf"
    rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text()}")
    ask("select pg_reload_conf()")
    guarded = url.replace("postgres@", "guarded:{}@")
    postgres.require_usable(guarded.format("right"))
    with pytest.raises(PostgresUnusable, match="refused the user name or the password"):
        postgres.require_usable(guarded.format("wrong"))


def test_a_server_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "OLDEST_VERSION", 99)
    with pytest.raises(PostgresUnusable, match="is PostgreSQL 18; Matricula needs 99"):
        postgres.require_usable(postgres.database_url())


def test_a_database_in_another_encoding_is_refused() -> None:
    url = postgres.database_url()
    ask(
        "create database ascii encoding 'SQL_ASCII' locale_provider libc locale 'C' "
        "template template0"
    )
    with pytest.raises(PostgresUnusable, match="is encoded in SQL_ASCII"):
        postgres.require_usable(url.replace("matricula_lms", "ascii"))


def test_django_gets_the_address_in_parts_and_libpqs_options_whole() -> None:
    url = "postgresql://us%40er:pass@db.example:6000/lms?sslmode=require&application_name=x"
    found = postgres.django_database(url)
    assert found.pop("CONN_HEALTH_CHECKS") is True
    assert found.pop("CONN_MAX_AGE")
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "lms",
        "USER": "us@er",
        "PASSWORD": "pass",
        "HOST": "db.example",
        "PORT": "6000",
        "OPTIONS": {"sslmode": "require", "application_name": "x"},
    }
