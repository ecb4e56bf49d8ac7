"""Asking for downloads."""

from typing import Any

import pytest

from matricula.lms_client.api import FakeLms
from matricula.registrar.catalog.api import UnknownCourse
from matricula.registrar.downloads.api import Form
from matricula.registrar.jobs.api import JobState
from matricula.registrar.partners.api import PermissionMissing
from tests.registrar import given
from tests.registrar.downloads.downloading import REQUESTS, asked_for, reader

pytestmark = pytest.mark.django_db

OF_A_COURSE = {"course", "grades"}


def naming_a_course(what: str) -> dict[str, Any]:
    return {"course": "HYD-A"} if what in OF_A_COURSE else {}


@pytest.mark.parametrize("what", REQUESTS)
def test_whoever_may_read_enrollments_is_given_a_job(what: str) -> None:
    job = asked_for(what, reader(), form=Form.CSV, **naming_a_course(what))
    assert (job.state, job.direction) == (JobState.PENDING, "read")
    assert job.parameters["form"] == "csv"


@pytest.mark.parametrize("what", REQUESTS)
def test_nobody_else_is(what: str) -> None:
    given.remembered()
    given.with_role("read_reports", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        asked_for(what, given.actor(), **naming_a_course(what))


@pytest.mark.parametrize("what", sorted(OF_A_COURSE))
def test_nobody_else_learns_which_courses_there_are(what: str) -> None:
    given.remembered()
    with pytest.raises(PermissionMissing):
        asked_for(what, given.actor(), course="NONE")


@pytest.mark.parametrize("what", sorted(OF_A_COURSE))
def test_a_course_is_one_of_the_program(what: str) -> None:
    with pytest.raises(UnknownCourse):
        asked_for(what, reader(), course="course-v1:RiverU+LIT9+2031_T1")


def test_a_course_is_known_by_either_name(lms: FakeLms) -> None:
    del lms
    by = reader()
    jobs = [asked_for("course", by, course=name) for name in ("HYD-A", given.RUN)]
    assert {job.parameters["course_run"] for job in jobs} == {given.RUN}
