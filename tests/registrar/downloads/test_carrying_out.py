"""Downloads as schools get them: the words and shapes of edX's Registrar (contract 2.9)."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import Settings

from matricula.lms_client.api import (
    FakeLms,
    Grade,
    LmsBroken,
    LmsBusy,
    LmsNotAllowed,
    LmsNotFound,
    LmsRefused,
    LmsUnreachable,
    Student,
)
from matricula.registrar.catalog.api import forget_courses
from matricula.registrar.downloads import carrying_out
from matricula.registrar.downloads.api import Form, carry_out_download
from matricula.registrar.files.api import get_file
from matricula.registrar.jobs.api import Job, JobState, cancel_job
from matricula.registrar.kernel.api import (
    LmsIsBroken,
    LmsIsBusy,
    LmsIsUnreachable,
    LmsRefusesUs,
)
from matricula.service.refusals import Unavailable
from tests.registrar import given
from tests.registrar.downloads.downloading import (
    asked_for,
    downloaded,
    enrolled,
    graded,
    in_course,
    reader,
    rows_of,
    text_of,
    with_account,
)
from tests.registrar.jobs.working_at import UPLOAD, registrar, submitted, worked_off

pytestmark = pytest.mark.django_db


def telling(lms: FakeLms, method: str, *told: Student | Grade) -> None:
    """An LMS that answers a call with these."""
    setattr(lms, method, lambda *_: iter(told))


def breaking(lms: FakeLms, error: Exception, *, after: int = 0) -> None:
    """An LMS that tells some students, and then fails."""

    def list_students(program: UUID) -> Iterator[Student]:
        for number in range(after):
            yield Student(student_key=f"s{number}", status="enrolled", account_exists=False)
        raise error

    lms.list_students = list_students  # type: ignore[method-assign]  # that it does so is the test


def test_a_programs_enrollments_are_written_as_json(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled", s2="suspended")
    with_account(lms, s1="mira")
    job = downloaded(asked_for("program", reader()))
    assert text_of(job) == (
        "[\n"
        "    {\n"
        '        "account_exists": true,\n'
        '        "status": "enrolled",\n'
        '        "student_key": "s1"\n'
        "    },\n"
        "    {\n"
        '        "account_exists": false,\n'
        '        "status": "suspended",\n'
        '        "student_key": "s2"\n'
        "    }\n"
        "]\n"
    )
    assert (job.state, job.text, job.counts) == (JobState.SUCCEEDED, "", {"rows": 2})
    assert job.words == "program enrollment download (2 rows)"


def test_and_as_csv(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled", s2="canceled")
    with_account(lms, s1="mira")
    job = downloaded(asked_for("program", reader(), form=Form.CSV))
    assert text_of(job) == (
        "student_key,status,account_exists\r\ns1,enrolled,True\r\ns2,canceled,False\r\n"
    )


@pytest.mark.parametrize(
    ("form", "content_type"),
    [(Form.JSON, "application/json"), (Form.CSV, "text/csv; charset=utf-8")],
)
def test_the_file_is_named_for_the_program_and_for_no_student(
    lms: FakeLms, form: Form, content_type: str
) -> None:
    enrolled(lms, s1="enrolled")
    file = get_file(name=downloaded(asked_for("program", reader(), form=form)).result_file)
    assert file.download_name == f"hydrology-enrollments.{form}"
    assert file.content_type == content_type


def test_usernames_and_addresses_are_told_where_that_is_set(
    lms: FakeLms, settings: Settings
) -> None:
    settings.NAMES_IN_DOWNLOADS = True
    enrolled(lms, s1="enrolled", s2="enrolled")
    with_account(lms, s1="mira")
    job = downloaded(asked_for("program", reader(), form=Form.CSV))
    assert text_of(job).splitlines() == [
        "student_key,status,account_exists,username,email",
        "s1,enrolled,True,mira,mira@example.org",
        "s2,enrolled,False,,",
    ]


@pytest.mark.parametrize("name", ["HYD-A", given.RUN])
def test_a_course_run_is_called_as_the_school_calls_it(lms: FakeLms, name: str) -> None:
    enrolled(lms, s1="enrolled", s2="enrolled")
    in_course(lms, s1="active", s2="inactive")
    job = downloaded(asked_for("course", reader(), course=name))
    assert rows_of(job) == [
        {
            "course_id": "HYD-A",
            "student_key": "s1",
            "status": "active",
            "account_exists": False,
        },
        {
            "course_id": "HYD-A",
            "student_key": "s2",
            "status": "inactive",
            "account_exists": False,
        },
    ]


def test_without_a_name_of_the_schools_it_has_its_own(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled")
    in_course(lms, given.SECOND_RUN, s1="active")
    (row,) = rows_of(downloaded(asked_for("course", reader(), course=given.SECOND_RUN)))
    assert row["course_id"] == given.SECOND_RUN


def test_all_courses_are_in_one_file(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled", s2="enrolled")
    in_course(lms, given.SECOND_RUN, s1="active")
    in_course(lms, given.RUN, s2="inactive")
    job = downloaded(asked_for("all courses", reader(), form=Form.CSV))
    assert text_of(job).splitlines() == [
        "course_id,student_key,status,account_exists",
        "HYD-A,s2,inactive,False",
        f"{given.SECOND_RUN},s1,active,False",
    ]


def test_who_is_staff_in_a_course_is_told_where_that_is_set(
    lms: FakeLms, settings: Settings
) -> None:
    settings.COURSE_STAFF = True
    enrolled(lms, s1="enrolled")
    in_course(lms, staff=True, s1="active")
    job = downloaded(asked_for("all courses", reader(), form=Form.CSV))
    assert text_of(job).splitlines() == [
        "course_id,student_key,status,account_exists,course_staff",
        "HYD-A,s1,active,False,True",
    ]


def test_a_course_run_that_the_lms_no_longer_has_has_nobody(lms: FakeLms) -> None:
    by = reader()
    enrolled(lms, s1="enrolled")
    in_course(lms, s1="active")
    lms.programs[0] = given.catalog_program(given.HYDROLOGY, runs=[(given.RUN, "HYD-A")])
    job = downloaded(asked_for("all courses", by))
    assert [row["course_id"] for row in rows_of(job)] == ["HYD-A"]
    assert job.counts == {"rows": 1, "missing_courses": 1}


def test_grades_are_told_with_the_percent_as_text(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled")
    in_course(lms, s1="active")
    with_account(lms, s1="mira")
    graded(lms, "mira", 0.95123, "A")
    job = downloaded(asked_for("grades", reader(), course="HYD-A"))
    assert rows_of(job) == [
        {"letter_grade": "A", "passed": True, "percent": "0.951", "student_key": "s1"}
    ]
    assert job.text == "200"


def test_a_grade_that_cannot_be_told_says_why(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled", s2="enrolled")
    in_course(lms, s1="active", s2="active")
    with_account(lms, s1="mira", s2="noor")
    graded(lms, "mira", None)
    graded(lms, "noor", 0.4)
    by = reader()
    job = downloaded(asked_for("grades", by, course="HYD-A"))
    assert rows_of(job) == [
        {"error": "The grade has no percent.", "letter_grade": None, "student_key": "s1"},
        {"letter_grade": None, "passed": False, "percent": "0.400", "student_key": "s2"},
    ]
    assert (job.text, job.counts) == ("207", {"rows": 2, "without_grade": 1})
    job = downloaded(asked_for("grades", by, course="HYD-A", form=Form.CSV))
    assert text_of(job).splitlines() == [
        "student_key,letter_grade,percent,passed,error",
        "s1,,,,The grade has no percent.",
        "s2,,0.400,False,",
    ]


def test_no_grades_are_an_empty_file(lms: FakeLms) -> None:
    job = downloaded(asked_for("grades", reader(), course="HYD-A"))
    assert (job.state, job.text, rows_of(job)) == (JobState.SUCCEEDED, "204", [])


def test_nothing_but_grades_that_cannot_be_told_is_422(lms: FakeLms) -> None:
    telling(lms, "list_grades", Grade(student_key="s1", error="No."))
    assert downloaded(asked_for("grades", reader(), course="HYD-A")).text == "422"


def test_a_status_of_a_newer_lms_is_handed_on(lms: FakeLms) -> None:
    telling(
        lms, "list_students", Student(student_key="s1", status="on-leave", account_exists=True)
    )
    (row,) = rows_of(downloaded(asked_for("program", reader())))
    assert row["status"] == "on-leave"


def test_who_has_no_student_key_is_counted_alone(lms: FakeLms) -> None:
    telling(
        lms, "list_students", Student(student_key=None, status="enrolled", account_exists=True)
    )
    job = downloaded(asked_for("program", reader()))
    assert rows_of(job) == []
    assert job.counts == {"rows": 0, "without_student_key": 1}


def test_a_csv_calculates_nothing_when_it_is_opened(lms: FakeLms) -> None:
    enrolled(lms, **{"=1+1": "enrolled"})
    by = reader()
    job = downloaded(asked_for("program", by, form=Form.CSV))
    assert text_of(job).splitlines()[1] == "'=1+1,enrolled,False"
    assert rows_of(downloaded(asked_for("program", by)))[0]["student_key"] == "=1+1"


def test_it_says_since_when_it_is_true(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled")
    job = downloaded(asked_for("program", reader()))
    assert job.finished_at is not None
    assert job.started_at is not None
    assert job.started_at.isoformat() <= job.parameters["read_at"] <= job.finished_at.isoformat()


def test_a_download_neither_waits_for_a_writer_nor_is_in_its_way(lms: FakeLms) -> None:
    by = registrar()
    submitted(by, kind=UPLOAD)
    assert downloaded(asked_for("program", by)).state == JobState.SUCCEEDED


@pytest.mark.parametrize(
    ("trouble", "refusal"),
    [
        (LmsUnreachable("There is no connection."), LmsIsUnreachable),
        (LmsBusy("Later.", retry_after=3), LmsIsBusy),
        (LmsBroken("It answers with rubbish."), LmsIsBroken),
        (LmsNotAllowed("Who?", status=401, code="not-allowed", request_id="r"), LmsRefusesUs),
    ],
)
def test_trouble_of_the_lms_is_waited_for_and_then_told(
    lms: FakeLms, settings: Settings, trouble: Exception, refusal: type[Unavailable]
) -> None:
    breaking(lms, trouble, after=1_500)
    job = asked_for("program", reader())
    with pytest.raises(refusal):
        downloaded(job)
    assert (job.state, job.failure_code) == (JobState.RETRYING, refusal.code)
    assert str(trouble) in job.failure
    assert job.result_file == ""
    settings.LMS_PATIENCE_MINUTES = 0
    assert downloaded(job).state == JobState.FAILED
    assert (job.failure_code, job.result_file) == (refusal.code, "")


def test_patience_begins_with_the_first_trouble(
    lms: FakeLms, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(lms, LmsUnreachable("There is no connection."))
    job = asked_for("program", reader())
    for minutes in (0, settings.LMS_PATIENCE_MINUTES - 1):
        pass_time(monkeypatch, minutes)
        with pytest.raises(LmsIsUnreachable):
            downloaded(job)
    pass_time(monkeypatch, settings.LMS_PATIENCE_MINUTES + 1)
    assert downloaded(job).state == JobState.FAILED


def pass_time(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    late = given.NOW + timedelta(minutes=minutes)
    monkeypatch.setattr(carrying_out, "_now", lambda: late)


def test_after_trouble_it_is_read_anew(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled")
    mended = lms.list_students
    breaking(lms, LmsUnreachable("There is no connection."), after=1_500)
    job = asked_for("program", reader())
    with pytest.raises(LmsIsUnreachable):
        downloaded(job)
    lms.list_students = mended  # type: ignore[method-assign]  # it is well again
    assert len(rows_of(downloaded(job))) == 1
    assert (job.done, job.failure_code) == (1, "")


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (LmsNotFound("No.", status=404, code="not-found", request_id="r"), "unknown-to-lms"),
        (LmsRefused("No.", status=400, code="invalid", request_id="r"), "refused-by-lms"),
    ],
)
def test_what_will_not_pass_is_told_at_once(lms: FakeLms, trouble: Exception, code: str) -> None:
    breaking(lms, trouble)
    job = downloaded(asked_for("program", reader()))
    assert (job.state, job.failure_code) == (JobState.FAILED, code)


def test_without_its_program_the_lms_is_not_taken_to_have_empty_courses(lms: FakeLms) -> None:
    job = asked_for("all courses", reader())
    del lms.programs[0]
    assert downloaded(job).failure_code == "unknown-to-lms"


def test_without_known_courses_the_lms_is_asked_for_them(lms: FakeLms) -> None:
    by = reader()
    enrolled(lms, s1="enrolled")
    in_course(lms, s1="active")
    forget_courses(program=given.program(), by=given.actor("boss", is_staff=True))
    assert len(rows_of(downloaded(asked_for("all courses", by)))) == 1


def test_a_canceled_download_stops_on_the_way(lms: FakeLms) -> None:
    by = reader()
    told: list[Job] = []

    def list_students(program: UUID) -> Iterator[Student]:
        del program
        for number in range(5_000):
            if number == 2_500:
                cancel_job(uuid=told[0].uuid, by=by, at=given.NOW)
            yield Student(student_key=f"s{number}", status="enrolled", account_exists=False)

    lms.list_students = list_students  # type: ignore[method-assign]  # canceled on the way
    told.append(asked_for("program", by))
    job = worked_off(told[0], carry_out_download)
    assert (job.state, job.failure_code, job.done) == (JobState.FAILED, "canceled", 2_000)
