"""What goes by edX's API, asked of the LMS in memory and of a real one."""

from itertools import islice

import pytest

from matricula.lms_client.api import CourseRow, Grade, LmsNotFound, Mode, ProgramRow, RowAnswer
from tests.lms_client.conftest import HYDROLOGY, RUN, Side


def row(key: str, status: str = "enrolled") -> ProgramRow:
    return ProgramRow(student_key=key, status=status)


def course_row(key: str, status: str = "active", *, staff: bool | None = None) -> CourseRow:
    return CourseRow(student_key=key, course_id=RUN, status=status, course_staff=staff)


def write(
    side: Side, *rows: ProgramRow | CourseRow, mode: Mode = Mode.UPSERT
) -> list[tuple[int, str, str]]:
    answers = side.lms.write_v1(side.program, rows, mode=mode)
    return [(each.line, each.action, each.verdict) for each in answers]


def test_every_row_is_answered(side: Side) -> None:
    assert write(side, row("rv-1"), row(" RV-2 ", "?"), row("rv-3"), row("RV-3")) == [
        (1, "write", "enrolled"),
        (2, "refuse", "invalid-status"),
        (3, "refuse", "duplicated"),
        (4, "refuse", "duplicated"),
    ]


def test_rows_that_are_all_refused_are_answered_too(side: Side) -> None:
    assert write(side, row("rv-1", "?")) == [(1, "refuse", "invalid-status")]


def test_rows_go_25_at_a_time_when_they_are_asked_for(side: Side) -> None:
    answers = side.lms.write_v1(side.program, [row(f"rv-{number}") for number in range(60)])

    taken: list[RowAnswer] = list(islice(answers, 26))

    assert [each.line for each in taken] == list(range(1, 27))
    assert len(list(side.lms.list_program_enrollments(HYDROLOGY))) == 50
    assert len(list(answers)) == 34


def test_a_call_may_create_only_or_change_only(side: Side) -> None:
    write(side, row("rv-1"))

    assert write(side, row("rv-1"), mode=Mode.CREATE) == [(1, "refuse", "conflict")]
    assert write(side, row("rv-1", "ended"), row("rv-2"), mode=Mode.UPDATE) == [
        (1, "write", "ended"),
        (2, "refuse", "not-in-program"),
    ]


def test_courses_are_written_and_read(side: Side) -> None:
    assert write(side, row("rv-1"), course_row("rv-1", staff=True), course_row("rv-2")) == [
        (1, "write", "enrolled"),
        (2, "write", "active"),
        (3, "refuse", "not-in-program"),
    ]

    (student,) = side.lms.list_course_students(side.program, RUN)

    assert (student.student_key, student.status, student.course_staff) == ("rv-1", "active", True)
    assert not student.account_exists


def test_students_are_listed_with_their_accounts(side: Side) -> None:
    write(side, row("rv-1"), row("rv-2", "pending"))
    side.lms.bind_student_keys("RiverU", {"rv-1": "mira"}, reason="saw a passport")

    first, second = side.lms.list_students(side.program)

    assert (first.student_key, first.status, first.account_exists) == ("rv-1", "enrolled", True)
    assert (first.username, first.email) == ("mira", "mira@example.org")
    assert (second.username, second.email, second.account_exists) == ("", "", False)
    assert second.curriculum_uuid == str(side.lms.get_program(side.program).curricula[0].uuid)


def test_grades_are_those_of_students_with_an_account(side: Side) -> None:
    write(side, row("rv-1"), row("rv-2"), course_row("rv-1"), course_row("rv-2"))
    assert list(side.lms.list_grades(side.program, RUN)) == []

    side.lms.bind_student_keys("RiverU", {"rv-1": "mira"}, reason="saw a passport")
    side.give_grade("mira", 0.93)

    assert list(side.lms.list_grades(side.program, RUN)) == [
        Grade(student_key="rv-1", passed=True, percent=0.93, letter_grade="A")
    ]


def test_a_grade_that_cannot_be_told_says_so(side: Side) -> None:
    write(side, row("rv-1"), course_row("rv-1"))
    side.lms.bind_student_keys("RiverU", {"rv-1": "mira"}, reason="saw a passport")
    side.give_grade("mira", None)

    (grade,) = side.lms.list_grades(side.program, RUN)

    assert (grade.student_key, grade.passed) == ("rv-1", None)
    assert grade.error


def test_the_catalog_names_organizations(side: Side) -> None:
    listed = list(side.lms.list_organizations())

    assert [each.key for each in listed] == ["RiverU"]
    assert listed[0].uuid == side.lms.get_program(side.program).authoring_organizations[0].uuid


def test_a_course_run_of_no_program_is_not_found(side: Side) -> None:
    elsewhere = "course-v1:RiverU+BOT1+2031_T1"
    wrong = CourseRow(student_key="rv-1", course_id=elsewhere, status="active")
    write(side, row("rv-1"))

    with pytest.raises(LmsNotFound):
        list(side.lms.list_grades(side.program, elsewhere))
    with pytest.raises(LmsNotFound):
        list(side.lms.list_course_students(side.program, elsewhere))
    with pytest.raises(LmsNotFound):
        list(side.lms.write_v1(side.program, [wrong]))
