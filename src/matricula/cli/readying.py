"""Readying the LMS's database for a command whose words are understood."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from matricula import postgres
from matricula.cli.understanding import readied
from matricula.lms.ledger.api import is_numbered_elsewhere
from matricula.service.migrating import NotMigrated, require_migrated

Words = ParamSpec("Words")
Answer = TypeVar("Answer")

MIGRATE = "matricula migrate"


def on_database(command: Callable[Words, Answer]) -> Callable[Words, Answer]:
    """Return the command as one that readies the database before it runs."""
    return readied(command, ready=ready_database)


def ready_database() -> None:
    """Start the database unless it runs, and answer with silence if it is of this version.

    Raises:
        NewerDatabase: it is of a newer one.
        NotMigrated: it is of an older one, or was restored since it was migrated.
        PostgresUnusable: it cannot be used.
    """
    postgres.database_url()
    require_migrated(command=MIGRATE)
    if is_numbered_elsewhere():
        raise NotMigrated(f"The database was restored on this server: run `{MIGRATE}`.")
