"""Who is in course runs, over all learners at once."""

import pytest

from matricula.lms.course_enrollments.api import Attendance, find_seat_mode, list_attendance
from matricula.lms.identities.api import account_itself
from matricula.lms.program_enrollments.api import STATUSES
from tests import given

pytestmark = pytest.mark.django_db


def test_every_active_seat_is_listed_once_with_its_mode() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    mira = given.account()
    given.enrolled("rv-1", "rv-2", program=program)
    given.on_course("rv-1", "rv-2", program=program, run=run)
    given.bound("rv-1", mira)
    given.granted(account_itself(mira.uuid), run=run, grant_mode="audit")
    found = list_attendance(course_run_ids=[run.pk], by=given.OPERATOR)
    assert found == [Attendance(run.pk, mira.pk, "masters")]
    assert list_attendance(course_run_ids=[], by=given.OPERATOR) == []


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("grant", ["active", "inactive"])
def test_it_agrees_with_the_seat_of_each(status: str, grant: str) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    mira = given.account()
    given.enrolled("rv-1", program=program, status=status)
    given.on_course("rv-1", program=program, run=run, status=grant)
    given.bound("rv-1", mira)
    mode = find_seat_mode(account_id=mira.pk, course_run_id=run.pk)
    found = list_attendance(course_run_ids=[run.pk], by=given.OPERATOR)
    assert [each.mode for each in found] == ([] if mode is None else [mode])
