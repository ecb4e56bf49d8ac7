"""A PostgreSQL server of our own in a folder: the programs come in a wheel, the rest is here.

The wheel's own start-up code is passed by: it gives up after ten seconds (recovery after a crash
may take longer), locks a file in /tmp that a second user cannot open, and takes any process with
the right number for the server.
"""

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from matricula.postgres import owning
from matricula.postgres.owning import Owner
from matricula.postgres.reaching import PostgresUnusable, find_trouble

SUPERUSER: Final = "postgres"
PORT: Final = 5432
SOCKET_PATH_BYTES: Final = 103  # macOS; Linux has 107
PROCESSES: Final = Path("/proc")

START_SECONDS: Final = 600  # replaying max_wal_size of log on a slow disk
STOP_SECONDS: Final = 120
ORPHAN_SECONDS: Final = 30  # until the children of a killed server notice and end
CHANGING_SECONDS: Final = 1  # while it becomes the server, a process has no command for a moment

# Written into postgresql.conf when the files are made, and the operator's to change from then on.
# Nothing here trades safety for speed: fsync and synchronous_commit keep their defaults.
SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Containers often have a /dev/shm too small for what parallel queries share.
SMALL_SHARED_MEMORY: Final = {"dynamic_shared_memory_type": "mmap"}
ENOUGH_SHARED_MEMORY: Final = 512 * 1024 * 1024

# In a session of its own, so that an interrupt in the terminal does not reach the server; the
# shell ends at once and says the server's process number.
LAUNCH: Final = '"$@" </dev/null >"$0" 2>&1 & echo $!'


def url(folder: Path, database: str) -> str:
    """Name a database of the server in this folder, running or not."""
    socket = quote(os.fsencode(_socket_folder(folder)), safe="")
    return f"postgresql://{SUPERUSER}@/{database}?host={socket}&port={PORT}"


def start(folder: Path, database: str) -> bool:
    """Start the server unless it runs, and make its files and the database when they are missing.

    Safe to call from many processes at once. Returns whether this call started it.

    Raises: PostgresUnusable.
    """
    with owning.explained(folder):
        owner = owning.take(folder)
        sockets = owning.take_short_cut(_socket_folder(folder), folder, owner)
        if find_trouble(url(folder, database)) is None:
            return False
        with _locked(folder, owner):
            started = _find_server(folder) is None
            if started:
                _make_files(folder, owner)
            _bring_up(folder, sockets, owner)
            _create_database(folder, database)
    return started


def stop(folder: Path) -> bool:
    """Stop the server, cutting off whoever is connected; returns whether it was running.

    Raises: PostgresUnusable.
    """
    with owning.explained(folder):
        if not folder.exists():
            return False
        with _locked(folder, owning.take(folder)):
            pid = _find_server(folder)
            if pid is None:
                return False
            os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown: roll back, write, end
            _await_end(folder, pid)
    return True


def _socket_folder(folder: Path) -> Path:
    """Take the folder itself, unless its name does not fit into a socket's address or libpq's."""
    name = os.fsencode(folder / f".s.PGSQL.{PORT}")
    if len(name) <= SOCKET_PATH_BYTES and "," not in str(folder) and str(folder).isprintable():
        return folder
    digest = sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path("/tmp") / f"matricula-{digest}"  # noqa: S108 - owning.take_short_cut guards it


@contextmanager
def _locked(folder: Path, owner: Owner) -> Iterator[None]:
    """Let one process at a time start or stop the server here; a killed one lets go by itself."""
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        owner.own(file)
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _find_server(folder: Path) -> int | None:
    """Find the running server's process; a number left over from a killed one does not count."""
    try:
        pid = int((folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if _serves(pid, folder) else None


def _serves(pid: int, folder: Path) -> bool:
    if not PROCESSES.exists():  # a system without /proc: believe the number
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True
    try:
        command = (PROCESSES / str(pid) / "cmdline").read_bytes()  # empty when it is a zombie
    except OSError:
        return False
    return b"/postgres\0-D\0%s\0" % os.fsencode(folder / "data") in command


def _make_files(folder: Path, owner: Owner) -> None:
    """Make them beside their place and move them in one step: a killed initdb leaves no ruin."""
    data, fresh = folder / "data", folder / "data.new"
    if data.exists():
        _require_version(data)
        return
    _end_strays(folder)
    if fresh.exists():
        shutil.rmtree(fresh)
    settings = SETTINGS | _shared_memory_settings()
    made = owner.run(
        [
            str(owning.programs() / "initdb"),
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            "--auth-local=trust",  # the socket's folder lets nobody else in
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",  # sorts as C does, and knows every script's letter case
            "--builtin-locale=C.UTF-8",
            *(f"--set={name}={value}" for name, value in settings.items()),
        ],
        folder,
    )
    if made.returncode:
        msg = f"No database could be made in {folder}. PostgreSQL says: {_gist(made.stderr)}"
        raise PostgresUnusable(msg)
    fresh.rename(data)


def _end_strays(folder: Path) -> None:
    """End a server whose files were deleted under it.

    It would notice within a minute, and on its way out remove the new server's socket.
    """
    for process in PROCESSES.glob("[0-9]*"):
        pid = int(process.name)
        if _serves(pid, folder) and pid != os.getpid():
            os.kill(pid, signal.SIGQUIT)
            _await_end(folder, pid)


def _require_version(data: Path) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        msg = (
            f"{data} is there but holds no PostgreSQL database. "
            "Move it away, or point MATRICULA_HOME to another folder."
        )
        raise PostgresUnusable(msg) from None
    if found != owning.VERSION:
        msg = (
            f"The database in {data} was made by PostgreSQL {found}; this Matricula brings "
            f"{owning.VERSION}. Move it with pg_upgrade, or by a dump and a new MATRICULA_HOME."
        )
        raise PostgresUnusable(msg)


def _shared_memory_settings() -> dict[str, str]:
    try:
        shared = os.statvfs("/dev/shm")  # noqa: S108 - looked at, never written to
    except OSError:
        return {}
    return {} if shared.f_blocks * shared.f_frsize >= ENOUGH_SHARED_MEMORY else SMALL_SHARED_MEMORY


def _bring_up(folder: Path, sockets: Path, owner: Owner) -> None:
    """Launch the server unless it runs, and wait until it takes connections."""
    began = time.monotonic()
    found = _find_server(folder)
    pid = found or _launch(folder, sockets, owner)
    while (trouble := find_trouble(url(folder, SUPERUSER))) is not None:
        waited = time.monotonic() - began
        if _serves(pid, folder):
            _require_hope(folder, pid, trouble, waited)
        elif pid == found or (_has_orphans(folder) and waited < ORPHAN_SECONDS):
            pid = _launch(folder, sockets, owner)
        elif waited > CHANGING_SECONDS:
            log = folder / "server.log"
            msg = (
                f"The database in {folder} did not start. "
                f"PostgreSQL says: {_gist(log.read_text(errors='replace'))} (all of it: {log})"
            )
            raise PostgresUnusable(msg)
        time.sleep(0.05)


def _require_hope(folder: Path, pid: int, trouble: str, waited: float) -> None:
    """Refuse to wait on for a server that runs and will not take a connection."""
    if "too many clients" in trouble:
        msg = f"The database in {folder} has no connection left. End some of its clients."
    elif waited > ORPHAN_SECONDS and "No such file" in trouble:
        msg = (
            f"The database in {folder} (process {pid}) runs, but its socket was removed. "
            f"Stop it with: kill -INT {pid}. The next start makes another."
        )
    elif waited > START_SECONDS:
        msg = (
            f"The database in {folder} (process {pid}) takes no connections after {START_SECONDS} "
            f"seconds. Its log: {folder / 'server.log'}"
        )
    else:
        return
    raise PostgresUnusable(msg)


def _has_orphans(folder: Path) -> bool:
    """Tell whether the server just launched met the children of a killed one."""
    return "still in use" in (folder / "server.log").read_text(errors="replace")


def _launch(folder: Path, sockets: Path, owner: Owner) -> int:
    """Start the server's process, none being there, and say its number.

    What a killed one left behind would keep it from starting as long as any process, dead and
    unburied ones included, has the number written there.
    """
    data, log = folder / "data", folder / "server.log"
    (data / "postmaster.pid").unlink(missing_ok=True)
    (sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    if log.exists():
        log.replace(folder / "server.log.old")
    program = [str(owning.programs() / "postgres"), "-D", str(data), "-p", str(PORT)]
    listed = '"' + str(sockets).replace('"', '""') + '"'
    launched = owner.run(["/bin/sh", "-c", LAUNCH, str(log), *program, "-k", listed], folder)
    return int(launched.stdout)


def _await_end(folder: Path, pid: int) -> None:
    began = time.monotonic()
    while _serves(pid, folder):
        if time.monotonic() - began > STOP_SECONDS:
            msg = (
                f"The database in {folder} (process {pid}) is still writing after {STOP_SECONDS} "
                "seconds and will end when it is done. Try again later."
            )
            raise PostgresUnusable(msg)
        time.sleep(0.05)


def _create_database(folder: Path, database: str) -> None:
    with psycopg.connect(url(folder, SUPERUSER), autocommit=True) as connection:
        found = connection.execute("select from pg_database where datname = %s", [database])
        if found.fetchone() is None:
            statement = sql.SQL("create database {} encoding 'UTF8' template template0")
            connection.execute(statement.format(sql.Identifier(database)))


def _gist(text: str) -> str:
    """Pick the line that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["(nothing)"]
    bad = [line for line in lines if any(sign in line for sign in ("FATAL", "PANIC", "error:"))]
    line = (bad or lines)[-1]
    return line[line.find("FATAL") :] if "FATAL" in line else line
