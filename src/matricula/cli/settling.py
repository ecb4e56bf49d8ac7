"""Settling: after many rows at once, the database counts them before anybody asks about them.

Until then its planner goes by what it knew, and may read whole tables for every row of another.
"""

from django.db import connection


def settle() -> None:
    """Have PostgreSQL renew what its planner knows of every table."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
