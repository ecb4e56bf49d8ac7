import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.program_enrollments.api import ProgramEnrollment
from tests import given
from tests.calling import calling_anonymously, calling_as, calling_with
from tests.lms.rest.program_enrollments_v1.asking import BASE

pytestmark = pytest.mark.django_db

RESET = f"{BASE}/integration-reset"


@pytest.fixture
def program() -> ProgramOutline:
    made = given.program()
    given.enrolled("rv-1", program=made)
    return made


@pytest.fixture
def registrar() -> APIClient:
    return calling_with("write")


@pytest.fixture
def _enabled(settings: Settings) -> None:
    settings.ENROLLMENT_RESET = True


@pytest.mark.usefixtures("_enabled")
@pytest.mark.parametrize("key", ["RiverU", "riveru "])
def test_a_registrar_starts_their_school_over(
    key: str, program: ProgramOutline, registrar: APIClient
) -> None:
    answer = registrar.post(RESET, {"organization": key})
    assert (answer.status_code, answer.json()) == (200, "success")
    assert not ProgramEnrollment.objects.exists()


def test_it_is_off_unless_the_installation_says_otherwise(
    program: ProgramOutline, registrar: APIClient
) -> None:
    for body in ({"organization": "RiverU"}, {}, {"organization": "Nowhere"}):
        answer = registrar.post(RESET, body)
        assert answer.status_code == 501
        assert answer.json() == "reset not enabled on this environment"
    assert ProgramEnrollment.objects.exists()


@pytest.mark.usefixtures("_enabled")
def test_who_calls_comes_first_and_is_told_in_detail(program: ProgramOutline) -> None:
    body = {"organization": "RiverU"}
    anonymous = calling_anonymously().post(RESET, body)
    assert (anonymous.status_code, list(anonymous.json())) == (401, ["detail"])
    for caller in (calling_as(given.account("stranger")), calling_with("read")):
        refused = caller.post(RESET, body)
        assert (refused.status_code, list(refused.json())) == (403, ["detail"])
    assert ProgramEnrollment.objects.exists()


@pytest.mark.usefixtures("_enabled")
@pytest.mark.parametrize("body", [{}, {"organization": ""}, {"organization": 7}, [], "RiverU"])
def test_it_must_be_said_which_school(body: object, registrar: APIClient) -> None:
    answer = registrar.post(RESET, body, format="json")
    assert (answer.status_code, answer.json()) == (400, "organization is required")


@pytest.mark.usefixtures("_enabled")
@pytest.mark.parametrize("key", ["Nowhere", "Hillside", "a\x00b", "\u5b66"])
def test_another_school_is_no_school(key: str, registrar: APIClient) -> None:
    theirs = given.program("glaciers", school_key="Hillside")
    given.enrolled("h-1", program=theirs)
    answer = registrar.post(RESET, {"organization": key})
    assert (answer.status_code, answer.json()) == (404, "organization not found")
    assert ProgramEnrollment.objects.exists()
