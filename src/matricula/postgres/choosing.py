"""Which server it is, and the few things one may ask of it, whichever it is."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Final

from matricula.postgres import embedding, reaching

UNREADABLE: Final = "dbname=unreadable host=/{variable}-cannot-be-read"


class Database(StrEnum):
    """A service's database, by its name on the embedded server."""

    LMS = "matricula_lms"
    REGISTRAR = "matricula_registrar"

    @property
    def variable(self) -> str:
        """The environment variable that names another server for it."""
        return VARIABLES[self]


VARIABLES: Final = {
    Database.LMS: "DATABASE_URL",
    Database.REGISTRAR: "REGISTRAR_DATABASE_URL",
}


def home() -> Path:
    """Name the folder this installation keeps its data in, whether it exists or not."""
    return Path(os.environ.get("MATRICULA_HOME") or "var").expanduser().resolve()


def is_external(database: Database = Database.LMS) -> bool:
    """Tell whether the variable names a server, which is then not ours to start or stop."""
    return bool(os.environ.get(database.variable, "").strip())


def configured_url(database: Database = Database.LMS) -> str:
    """Name a service's database without looking whether its server runs: for settings."""
    if is_external(database):
        return os.environ[database.variable].strip()
    return embedding.url(_folder(), database)


def configured_database(database: Database = Database.LMS) -> dict[str, object]:
    """Turn the configured address into an entry of Django's ``DATABASES``.

    One that cannot be read becomes a place where nothing answers, so that commands without a
    database work, and the others say what ``database_url`` says.
    """
    try:
        return reaching.django_database(configured_url(database), variable=database.variable)
    except reaching.PostgresUnusable:
        return reaching.django_database(UNREADABLE.format(variable=database.variable))


def database_url(database: Database = Database.LMS) -> str:
    """Name a service's database, usable from now on: the embedded server is started if need be.

    Raises: PostgresUnusable.
    """
    start(database)
    return configured_url(database)


def is_running(database: Database = Database.LMS) -> bool:
    """Tell whether a service's database accepts connections now."""
    return reaching.find_trouble(configured_url(database)) is None


def start(database: Database = Database.LMS) -> bool:
    """Start the embedded server unless it runs, making its files and databases the first time.

    Any number of processes may do so at once. Returns whether this call started it. An external
    server is only checked.

    Raises: PostgresUnusable.
    """
    if is_external(database):
        reaching.require_usable(configured_url(database), variable=database.variable)
        return False
    return embedding.start(_folder(), database)


def stop() -> bool:
    """Stop the embedded server, cutting off whoever is connected; returns whether it was running.

    Raises: PostgresUnusable, also for an external server.
    """
    if is_external():
        msg = (
            "DATABASE_URL names a server that Matricula did not start and will not stop. "
            "Stop it with its own tools, or unset DATABASE_URL to mean the embedded one."
        )
        raise reaching.PostgresUnusable(msg)
    return embedding.stop(_folder())


def _folder() -> Path:
    return home() / "postgres"
