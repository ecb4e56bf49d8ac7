"""Moving grades from one account of a person to their other one."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

# A grade that passes is better than one that does not, then the higher percent, then the later.
DROP_THE_WORSE = """
WITH paired AS (
    SELECT theirs.id AS source_id, own.id AS into_id,
           (theirs.is_passing, coalesce(theirs.percent, -1), theirs.graded_at)
           > (own.is_passing, coalesce(own.percent, -1), own.graded_at) AS is_replaced
    FROM grade AS theirs
    JOIN grade AS own
      ON own.account_id = %(into_id)s AND own.course_run_id = theirs.course_run_id
    WHERE theirs.account_id = %(source_id)s
)
DELETE FROM grade USING paired
WHERE grade.id = CASE WHEN is_replaced THEN into_id ELSE source_id END
RETURNING is_replaced
"""

MOVE = "UPDATE grade SET account_id = %(into_id)s WHERE account_id = %(source_id)s"


@dataclass(frozen=True, slots=True)
class MovedGrades:
    """How many grades went over; how many replaced a worse one there, or were left for a better.

    ``moved`` counts those that replaced another one too.
    """

    moved: int
    replaced: int
    dropped: int


def move_grades(*, source_id: int, into_id: int) -> MovedGrades:
    """Give the grades of one account to another; where both have one, the better one stays.

    Within the caller's transaction, which has asked for the permission and locked both accounts
    against whoever records grades.
    """
    params: dict[str, Any] = {"source_id": source_id, "into_id": into_id}
    with connection.cursor() as cursor:
        cursor.execute(DROP_THE_WORSE, params)
        dropped = [is_replaced for (is_replaced,) in cursor.fetchall()]
        moved = cursor.execute(MOVE, params).rowcount
    return MovedGrades(moved, replaced=sum(dropped), dropped=len(dropped) - sum(dropped))
