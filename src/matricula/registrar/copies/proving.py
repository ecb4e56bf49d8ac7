"""Proving: the digest of a copy, computed from its own rows as the LMS computes its own.

The definition is the LMS's (``lms_client/digesting.py``); here it is in SQL, so that a million
rows need not come into a worker's memory.
"""

from django.db import connection

from matricula.lms_client.api import Bucket
from matricula.registrar.copies.models import Copy

# What a row of a program does not have is NULL, and concat_ws leaves it out.
BUCKETS = """
SELECT bucket, encode(sha256(string_agg(digest, ''::bytea ORDER BY digest)), 'hex'), count(*)
FROM (
    SELECT bucket, sha256(convert_to(concat_ws(
        chr(10), nullif(course_run, ''), curriculum, status, course_staff::text,
        account_exists::text, student_key
    ), 'UTF8')) AS digest
    FROM copied_row WHERE copy_id = %(copy_id)s
) AS digested
GROUP BY bucket
ORDER BY bucket COLLATE "C"
"""


def read_buckets(copy: Copy) -> list[Bucket]:
    """Return the digests of a copy's buckets, those without rows left out."""
    with connection.cursor() as cursor:
        cursor.execute(BUCKETS, {"copy_id": copy.pk})
        found = cursor.fetchall()
    return [Bucket(bucket=name, digest=digest, rows=rows) for name, digest, rows in found]
