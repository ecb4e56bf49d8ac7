"""Missing: what a copy has and a school's file does not name, row by row.

It is told to whoever compares a file, as part of the comparison, which says how old the copy is.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

PAGE = 2_000

INDEX = "CREATE INDEX ON pg_temp.compared_row (folded, course_run)"

# The copy without what the file names, however wrong a row of it is. The copy may have no
# statistics yet: then the planner probes the file for each row, and the index is there for that
# (ADR 0005); else it joins them. Which of both makes no difference to what is found.
LIST_MISSING = """
SELECT student_key, course_run, status FROM copied_row AS held
WHERE copy_id = %(copy_id)s AND (NOT %(is_course)s OR course_run = ANY(%(course_runs)s))
  AND NOT EXISTS (
      SELECT FROM pg_temp.compared_row AS sent
      WHERE sent.folded = held.folded AND sent.course_run = held.course_run
  )
ORDER BY folded, course_run, status
"""


class MissingRow(NamedTuple):
    """An enrollment that a file does not name, as the copy has it; ``course_run`` may be blank."""

    student_key: str
    course_run: str
    status: str


TakeMissing = Callable[[Iterator[MissingRow]], object]
"""Whoever wants to know takes the rows as they come, and may write in the same transaction."""


def hand_over_missing(cursor: CursorWrapper, take: TakeMissing, params: Mapping[str, Any]) -> None:
    """Have rows of a copy taken that are not in ``compared_row``, by student key; once."""
    cursor.execute(INDEX)
    with connection.chunked_cursor() as found:
        found.execute(LIST_MISSING, params)
        pages = iter(lambda: found.fetchmany(PAGE), [])
        take(MissingRow(*row) for page in pages for row in page)
