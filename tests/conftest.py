"""A real PostgreSQL for the tests: the one that MATRICULA_HOME or DATABASE_URL say."""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

# Beside a server that others may use, no host makes one for itself.
os.environ.setdefault("MATRICULA_RETIREMENT_KEY", "of the tests")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    from matricula import postgres  # noqa: PLC0415  only tests that use a database need a server

    postgres.database_url()


@pytest.fixture(scope="session", autouse=True)
def _tables_may_be_emptied_between_tests() -> Iterator[None]:
    """The ledger refuses TRUNCATE; emptying a test database is the one time it must not."""
    from django.db import connection  # noqa: PLC0415  Django is not set up at the top of this file

    ordinary = connection.ops.sql_flush

    def sql_flush(style: Any, tables: Sequence[str], **options: bool) -> list[str]:  # noqa: ANN401
        return [
            "SET LOCAL session_replication_role = replica",
            *ordinary(style, tables, **options),
        ]

    connection.ops.sql_flush = sql_flush  # type: ignore[method-assign]
    yield
    connection.ops.sql_flush = ordinary  # type: ignore[method-assign]
