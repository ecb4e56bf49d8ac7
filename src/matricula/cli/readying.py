"""Readying the database for a command whose words are understood; help and mistakes need none."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from matricula import postgres
from matricula.lms.kernel.api import Unavailable

Words = ParamSpec("Words")
Answer = TypeVar("Answer")


class NotMigrated(Unavailable):
    """The database lacks tables or changes of this version."""

    code = "not-migrated"


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
        NotMigrated: it is not.
        PostgresUnusable: it cannot be used.
    """
    postgres.database_url()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated("The database is not of this version: run `matricula migrate`.")
