"""A real PostgreSQL for the tests: the one that MATRICULA_HOME or DATABASE_URL say."""

import gc
import os
import signal
from collections.abc import Iterator, Sequence
from time import sleep, time
from typing import Any

import pytest
import structlog

from tests import databases

# Beside a server that others may use, no host makes one for itself.
os.environ.setdefault("MATRICULA_RETIREMENT_KEY", "of the tests")

FILLED_BY_MIGRATIONS = {"auth_permission", "django_content_type", "django_site"}

SMALL = 64 * 1024
"""Bytes: what is deleted of a larger table would be in the way of plans."""
EMPTY = f"""
DO $$
DECLARE
    filled text;
    is_filled boolean;
BEGIN
    FOR filled IN SELECT name FROM (VALUES %s) AS tables (name) LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %%I)', filled) INTO is_filled;
        IF is_filled AND pg_relation_size(filled::regclass) > {SMALL} THEN
            EXECUTE format('TRUNCATE %%I CASCADE', filled);
        ELSIF is_filled THEN
            EXECUTE format('DELETE FROM %%I', filled);
        END IF;
    END LOOP;
END
$$
"""


ENOUGH_SECONDS = 15
"""Of a minute, for all that a test counts."""


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start, which who runs them in the background may ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    gc.freeze()  # what is imported and collected stays: nobody need look for garbage among it


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    from matricula import postgres  # noqa: PLC0415  only tests that use a database need a server

    postgres.database_url()


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_between_tests() -> Iterator[None]:
    """Empty what has rows and no migration fills: Django truncates all, and fills that again.

    That would make files for every table and index after each test that commits.
    """
    from django.core.management.commands import flush  # noqa: PLC0415  Django is not set up above
    from django.db import connection  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", _empty_tables)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _loggers_do_as_they_are_told_last() -> Iterator[None]:
    """Else one that has logged goes on as it was told then, and nobody can listen to it."""
    configure = structlog.configure

    def configure_all(**given: Any) -> None:  # noqa: ANN401  whatever structlog takes
        configure(**{**given, "cache_logger_on_first_use": False})

    configure_all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", configure_all)
        yield


@pytest.fixture(scope="session", autouse=True)
def _a_password_is_hashed_once() -> Iterator[None]:
    """Not a million times, which takes a processor a quarter of a second for each account."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: PLC0415  as above

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1)
        yield


@pytest.fixture
def early_in_a_minute() -> None:
    """Wait for the next minute at the end of one: what is counted by the minute begins anew."""
    left = 60 - time() % 60
    if left < ENOUGH_SECONDS:
        sleep(left)


@pytest.fixture(scope="session", autouse=True)
def _no_template_is_left() -> Iterator[None]:
    yield
    databases.drop_templates()


def _empty_tables(style: object, tables: Sequence[str], **options: bool) -> list[str]:
    # The ledger refuses to forget, and keys hold their rows; this is the one time they must not.
    return [
        "SET LOCAL session_replication_role = replica",
        EMPTY % ", ".join(f"('{table}')" for table in sorted({*tables} - FILLED_BY_MIGRATIONS)),
    ]
