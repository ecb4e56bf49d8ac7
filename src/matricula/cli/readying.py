"""Readying the database for a command whose words are understood; help and mistakes need none."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from matricula import postgres
from matricula.lms.kernel.api import Unavailable
from matricula.lms.ledger.api import is_numbered_elsewhere

Words = ParamSpec("Words")
Answer = TypeVar("Answer")


class NotMigrated(Unavailable):
    """The database lacks tables or changes of this version, or comes from another server."""

    code = "not-migrated"


class NewerDatabase(Unavailable):
    """The database has changes that this version does not know."""

    code = "newer-database"


def on_database(command: Callable[Words, Answer]) -> Callable[Words, Answer]:
    """Return the command as one that readies the database before it runs.

    Typer reads its words by the signature, which stays, and calls it when it has understood them.
    """

    @wraps(command)
    def readied(*words: Words.args, **options: Words.kwargs) -> Answer:
        ready_database()
        return command(*words, **options)

    return readied


def ready_database() -> None:
    """Start the database unless it runs, and answer with silence if it is of this version.

    Raises:
        NewerDatabase: it is of a newer one.
        NotMigrated: it is of an older one, or was restored since it was migrated.
        PostgresUnusable: it cannot be used.
    """
    postgres.database_url()
    executor = require_not_newer()
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated("The database is not of this version: run `matricula migrate`.")
    if is_numbered_elsewhere():
        raise NotMigrated("The database was restored on this server: run `matricula migrate`.")


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
