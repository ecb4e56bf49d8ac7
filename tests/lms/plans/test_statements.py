"""What is put back is looked up by indexes, whatever the planner knows of the tables."""

import pytest

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.rosters.api import RosterKind
from tests import given
from tests.lms.kernel.seeing import (
    STATISTICS,
    know_statistics,
    list_quadratic_nodes,
    planning,
    run,
)
from tests.lms.plans.planning import applied, planned, roster, undone

pytestmark = pytest.mark.django_db

HYD = "course-v1:RiverU+HYD1+2031_T1"
# With a handful of acts any index of theirs would do.
EARLIER_ACTS = """
INSERT INTO change_set (uuid, actor, channel, reason, request_id, at, transaction_id)
SELECT gen_random_uuid(), 'account:' || number, 'test', '', '', now(), number
FROM generate_series(1, 5000) AS number
"""
STATEMENTS = (
    "INSERT INTO",
    "UPDATE undone",
    "SELECT\n    u.subject",
    "DELETE",
    "UPDATE p",
    "UPDATE c",
)


@pytest.fixture(params=STATISTICS)
def program(request: pytest.FixtureRequest) -> ProgramOutline:
    """A program of 3,000 students in a course, among as many of another one."""
    made = given.program(runs=[given.course_run()])
    keys = [f"rv-{number}" for number in range(3_000)]
    given.enrolled(*keys, program=given.program("botany"))
    run(EARLIER_ACTS)
    run("ANALYZE change_set")
    know_statistics(request.param)
    return made


def test_no_table_is_read_once_a_row(program: ProgramOutline) -> None:
    keys = [f"rv-{number}" for number in range(3_000)]
    people = applied(planned(roster(*((key, "enrolled") for key in keys)), program=program))
    text = roster(*((key, HYD, "active", "true") for key in keys))
    courses = applied(planned(text, program=program, kind=RosterKind.COURSE))

    with planning(*STATEMENTS) as plans:
        undo_courses = applied(undone(courses))
        undo_people = applied(undone(people))
        applied(undone(undo_people))
        applied(undone(undo_courses))

    found = {node for plan in plans for node in list_quadratic_nodes(plan)}
    assert len(plans) > 40
    assert found == set()
