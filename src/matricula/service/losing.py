"""Losing the database: telling that from a statement it refuses."""

import django.db
import psycopg

# PostgreSQL's error codes: class 08 is the connection's; the others are those of a server that
# shuts down, has crashed, or does not accept connections yet.
_SERVER_GONE = {"57P01", "57P02", "57P03"}


def is_connection_lost(error: BaseException) -> bool:
    """Whether the database went away, as opposed to refusing a statement."""
    cause = error.__cause__ if isinstance(error, django.db.Error) else error
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = cause.sqlstate
    return state is None or state.startswith("08") or state in _SERVER_GONE
