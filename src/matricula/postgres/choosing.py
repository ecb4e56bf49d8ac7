"""Which server it is, and the few things one may ask of it, whichever it is."""

import os
from pathlib import Path
from typing import Final

from matricula.postgres import embedding, reaching

LMS_DATABASE: Final = "matricula_lms"
UNREADABLE: Final = "dbname=unreadable host=/DATABASE_URL-cannot-be-read"


def home() -> Path:
    """Name the folder this installation keeps its data in, whether it exists or not."""
    return Path(os.environ.get("MATRICULA_HOME") or "var").expanduser().resolve()


def is_external() -> bool:
    """Tell whether ``DATABASE_URL`` names a server, which is then not ours to start or stop."""
    return bool(os.environ.get("DATABASE_URL", "").strip())


def configured_url() -> str:
    """Name the LMS's database without looking whether its server runs: for settings."""
    if is_external():
        return os.environ["DATABASE_URL"].strip()
    return embedding.url(_folder(), LMS_DATABASE)


def configured_database() -> dict[str, object]:
    """Turn the configured address into an entry of Django's ``DATABASES``.

    One that cannot be read becomes a place where nothing answers, so that commands without a
    database work, and the others say what ``database_url`` says.
    """
    try:
        return reaching.django_database(configured_url())
    except reaching.PostgresUnusable:
        return reaching.django_database(UNREADABLE)


def database_url() -> str:
    """Name the LMS's database, usable from now on: the embedded server is started if need be.

    Raises: PostgresUnusable.
    """
    start()
    return configured_url()


def is_running() -> bool:
    """Tell whether the LMS's database accepts connections now."""
    return reaching.find_trouble(configured_url()) is None


def start() -> bool:
    """Start the embedded server unless it runs, making its files and database the first time.

    Any number of processes may do so at once. Returns whether this call started it. An external
    server is only checked.

    Raises: PostgresUnusable.
    """
    if is_external():
        reaching.require_usable(configured_url())
        return False
    return embedding.start(_folder(), LMS_DATABASE)


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
