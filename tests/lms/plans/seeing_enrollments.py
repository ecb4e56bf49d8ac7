"""What is enrolled, as tests of plans compare it."""

from typing import Any

from tests.lms.kernel.seeing import look

ALL = """
SELECT 'program', i.value, e.id, e.status, '' FROM program_enrollment e
JOIN identity i ON i.id = e.identity_id
UNION ALL
SELECT 'course', i.value, g.id, g.mode || g.is_active, run.key FROM course_enrollment g
JOIN identity i ON i.id = g.identity_id JOIN course_run run ON run.id = g.course_run_id
UNION ALL
SELECT 'role', i.value, r.id, r.role, run.key FROM course_role r
JOIN identity i ON i.id = r.identity_id JOIN course_run run ON run.id = r.course_run_id
ORDER BY 1, 2, 5, 4, 3
"""


def world() -> list[tuple[Any, ...]]:
    """All that is enrolled, without when it was written."""
    return look(ALL)
