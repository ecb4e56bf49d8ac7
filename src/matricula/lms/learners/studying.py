"""What a learner studies of a program: the course runs they are in, and how far those are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from matricula.lms.catalog.api import (
    CourseRunDescription,
    ProgramOutline,
    Progress,
    describe_course_runs,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.seeing import require_sight
from matricula.lms.program_enrollments.api import STUDYING

MODES_OF_STUDENTS = frozenset(
    {
        "verified",
        "masters",
        "executive-education",
        "paid-executive-education",
        "paid-bootcamp",
    }
)
"""The modes whose course runs edX's dashboard of a program shows; here, with the program's own."""

DONE_AFTER = timedelta(days=30)
"""So long after passing it, a learner is done with a course run that has no end."""


@dataclass(frozen=True, slots=True)
class StudiedRun:
    """A course run that a learner is in; ``organization`` is the name of its school."""

    run: CourseRunDescription
    organization: str
    progress: Progress


STUDIED = """
SELECT g.course_run_id, max(passed.graded_at)
FROM identity AS i
CROSS JOIN LATERAL (
    SELECT course_run_id, program_enrollment_id FROM course_enrollment
    WHERE identity_id = i.id AND course_run_id = ANY(%(run_ids)s)
      AND is_active AND mode = ANY(%(modes)s)
    OFFSET 0
) AS g
LEFT JOIN LATERAL (
    SELECT status FROM program_enrollment WHERE id = g.program_enrollment_id LIMIT 1
) AS e ON true
LEFT JOIN LATERAL (
    SELECT graded_at FROM grade
    WHERE account_id = i.account_id AND course_run_id = g.course_run_id AND is_passing
    LIMIT 1
) AS passed ON true
WHERE i.account_id = %(account_id)s
  AND (g.program_enrollment_id IS NULL OR e.status = ANY(%(studying)s))
GROUP BY g.course_run_id
ORDER BY g.course_run_id
"""

NAMES = """
SELECT lower(key), name FROM organization WHERE name <> '' AND lower(key) = ANY(%(keys)s)
"""


def list_studied_runs(*, program: ProgramOutline, by: Actor, at: datetime) -> list[StudiedRun]:
    """Return the course runs of the program in which the actor has a seat, by id.

    A seat counts in whatever way it came about, if its mode is one of ``MODES_OF_STUDENTS`` or the
    program's own. Who may see the program and studies nothing in it gets none. At most eight
    queries.

    Raises:
        ProgramOutOfSight: the actor may not see the program.
    """
    require_sight(program=program, by=by)
    params = {
        "account_id": by.account_id,
        "run_ids": [run.id for run in program.runs],
        "modes": sorted({*MODES_OF_STUDENTS, program.mode}),
        "studying": STUDYING,
    }
    with connection.cursor() as cursor:
        cursor.execute(STUDIED, params)
        passed_at: dict[int, datetime | None] = dict(cursor.fetchall())
    if not passed_at:
        return []
    runs = describe_course_runs(ids=list(passed_at))
    names = _map_names(run.organization_key for run in runs.values())
    return [
        StudiedRun(
            run=runs[run_id],
            organization=names.get(
                runs[run_id].organization_key.lower(), runs[run_id].organization_key
            ),
            progress=find_progress(runs[run_id], passed_at=moment, at=at),
        )
        for run_id, moment in passed_at.items()
    ]


def find_progress(
    run: CourseRunDescription, *, passed_at: datetime | None, at: datetime
) -> Progress:
    """Return how far the run is for somebody who has passed it then, or has not."""
    if run.is_self_paced and passed_at is not None and at - passed_at >= DONE_AFTER:
        return Progress.COMPLETED
    return run.progress(at=at)


def _map_names(keys: Iterable[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"keys": sorted({key.lower() for key in keys})})
        return dict(cursor.fetchall())
