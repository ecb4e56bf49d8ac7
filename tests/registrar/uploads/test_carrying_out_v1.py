"""Uploads by edX's API: the same answers, in calls of 25."""

import pytest
from pytest_django import Settings

from matricula.lms_client.api import FakeLms
from matricula.registrar.jobs.api import JobState, cancel_job
from tests.registrar import given
from tests.registrar.uploads.sending import (
    COURSE,
    received,
    result,
    statuses,
    uploaded,
    verdicts,
    with_students,
    worked_off,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_v1(settings: Settings) -> None:
    settings.LMS_API = "v1"


def test_every_line_is_answered_and_one_spoils_no_other(lms: FakeLms) -> None:
    job = uploaded(
        "student_key,status\nrv-1,enrolled\n ,enrolled\nrv-2,gone\nrv-3,ended,x\n"
        "rv-4,enrolled\nRV-4,ended\n"
    )
    assert verdicts(job) == [
        ("2", "rv-1", "enrolled"),
        ("3", "", "invalid-key"),
        ("4", "rv-2", "invalid-status"),
        ("5", "rv-3", "invalid-row"),
        ("6", "rv-4", "duplicated"),
        ("7", "RV-4", "duplicated"),
    ]
    assert (job.text, job.words) == ("207", "program enrollment upload (1 done, 5 refused)")
    assert statuses(lms) == {"rv-1": "enrolled"}


def test_what_is_there_twice_is_refused_however_far_apart(lms: FakeLms) -> None:
    lines = [f"rv-{each},enrolled\n" for each in range(60)]
    job = uploaded("student_key,status\n" + "".join(lines) + "rv-0,ended\n")
    assert [each["line"] for each in result(job) if each["status"] == "duplicated"] == ["2", "62"]
    assert len(statuses(lms)) == 59


def test_courses_are_named_by_either_name_and_are_one(lms: FakeLms, settings: Settings) -> None:
    settings.COURSE_STAFF = True
    with_students(lms, 3)
    job = uploaded(
        "student_key,course_id,status,course_staff\n"
        f"rv-0,HYD-A,active,TRUE\nrv-1,{given.RUN},active,\nrv-1,HYD-A,inactive,\n"
        f"rv-2,HYD-Z,active,\nrv-2,{given.SECOND_RUN},active,perhaps\n",
        kind=COURSE,
    )
    assert [each["status"] for each in result(job)] == [
        "active",
        "duplicated",
        "duplicated",
        "course-not-found",
        "invalid-course-staff",
    ]
    (stored,) = lms.list_course_enrollments(given.HYDROLOGY)
    assert (stored.value, stored.course_staff) == ("rv-0", True)


def test_a_canceled_one_stops_and_keeps_its_answers(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matricula.registrar.uploads.carrying_out_v1.REPORTED", 1)
    job = received("student_key,status\n" + "".join(f"rv-{n},enrolled\n" for n in range(60)))
    write, calls = lms.write_v1, list[int]()

    def write_and_cancel(*args: object, **more: object) -> object:
        for number, answer in enumerate(write(*args, **more)):  # type: ignore[arg-type]  # handed on
            if number == 30:
                cancel_job(uuid=job.uuid, by=given.actor(), at=given.NOW)
            calls.append(number)
            yield answer

    lms.write_v1 = write_and_cancel  # type: ignore[method-assign,assignment]  # of this one
    worked_off(job)
    assert (job.state, job.failure_code) == (JobState.FAILED, "canceled")
    assert [each["action"] for each in result(job)].count("write") == 31
    assert len(result(job)) == 60
