"""Migrating: a database is of the version of the program, or says so."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from matricula.service.refusals import Unavailable

MIGRATION_LOCK = 0x4D41_0004
"""PostgreSQL's advisory key; those of the LMS's other locks stand around it."""


class NotMigrated(Unavailable):
    """The database lacks tables or changes of this version, or comes from another server."""

    code = "not-migrated"


class NewerDatabase(Unavailable):
    """The database has changes that this version does not know."""

    code = "newer-database"


@contextmanager
def migration_lock() -> Iterator[None]:
    """Keep other migrations out until the block ends, or this process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 0)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [MIGRATION_LOCK])


def require_migrated(*, command: str) -> None:
    """Answer with silence if the database is of this version; ``command`` would make it so.

    Raises:
        NewerDatabase: it is of a newer one.
        NotMigrated: it is of an older one.
    """
    executor = require_not_newer()
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated(f"The database is not of this version: run `{command}`.")


def require_not_newer() -> MigrationExecutor:
    """Return what knows the changes of the database, unless it has some that this program lacks.

    Raises:
        NewerDatabase: it has.
    """
    executor = MigrationExecutor(connection)
    loader = executor.loader
    known = set(loader.disk_migrations).union(
        *(migration.replaces for migration in loader.disk_migrations.values())
    )
    unknown = {key for key in loader.applied_migrations if key[0] in loader.migrated_apps} - known
    if unknown:
        app, name = min(unknown)
        raise NewerDatabase(
            f"The database is of a newer version (it has {app} {name}): update Matricula."
        )
    return executor
