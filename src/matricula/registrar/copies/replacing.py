"""Replacing: the rows of some of a copy's buckets, by what the LMS says of them."""

from collections.abc import Collection, Iterable

from django.db import connection

from matricula.lms_client.api import StoredCourseRow, StoredRow, find_bucket
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.kernel.api import in_steps
from matricula.service.folding import fold

# As they come: a row is neither a statement of its own nor, with all others, in memory.
WRITE = """
COPY copied_row (
    copy_id, bucket, folded, course_run, course_staff, curriculum, status, account_exists,
    student_key
) FROM STDIN
"""


def replace_buckets(copy: Copy, *, buckets: Collection[str], rows: Iterable[StoredRow]) -> None:
    """Put ``rows`` in the place of all that a copy has in ``buckets``."""
    CopiedRow.objects.filter(copy=copy, bucket__in=buckets).delete()
    with connection.cursor() as cursor, cursor.copy(WRITE) as to:
        for row in in_steps(rows):
            to.write_row(_list_values(copy, row))


def _list_values(copy: Copy, row: StoredRow) -> list[object]:
    of_course: tuple[str, bool | None] = ("", None)
    if isinstance(row, StoredCourseRow):
        of_course = (row.course_run, row.course_staff)
    return [
        copy.pk,
        find_bucket(row.student_key),  # not what was said of it: that would prove less
        fold(row.student_key),
        *of_course,
        row.curriculum,
        row.status,
        row.account_exists,
        row.student_key,
    ]
