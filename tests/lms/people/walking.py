"""Walking over everything that the database keeps, in search of words."""

import zlib
from collections.abc import Iterator
from urllib.parse import quote

from django.contrib.sessions.models import Session

from tests.lms.kernel.seeing import look

TEXTS = """
SELECT c.table_name, c.column_name, c.data_type
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type NOT IN (
    'integer', 'bigint', 'boolean', 'numeric', 'smallint', 'uuid', 'date',
    'timestamp with time zone', 'double precision'
)
"""


def list_values(table: str, column: str, kind: str) -> Iterator[str]:
    """Read every value of a column as text; what is packed is unpacked first."""
    if (table, column) == ("django_session", "session_data"):
        yield from (str(session.get_decoded()) for session in Session.objects.all())
    elif kind == "bytea":
        for (value,) in look(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"):
            is_packed = table == "roster_job_chunk"
            yield (zlib.decompress(value) if is_packed else bytes(value)).decode(errors="replace")
    else:
        yield from (value for (value,) in look(f"SELECT {column}::text FROM {table}") if value)


def list_places_of(*words: str) -> list[str]:
    """Name every column of any table in which one of the words stands, in any letter case."""
    return [
        f"{table}.{column}: {word}"
        for table, column, kind in look(TEXTS)
        for lowered in ["\n".join(list_values(table, column, kind)).casefold()]
        for word in words
        if word.casefold() in lowered or quote(word).casefold() in lowered
    ]
