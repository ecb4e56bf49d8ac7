"""The PostgreSQL this process uses, and nothing about what is in it.

Either an *external* server, named by ``DATABASE_URL`` (the Registrar's by
``REGISTRAR_DATABASE_URL``), or an *embedded* one that Matricula starts
for itself under ``$MATRICULA_HOME/postgres`` and leaves running until told to stop it.
"""

from matricula.postgres.choosing import (
    Database,
    configured_database,
    configured_url,
    database_url,
    home,
    is_external,
    is_running,
    start,
    stop,
)
from matricula.postgres.reaching import PostgresUnusable, django_database, require_usable

__all__ = [
    "Database",
    "PostgresUnusable",
    "configured_database",
    "configured_url",
    "database_url",
    "django_database",
    "home",
    "is_external",
    "is_running",
    "require_usable",
    "start",
    "stop",
]
