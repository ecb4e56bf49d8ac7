"""Files sent again, answers that are cut off, and what an LMS with edX's API alone says."""

from io import BytesIO
from uuid import UUID

import pytest

from matricula.lms_client.api import (
    CourseRow,
    EnrollmentKind,
    Form,
    HttpLms,
    LmsBroken,
    LmsUnreachable,
    Mode,
    ProgramRow,
)
from tests.lms_client.misbehaving import Misbehaving

UUID_1 = UUID(int=1)
RUN = "course-v1:RiverU+HYD1+2031_T1"
ANSWER = {"applied": True, "counts": {"create": 1}, "rows": []}
LINE = b'{"line":2,"student_key":"rv-1","action":"create","verdict":"enrolled","reason":""}\n'


@pytest.mark.parametrize("trouble", [401, 503])
def test_a_file_is_sent_again_from_where_it_was(
    server: Misbehaving, lms: HttpLms, trouble: int
) -> None:
    server.answers = [(trouble, {}, {}), (200, ANSWER, {})]
    file = BytesIO(b"# read already\nstudent_key,status\nrv-1,enrolled\n")
    file.readline()

    lms.send_roster_file("hydrology", file, kind=EnrollmentKind.PROGRAM_ENROLLMENTS, form=Form.CSV)

    assert [body for *_, body in server.calls] == [b"student_key,status\nrv-1,enrolled\n"] * 2
    assert {headers["Content-Type"] for *_, headers, _ in server.calls} == {"text/csv"}
    assert len({headers["Idempotency-Key"] for *_, headers, _ in server.calls}) == 1


def test_answers_that_are_cut_off_are_no_end(server: Misbehaving, lms: HttpLms) -> None:
    cut = {"Content-Length": str(3 * len(LINE)), "Connection": "close"}
    server.answers = [(200, LINE + LINE[:20], cut)]
    answers = lms.list_answers(UUID_1)

    with pytest.raises(LmsUnreachable, match="cut off"):
        list(answers)


def test_a_line_of_rubbish_is_no_answer(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(200, LINE + b"<html>\n", {})]
    answers = lms.list_answers(UUID_1)

    assert next(answers).student_key == "rv-1"
    with pytest.raises(LmsBroken):
        next(answers)


def test_rows_for_edx_have_all_that_it_asks_for(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [
        (200, {"rv-1": "enrolled"}, {}),
        (200, {"rv-1": "ended"}, {}),
        (207, {"rv-1": "active", "rv-2": "not-in-program"}, {}),
    ]
    row, run = ProgramRow(student_key=" rv-1 ", status="enrolled"), "course-v1:RiverU+HYD1+2031_T1"
    courses = [
        CourseRow(student_key=f"rv-{each}", course_id=run, status="active") for each in "12"
    ]

    assert [each.student_key for each in lms.write_v1(UUID_1, [row])] == [" rv-1 "]
    list(lms.write_v1(UUID_1, [row], mode=Mode.UPDATE))
    answers = list(lms.write_v1(UUID_1, courses, mode=Mode.CREATE))

    assert [each.action for each in answers] == ["write", "refuse"]
    assert [call[0] for call in server.calls] == ["PUT", "PATCH", "POST"]
    assert [call[1].rpartition("/programs/")[2] for call in server.calls] == [
        f"{UUID_1}/enrollments/",
        f"{UUID_1}/enrollments/",
        f"{UUID_1}/courses/course-v1%3ARiverU%2BHYD1%2B2031_T1/enrollments/",
    ]
    assert [call[3] for call in server.calls] == [
        b'[{"student_key":"rv-1","status":"enrolled","curriculum_uuid":"None"}]',
        b'[{"student_key":"rv-1","status":"enrolled"}]',
        b'[{"student_key":"rv-1","status":"active"},{"student_key":"rv-2","status":"active"}]',
    ]


@pytest.mark.parametrize("told", [{}, {"rv-2": "enrolled"}, {"detail": ["no"]}, b"<html>"])
def test_a_row_without_an_answer_is_no_success(
    server: Misbehaving, lms: HttpLms, told: object
) -> None:
    server.answers = [(200, told, {})]

    with pytest.raises(LmsBroken):
        list(lms.write_v1(UUID_1, [ProgramRow(student_key="rv-1", status="enrolled")]))


def test_no_grades_may_be_told_by_no_content(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(204, b"", {})]

    assert list(lms.list_grades(UUID_1, RUN)) == []


def test_a_page_of_grades_that_all_failed_is_a_page(server: Misbehaving, lms: HttpLms) -> None:
    failed = {"student_key": "rv-1", "error": "The grade has no percent."}
    server.answers = [(422, {"results": [failed], "next": None}, {})]

    assert [each.error for each in lms.list_grades(UUID_1, RUN)] == [failed["error"]]


def test_a_stream_is_asked_for_as_lines(server: Misbehaving, lms: HttpLms) -> None:
    server.answers = [(200, b"", {})]

    kind = EnrollmentKind.COURSE_ENROLLMENTS
    assert list(lms.list_bucket_rows("hydrology", kind, ["00", "1f"])) == []

    ((_, address, headers, _),) = server.calls
    assert address.endswith("/digest/rows?kind=course_enrollments&bucket=00&bucket=1f")
    assert headers["Accept"] == "application/x-ndjson"
