"""Counting a copy's rows, once whenever they change: so lists of programs cost no counting."""

from django.db import connection

from matricula.registrar.copies.models import Copy

COUNT = """
SELECT status, count(*), count(*) FILTER (WHERE NOT account_exists)
FROM copied_row WHERE copy_id = %s GROUP BY status ORDER BY status
"""


def count_rows(copy: Copy) -> dict[str, list[int]]:
    """Return how many rows have which status, and how many of those wait for their student."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [copy.pk])
        return {status: [rows, waiting] for status, rows, waiting in cursor.fetchall()}
