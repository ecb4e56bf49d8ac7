"""Counting requests: one statement, exact however many processes there are."""

from datetime import datetime

from django.db import connection

from matricula.service.rate_limits.models import RequestCount

SECONDS = 60

COUNT = """
INSERT INTO request_count AS counted (caller, minute, count)
VALUES (%(caller)s, %(minute)s, 1)
ON CONFLICT (caller) DO UPDATE
SET count = CASE WHEN counted.minute = excluded.minute THEN counted.count + 1 ELSE 1 END,
    minute = excluded.minute
RETURNING count
"""


def count_request(*, caller: str, limit: int, at: datetime, minutes: int = 1) -> int | None:
    """Count a request; return None if it is within the limit, else the seconds to wait.

    The limit is for one minute, or for so many together. They are those of the clock: around the
    end of them, twice the limit may come at once.
    """
    now = int(at.timestamp())
    window = now // (SECONDS * minutes) + 1
    with connection.cursor() as cursor:  # counted under its last minute: until then it is kept
        cursor.execute(COUNT, {"caller": caller, "minute": window * minutes - 1})
        (count,) = cursor.fetchone()
    return None if count <= limit else window * minutes * SECONDS - now


def forget_counts(*, at: datetime) -> int:
    """Delete what was counted before the minute of ``at``, and return of how many callers."""
    count, _ = RequestCount.objects.filter(minute__lt=int(at.timestamp()) // SECONDS).delete()
    return count
