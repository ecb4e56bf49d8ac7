"""Files sent as rosters, to the LMS in memory and to a real one."""

from io import BytesIO

import pytest

from matricula.lms_client.api import EnrollmentKind, Form, Job, Mode, RosterAnswer
from tests.lms_client.conftest import HYDROLOGY, RUN, Side

PROGRAM, COURSE = EnrollmentKind.PROGRAM_ENROLLMENTS, EnrollmentKind.COURSE_ENROLLMENTS
CSV = b"student_key,status\nrv-1,enrolled\nrv-2,gone\n"
NDJSON = b'{"student_key":"rv-1","status":"enrolled"}\n{"student_key":"rv-2","status":"gone"}\n'


@pytest.mark.parametrize(("form", "text", "first"), [(Form.CSV, CSV, 2), (Form.NDJSON, NDJSON, 1)])
def test_a_file_is_sent_as_it_is(side: Side, form: Form, text: bytes, first: int) -> None:
    answer = side.lms.send_roster_file(HYDROLOGY, BytesIO(text), kind=PROGRAM, form=form)

    assert isinstance(answer, RosterAnswer)
    assert [(each.line, each.action, each.verdict) for each in answer.rows] == [
        (first, "create", "enrolled"),
        (first + 1, "refuse", "invalid-status"),
    ]


def test_a_file_of_courses_says_who_is_staff(side: Side) -> None:
    side.lms.send_roster_file(HYDROLOGY, BytesIO(CSV), kind=PROGRAM, form=Form.CSV)
    text = f"student_key,course_id,status,course_staff\nrv-1,{RUN},active,true\n".encode()

    side.lms.send_roster_file(HYDROLOGY, BytesIO(text), kind=COURSE, form=Form.CSV)

    listed = list(side.lms.list_course_enrollments(HYDROLOGY))
    assert [(each.value, each.course_staff) for each in listed] == [("rv-1", True)]


def test_what_was_read_of_a_file_is_not_sent(side: Side) -> None:
    file = BytesIO(b"# of the spring term\n" + CSV)
    file.readline()

    answer = side.lms.send_roster_file(
        HYDROLOGY, file, kind=PROGRAM, form=Form.CSV, mode=Mode.CREATE, dry_run=True
    )

    assert isinstance(answer, RosterAnswer)
    assert (answer.counts["create"], answer.applied) == (1, False)


def test_a_long_file_becomes_a_job_whose_answers_are_read_line_by_line(side: Side) -> None:
    keys = [f"rv-{number}" for number in range(5)]
    text = "".join(["student_key,status\n", *(f"{key},enrolled\n" for key in keys)]).encode()

    job = side.lms.send_roster_file(HYDROLOGY, BytesIO(text), kind=PROGRAM, form=Form.CSV)

    assert isinstance(job, Job)
    side.let_a_worker_work(job.uuid)
    assert side.lms.get_job(job.uuid).state == "succeeded"
    answers = side.lms.list_answers(job.uuid)
    assert next(answers).line == 2
    assert [each.student_key for each in answers] == keys[1:]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Form.CSV, b"\n\nstudent_key,status\n\nrv-1,enrolled\n,\nrv-2,gone\n"),
        (Form.NDJSON, NDJSON.replace(b"\n", b"\n\n")),
    ],
)
def test_lines_are_those_of_the_file_whatever_is_blank(
    side: Side, form: Form, text: bytes
) -> None:
    answer = side.lms.send_roster_file(HYDROLOGY, BytesIO(text), kind=PROGRAM, form=form)

    assert isinstance(answer, RosterAnswer)
    lines = [5, 7] if form is Form.CSV else [1, 3]
    assert [each.line for each in answer.rows] == lines


def test_what_is_sent_again_under_its_key_is_not_done_again(side: Side) -> None:
    def send(key: str) -> RosterAnswer | Job:
        return side.lms.send_roster_file(
            HYDROLOGY, BytesIO(CSV), kind=PROGRAM, form=Form.CSV, key=key
        )

    first = send("upload-1")

    assert send("upload-1") == first
    assert send("upload-2") != first
