"""The benchmark's own databases: made, brought into a known state before timings, dropped."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from matricula import postgres

NAME: Final = "matricula_bench"
SMALL: Final = "matricula_bench_small"
REGISTRAR: Final = "matricula_bench_registrar"
ALL: Final = (NAME, SMALL, REGISTRAR)

# What the ledger watches, and the ledger.
LEARNERS: Final = (
    "identity",
    "binding_conflict",
    "program_enrollment",
    "course_enrollment",
    "course_role",
    "change",
    "change_set",
)
PREFIX: Final = "bare_"

_SESSIONS: Final[dict[str, Any]] = {}


def address(name: str = NAME) -> str:
    """Return the address of a database on the server that Matricula uses."""
    return make_conninfo(postgres.configured_url(), dbname=name)


@contextmanager
def fresh_databases() -> Iterator[None]:
    """Make the benchmark's databases, let the settings mean the first, and drop them after."""
    server = postgres.database_url()
    try:
        with psycopg.connect(server, autocommit=True) as connection:
            _drop(connection)
            for name in ALL:
                statement = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
                connection.execute(statement.format(sql.Identifier(name)))
        os.environ["DATABASE_URL"] = make_conninfo(server, dbname=NAME)
        yield
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            _drop(connection)


def _drop(connection: psycopg.Connection) -> None:
    for name in ALL:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(statement.format(sql.Identifier(name)))


def connect(name: str = NAME) -> psycopg.Connection:
    """Return a connection of the driver's own, with nothing of Django around it."""
    return psycopg.connect(address(name))


def switch_to(name: str) -> None:
    """Let Django use that database from now on; the session with the other stays open."""
    from django.db import connections  # noqa: PLC0415  there are no settings before the database

    if name not in _SESSIONS:
        session = connections.create_connection("default")
        session.settings_dict = {**session.settings_dict, "NAME": name}
        _SESSIONS[name] = session
    connections["default"] = _SESSIONS[name]


def run(*statements: str) -> None:
    """Execute statements that stand outside any timing, each in a transaction of its own."""
    from django.db import connection  # noqa: PLC0415  as above

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def quiet(*tables: str) -> None:
    """Keep the automatic vacuum away: it would fall into one timing and not into another."""
    run(*(f"ALTER TABLE {table} SET (autovacuum_enabled = false)" for table in tables))


def empty(*tables: str) -> None:
    """Empty tables and what refers to them, past the ledger's guards; numbers begin again.

    They are not analyzed: an analyzed empty table would have foreign keys checked by scanning it.
    """
    names = ", ".join(tables)
    with_guards_off(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def with_guards_off(*statements: str) -> None:
    """Execute statements for which no trigger and no foreign key runs."""
    run("SET session_replication_role = replica", *statements, "RESET session_replication_role")


def settle(*tables: str) -> None:
    """Bring tables that hold rows into the state in which they would be after a quiet hour."""
    run(*(f"VACUUM (ANALYZE) {table}" for table in tables), "CHECKPOINT")
