"""Databases of their own for processes that a test starts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from matricula import postgres

COMMAND = Path(sys.executable).with_name("matricula")
NOBODY_ELSE = {"DATABASE_URL": "", "REGISTRAR_DATABASE_URL": ""}

DROP = "DROP DATABASE IF EXISTS {} WITH (FORCE)"
CREATE = "CREATE DATABASE {}"
COPY = "CREATE DATABASE {} TEMPLATE {}"


@contextmanager
def database_of_the_lms(name: str) -> Iterator[str]:
    """Make a database with the tables of the LMS, and drop it; yields its address."""
    with _copied(name, _template("matricula_template_lms", "DATABASE_URL", "migrate")):
        yield _address(name)


@contextmanager
def database_of_the_registrar(name: str) -> Iterator[str]:
    """Make a database with the tables of the Registrar, and drop it; yields its address."""
    words = ("REGISTRAR_DATABASE_URL", "registrar", "migrate")
    with _copied(name, _template("matricula_template_registrar", *words)):
        yield _address(name)


def drop_templates() -> None:
    """Drop what databases were copied from in this run."""
    for name in _templates:
        _run(DROP, name)
    _templates.clear()
    _template.cache_clear()


_templates: list[str] = []


@cache
def _template(name: str, variable: str, *words: str) -> str:
    """Migrate a database, once in a run: a copy takes a tenth of a second, and this seconds."""
    _run(DROP, name)
    _run(CREATE, name)
    _templates.append(name)
    environment = {**os.environ, **NOBODY_ELSE, variable: _address(name)}
    subprocess.run([COMMAND, *words, "--quiet"], env=environment, check=True)
    return name


@contextmanager
def _copied(name: str, template: str) -> Iterator[None]:
    _run(DROP, name)
    _run(COPY, name, template)
    try:
        yield
    finally:
        _run(DROP, name)


def _run(statement: str, *names: str) -> None:
    words = sql.SQL(statement).format(*map(sql.Identifier, names))
    with psycopg.connect(postgres.database_url(), autocommit=True) as connection:
        connection.execute(words)


def _address(name: str) -> str:
    return urlunsplit(urlsplit(postgres.database_url())._replace(path=f"/{name}"))
