"""Uploads, worked off: every line answered, nothing done twice."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from procrastinate.exceptions import JobAborted
from pytest_django import Settings

from matricula.lms_client.api import (
    FakeLms,
    Job,
    LmsBroken,
    LmsBusy,
    LmsRefused,
    LmsUnreachable,
    RowAnswer,
)
from matricula.registrar.jobs.api import JobState, cancel_job, retry_job
from matricula.registrar.kernel.api import LmsIsUnreachable
from tests.registrar import given
from tests.registrar.uploads.sending import (
    COURSE,
    read_result,
    received,
    result,
    statuses,
    uploaded,
    verdicts,
    with_students,
    worked_off,
)

pytestmark = pytest.mark.django_db

MIXED = """student_key,status
rv-1,enrolled
rv-2,on-leave
 ,enrolled
rv-3,enrolled,one too many
rv-4,enrolled
RV-4,enrolled
"""


def failing(lms: FakeLms, name: str, trouble: Exception) -> Callable[[], None]:
    """Have a method of the LMS fail, and return what mends it."""

    def fail(*_: object, **__: object) -> Any:  # noqa: ANN401  never returns
        raise trouble

    setattr(lms, name, fail)
    return lambda: delattr(lms, name)


def test_every_line_is_answered(lms: FakeLms) -> None:
    job = uploaded(MIXED)
    assert job.state == JobState.SUCCEEDED
    assert verdicts(job) == [
        ("2", "rv-1", "enrolled"),
        ("3", "rv-2", "invalid-status"),
        ("4", "", "invalid-key"),
        ("5", "rv-3", "invalid-row"),
        ("6", "rv-4", "duplicated"),
        ("7", "RV-4", "duplicated"),
    ]
    assert statuses(lms) == {"rv-1": "enrolled"}
    assert (job.text, job.words) == ("207", "program enrollment upload (1 done, 5 refused)")
    assert (job.done, job.total, job.counts) == (6, 6, {"create": 1, "refuse": 5})


def test_the_columns_of_edx_come_first_then_ours() -> None:
    text = read_result(uploaded("student_key,status\nrv-1,gone\n"))
    header, line, end = text.split("\r\n")
    assert header == "student_key,status,line,asked,action,reason"
    assert line.startswith("rv-1,invalid-status,2,gone,refuse,")
    assert end == ""


def test_courses_are_told_as_they_were_written(lms: FakeLms) -> None:
    with_students(lms, 3)
    content = f"""Course_ID , student_key,status,name
HYD-A,rv-0,active,"Kim, Ann"
{given.RUN},rv-1,active,
HYD-Z,rv-1,active,
{given.SECOND_RUN},rv-9,active,
"""
    job = uploaded(content, kind=COURSE)
    assert [(each["course_id"], each["status"]) for each in result(job)] == [
        ("HYD-A", "active"),
        (given.RUN, "active"),
        ("HYD-Z", "course-not-found"),
        (given.SECOND_RUN, "not-in-program"),
    ]
    assert list(result(job)[0])[:3] == ["course_id", "student_key", "status"]


def test_the_two_names_of_a_course_are_one_course(lms: FakeLms) -> None:
    with_students(lms, 1)
    content = f"student_key,course_id,status\nrv-0,HYD-A,active\nrv-0,{given.RUN},inactive\n"
    job = uploaded(content, kind=COURSE)
    assert [each["status"] for each in result(job)] == ["duplicated", "duplicated"]
    assert job.text == "422"


@pytest.mark.parametrize("answer", ["True", "false", ""])
def test_staff_are_named_where_schools_may(answer: str, lms: FakeLms, settings: Settings) -> None:
    settings.COURSE_STAFF = True
    with_students(lms, 1)
    content = f"student_key,course_id,status,course_staff\nrv-0,HYD-A,active,{answer}\n"
    job = uploaded(content, kind=COURSE)
    assert result(job)[0]["course_staff"] == answer
    (stored,) = lms.list_course_enrollments(given.HYDROLOGY)
    assert stored.course_staff == (answer == "True")


def test_elsewhere_that_column_is_passed_over(lms: FakeLms) -> None:
    with_students(lms, 1)
    job = uploaded(
        "student_key,course_id,status,course_staff\nrv-0,HYD-A,active,true\n", kind=COURSE
    )
    assert "course_staff" not in result(job)[0]
    (stored,) = lms.list_course_enrollments(given.HYDROLOGY)
    assert not stored.course_staff


def test_the_same_file_again_changes_nothing() -> None:
    content = "student_key,status\nrv-1,enrolled\n"
    uploaded(content)
    job = uploaded(content)
    assert (job.counts, job.text) == ({"unchanged": 1}, "200")


def test_what_is_safe_in_a_spreadsheet_reads_back_as_it_was(lms: FakeLms) -> None:
    job = uploaded("student_key,status\n=1+1,enrolled\n'=2,enrolled\n")
    assert [each["student_key"] for each in result(job)] == ["'=1+1", "'=2"]
    assert set(statuses(lms)) == {"=1+1", "=2"}
    again = uploaded(read_result(job).encode())
    assert again.counts == {"unchanged": 2}


def test_lines_are_those_of_the_file_whatever_stands_between(lms: FakeLms) -> None:
    lms.rows_at_once = 1
    content = '\n"student\n_key2",student_key,status\n\n"a\nb",rv-1,enrolled\n,,\n\nx,rv-2,gone\n'
    job = uploaded(content)
    assert verdicts(job) == [("5", "rv-1", "enrolled"), ("9", "rv-2", "invalid-status")]


def test_a_file_of_a_header_alone_empties_nothing(lms: FakeLms) -> None:
    with_students(lms, 2)
    job = uploaded("student_key,status\n")
    assert (job.state, job.text, result(job)) == (JobState.SUCCEEDED, "204", [])
    assert len(statuses(lms)) == 2


def test_a_long_roster_is_a_job_of_the_lms(lms: FakeLms) -> None:
    lms.rows_at_once = 2
    job = uploaded(MIXED)
    assert len(result(job)) == 6
    assert job.upload.lms_job in lms._jobs


def test_a_second_worker_finds_what_the_first_has_sent(lms: FakeLms) -> None:
    lms.rows_at_once = 1
    job = received("student_key,status\nrv-1,enrolled\nrv-2,enrolled\n")
    mend = failing(lms, "get_job", LmsUnreachable("away"))
    with pytest.raises(LmsIsUnreachable):
        worked_off(job)
    job.refresh_from_db()
    assert job.state == JobState.RETRYING
    mend()
    assert worked_off(job).counts == {"create": 2}  # sent again they would be unchanged
    assert len(lms._jobs) == 1


def test_it_finds_it_even_if_the_first_was_killed_before_it_noted_it(lms: FakeLms) -> None:
    job = received("student_key,status\nrv-1,enrolled\n")
    mend = failing(lms, "list_answers", LmsUnreachable("away"))
    lms.rows_at_once = 0
    with pytest.raises(LmsIsUnreachable):
        worked_off(job)
    job.upload.lms_job = None
    job.upload.save()
    mend()
    assert worked_off(job).counts == {"create": 1}
    assert len(lms._jobs) == 1


@pytest.mark.parametrize(
    "trouble",
    [LmsUnreachable("away"), LmsBusy("later", retry_after=3), LmsBroken("rubbish")],
)
def test_trouble_ends_it_in_words_when_the_budget_is_spent(
    trouble: Exception, lms: FakeLms, settings: Settings
) -> None:
    settings.LMS_PATIENCE_MINUTES = 0
    failing(lms, "send_roster_file", trouble)
    job = uploaded(MIXED)
    assert (job.state, job.failure) == (JobState.FAILED, str(trouble))
    assert [each["status"] for each in result(job)][:3] == [
        "internal-error",
        "internal-error",
        "invalid-key",
    ]
    assert "may have been written" in result(job)[0]["reason"]


def test_what_the_lms_refuses_is_not_tried_again(lms: FakeLms) -> None:
    refused = LmsRefused("Too large.", status=413, code="roster-too-large", request_id="")
    failing(lms, "send_roster_file", refused)
    job = uploaded(MIXED)
    assert (job.state, job.failure_code) == (JobState.FAILED, "refused-by-lms")
    assert "roster-too-large" in job.failure


def test_a_failed_job_can_be_tried_again(lms: FakeLms) -> None:
    refused = LmsRefused("Not now.", status=400, code="invalid", request_id="")
    mend = failing(lms, "send_roster_file", refused)
    job = uploaded(MIXED)
    mend()
    retry_job(uuid=job.uuid, by=given.actor())
    assert worked_off(job).text == "207"


def test_a_retried_job_goes_on_with_what_the_lms_has_begun(
    lms: FakeLms, settings: Settings
) -> None:
    settings.LMS_PATIENCE_MINUTES = 0
    lms.rows_at_once = 0
    mend = failing(lms, "list_answers", LmsUnreachable("away"))
    job = uploaded("student_key,status\nrv-1,enrolled\n")
    assert (job.state, job.done, job.text) == (JobState.FAILED, 0, "422")
    mend()
    retry_job(uuid=job.uuid, by=given.actor())
    assert worked_off(job).counts == {"create": 1}
    assert len(lms._jobs) == 1


class HalfWay(FakeLms):
    """An LMS that never comes to the end of a job by itself, and has answered its first row."""

    state = "running"

    def get_job(self, job: Any) -> Job:  # noqa: ANN401  as the base has it
        return self._told(job)

    def cancel_job(self, job: Any) -> Job:  # noqa: ANN401  as the base has it
        self.state = "canceled"
        return self._told(job)

    def list_answers(self, job: Any) -> Any:  # noqa: ANN401  as the base has it
        yield from list(super().list_answers(job))[:1]

    def _told(self, job: Any) -> Job:  # noqa: ANN401  as the base has it
        failure = {"code": "malfunction", "detail": "the disk"} if self.state == "failed" else None
        return Job(
            uuid=job,
            program=given.HYDROLOGY,
            state=self.state,
            progress=0.5,
            counts={"create": 1},
            failure=failure,
        )


def half_way(settings: Settings) -> HalfWay:
    lms = HalfWay(programs=given.catalog(), rows_at_once=0)
    settings.REACH_LMS = lambda: lms
    return lms


def test_a_canceled_upload_stops_there_and_keeps_its_answers(settings: Settings) -> None:
    lms = half_way(settings)
    job = received("student_key,status\nrv-1,enrolled\nrv-2,enrolled\n")
    answer = lms.get_job

    def look(uuid: Any) -> Job:  # noqa: ANN401  as the base has it
        if lms.state == "running":
            cancel_job(uuid=job.uuid, by=given.actor(), at=given.NOW)
        return answer(uuid)

    lms.get_job = look  # type: ignore[method-assign,assignment]  # of this one
    worked_off(job)
    assert (job.state, job.failure_code, lms.state) == (JobState.FAILED, "canceled", "canceled")
    assert verdicts(job) == [("2", "rv-1", "enrolled"), ("3", "rv-2", "internal-error")]


def test_what_the_lms_does_not_finish_has_failed_and_keeps_its_answers(
    settings: Settings,
) -> None:
    half_way(settings).state = "failed"
    job = uploaded("student_key,status\nrv-1,enrolled\nrv-2,enrolled\n")
    assert (job.state, job.failure_code) == (JobState.FAILED, "ended-by-lms")
    assert "the disk" in job.failure
    assert [each["action"] for each in result(job)] == ["create", "skip"]
    assert job.words == "program enrollment upload (1 done, 0 refused, 1 not answered)"
    assert (job.done, job.text) == (1, "207")


def test_a_worker_that_is_told_to_stop_leaves_it_to_others(settings: Settings) -> None:
    lms = half_way(settings)
    job = received("student_key,status\nrv-1,enrolled\n")
    answer, looks = lms.get_job, []

    def look(uuid: Any) -> Job:  # noqa: ANN401  as the base has it
        looks.append(uuid)
        return answer(uuid)

    lms.get_job = look  # type: ignore[method-assign,assignment]  # of this one
    with pytest.raises(JobAborted):
        worked_off(job, is_stopping=lambda: len(looks) > 1)
    job.refresh_from_db()
    assert (job.state, job.done, lms.state) == (JobState.IN_PROGRESS, 1, "running")


@pytest.mark.parametrize("lines", [[99], [2, 99], []])
def test_an_lms_that_answers_other_lines_is_broken(
    lines: list[int], lms: FakeLms, settings: Settings
) -> None:
    settings.LMS_PATIENCE_MINUTES = 0
    lms.rows_at_once = 0

    def answer_astray(job: UUID) -> Iterator[RowAnswer]:
        del job
        for line in lines:
            yield RowAnswer(line=line, student_key="rv-1", action="create", verdict="enrolled")

    lms.list_answers = answer_astray  # type: ignore[method-assign]  # of this one
    job = uploaded("student_key,status\nrv-1,enrolled\n")
    assert (job.state, job.failure_code) == (JobState.FAILED, "lms-broken")
