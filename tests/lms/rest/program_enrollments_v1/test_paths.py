"""The addresses, with and without a slash, as clients of edX write them."""

import pytest
from rest_framework.test import APIClient

from matricula.lms.catalog.api import Course, CourseRun, ProgramOutline
from tests import given
from tests.calling import calling_with
from tests.lms.rest.program_enrollments_v1.asking import BASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> ProgramOutline:
    course = Course.objects.create(key="RiverU+HYD0")
    old = CourseRun.objects.create(course=course, key="RiverU/HYD0/2029")
    return given.program(runs=[given.course_run("HYD1"), old])


@pytest.fixture
def registrar() -> APIClient:
    return calling_with("write")


@pytest.mark.parametrize(
    "path",
    [
        "programs/{uuid}/enrollments/",
        "programs/{uuid}/enrollments",
        "programs/{UUID}/enrollments/",
        "programs/{uuid}/courses/course-v1:RiverU+HYD1+2031_T1/enrollments/",
        "programs/{uuid}/courses/course-v1:RiverU+HYD1+2031_T1/enrollments",
        "programs/{uuid}/courses/course-v1:RiverU+HYD1+2031_T1/enrollments/what/follows",
        "programs/{uuid}/courses/course-v1%3ARiverU%2BHYD1%2B2031_T1/enrollments/",
        "programs/{uuid}/courses/RiverU/HYD0/2029/enrollments/",
        "programs/{uuid}/courses/RiverU%2FHYD0%2F2029/enrollments",
        "programs/{uuid}/courses/course-v1:RiverU+HYD1+2031_T1/grades/",
        "programs/{uuid}/courses/course-v1:RiverU+HYD1+2031_T1/grades",
        "programs/{uuid}/courses/course-v1:RiverU+HYD1+2031_T1/grades/more",
        "programs/{uuid}/courses/RiverU/HYD0/2029/grades/",
        "programs/{uuid}/overview/",
        "programs/{uuid}/overview",
        "programs/{uuid}/overview/more",
        "users/registrar/programs/{uuid}/courses",
        "users/registrar/programs/{uuid}/courses/",
        "users/registrar/programs/{uuid}/courses/more",
        "programs/enrollments/",
        "programs/enrollments",
        "programs/readonly_access/",
        "programs/readonly_access",
    ],
)
def test_an_address_leads_where_it_should(
    path: str, program: ProgramOutline, registrar: APIClient
) -> None:
    uuid = str(program.uuid)
    answer = registrar.get(f"{BASE}/{path.format(uuid=uuid, UUID=uuid.upper())}")
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    "path",
    [
        "programs/{uuid}/enrollments/more",
        "programs/{uuid}/enrollmentsmore",
        "programs/{uuid}/courses/course-v1:RiverU+HYD1+2031_T1/enrollmentsmore",
        "programs/not-hexadecimal/enrollments/",
        "programs/enrollments/more",
        "integration-reset/",
    ],
)
def test_other_addresses_lead_nowhere(
    path: str, program: ProgramOutline, registrar: APIClient
) -> None:
    answer = registrar.get(f"{BASE}/{path.format(uuid=program.uuid)}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"
