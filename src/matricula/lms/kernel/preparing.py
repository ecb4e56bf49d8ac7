"""Preparing statements: the server plans them once for a connection, and not for every call.

For small statements that are sent again and again: to plan one takes several times as long as to
run it. A plan that is kept must be right for tables of any size: such statements ask by index
alone, and those that write are planned with nothing else to choose from (ADR 0005).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper


class _PreparingCursor(psycopg.Cursor[tuple[Any, ...]]):
    def execute(self, query: Any, params: Any = None, **kwargs: Any) -> Self:  # noqa: ANN401  psycopg's own
        return super().execute(query, params, **{"prepare": True, **kwargs})

    def _convert_query(self, query: Any, params: Any = None) -> Any:  # noqa: ANN401  as above
        self._query = super()._convert_query(query, params)  # Django's log of queries asks for it
        return self._query


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """Open a cursor that has its statements prepared, unless the settings forbid it.

    Values go beside a statement, not in it: where its text does not say what type one has, a cast
    must.
    """
    session = connections[DEFAULT_DB_ALIAS]
    session.close_if_health_check_failed()  # as before any cursor of Django's
    session.ensure_connection()
    own: Any = _PreparingCursor(session.connection)
    wrap = session.make_debug_cursor if session.queries_logged else session.make_cursor
    with wrap(own) as cursor:
        yield cursor


@contextmanager
def sent_together() -> Iterator[None]:
    """Send the statements of the block without waiting for the answer to each.

    Whoever fetches waits for all that was sent. What is refused is raised there, or at the end of
    the block, and nothing that was sent after it is carried out. COPY has no place in it.
    """
    session = connections[DEFAULT_DB_ALIAS]
    session.ensure_connection()
    with session.wrap_database_errors, session.connection.pipeline():
        yield
