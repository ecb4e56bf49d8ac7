"""Forgetting the catalog, over HTTP."""

import pytest

from matricula.lms_client.api import FakeLms
from tests.registrar import given
from tests.registrar.calling import calling_as, calling_with

pytestmark = pytest.mark.django_db

CACHE = "/api/internal/cache"
COURSES = "/api/v1/programs/hydrology/courses/"


@pytest.mark.parametrize("path", [CACHE, f"{CACHE}/", f"{CACHE}/hydrology", f"{CACHE}/hydrology/"])
def test_staff_have_the_courses_asked_for_again(path: str, lms: FakeLms) -> None:
    caller = calling_with("read_metadata")
    lms.programs[0] = given.catalog_program("hydrology", runs=[(given.RUN, "HYD-Z")])
    assert caller.get(COURSES).json()[0]["external_course_key"] == "HYD-A"
    assert calling_as("boss", administrator=True).delete(path).status_code == 204
    assert caller.get(COURSES).json()[0]["external_course_key"] == "HYD-Z"


def test_others_find_nothing_there() -> None:
    caller = calling_with("administrator", school=None)
    assert caller.delete(f"{CACHE}/").status_code == 404


def test_an_unknown_program_is_not_found() -> None:
    assert calling_as("boss", administrator=True).delete(f"{CACHE}/nothing").status_code == 404
