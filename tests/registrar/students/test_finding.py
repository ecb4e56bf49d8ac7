"""Students as the LMS has them now."""

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.lms_client.api import CourseRow, FakeLms, LmsBroken, ProgramRow
from matricula.registrar.kernel.api import LmsIsBroken
from matricula.registrar.partners.api import PermissionMissing, UnknownProgram
from matricula.registrar.students.api import find_student, list_waiting_students
from tests.registrar import given

pytestmark = pytest.mark.django_db


def enroll(lms: FakeLms, *keys: str) -> None:
    rows = [ProgramRow(student_key=key, status="enrolled") for key in keys]
    lms.send_roster(given.HYDROLOGY, rows)


def test_a_student_is_found_with_their_courses(lms: FakeLms) -> None:
    enroll(lms, "rv-1", "rv-2")
    rows = [CourseRow(student_key="rv-1", course_id=run, status="active") for run in (given.RUN,)]
    lms.send_roster(given.HYDROLOGY, rows)
    found = find_student(program=given.program(), student_key=" RV-1", by=given.OPERATOR)
    assert found is not None
    assert (found.student_key, found.is_waiting) == ("rv-1", True)
    assert [each.course_run for each in found.courses] == [given.RUN]
    assert find_student(program=given.program(), student_key="x", by=given.OPERATOR) is None


def test_who_waits_comes_in_pages_and_a_wrong_place_is_the_beginning(lms: FakeLms) -> None:
    enroll(lms, "rv-1", "rv-2", "rv-3")
    program = given.program()
    first = list_waiting_students(program=program, by=given.OPERATOR, size=2)
    second = list_waiting_students(
        program=program, by=given.OPERATOR, size=2, cursor=first.next_cursor
    )
    keys = [each.student_key for each in (*first.enrollments, *second.enrollments)]
    assert (keys, second.next_cursor) == (["rv-1", "rv-2", "rv-3"], "")


def test_an_lms_that_is_broken_is_not_taken_for_nobody(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_broken(*_: object, **__: object) -> None:
        raise LmsBroken("Rubbish.")

    monkeypatch.setattr(lms, "list_program_enrollments", be_broken)
    with pytest.raises(LmsIsBroken):
        find_student(program=given.program(), student_key="rv-1", by=given.OPERATOR)


def test_a_program_that_the_lms_no_longer_has_is_said_to_be_gone(lms: FakeLms) -> None:
    program = given.program()
    lms.programs = []
    with pytest.raises(UnknownProgram):
        find_student(program=program, student_key="rv-1", by=given.OPERATOR)


def test_each_asks_whether_one_may_first(
    lms: FakeLms, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    program, by = given.program(), given.actor()
    lms.programs = []
    with django_assert_num_queries(2):
        with pytest.raises(PermissionMissing):
            find_student(program=program, student_key="rv-1", by=by)
        with pytest.raises(PermissionMissing):
            list_waiting_students(program=program, by=by)
