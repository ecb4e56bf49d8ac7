"""Programs and their courses over HTTP."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.lms_client.api import FakeLms
from tests.registrar import given
from tests.registrar.calling import calling_anonymously, calling_as, calling_with

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
ALL_FOUR = ["read_enrollments", "read_metadata", "read_reports", "write_enrollments"]


def test_programs_are_listed_with_what_the_caller_may_do() -> None:
    caller = calling_with("read_write_enrollments")
    assert caller.get(f"{V1}/programs/").json() == [
        {
            "program_key": "geology",
            "program_title": "Geology",
            "program_url": "https://riveru.example/geology",
            "program_type": "Masters",
            "permissions": ["read_enrollments", "read_metadata", "write_enrollments"],
        },
        {
            "program_key": "hydrology",
            "program_title": "Hydrology",
            "program_url": "https://riveru.example/hydrology",
            "program_type": "Masters",
            "permissions": ["read_enrollments", "read_metadata", "write_enrollments"],
        },
    ]


@pytest.mark.parametrize("path", ["/api/v1/programs", "/api/v2/programs/", "/api/v2/programs"])
def test_versions_and_slashes_make_no_difference(path: str) -> None:
    caller = calling_with("read_metadata")
    assert caller.get(path).json() == caller.get(f"{V1}/programs/").json()


def test_somebody_new_sees_no_programs() -> None:
    given.remembered()
    assert calling_as("stranger").get(f"{V1}/programs/").json() == []


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("user_has_perm=read_metadata&program_title=", ["geology", "hydrology", "poetry"]),
        ("program_title=OLOGY", ["geology", "hydrology"]),
        ("program_title=Alpha%20&%20R+D%20", []),
        ("org=HillU", ["poetry"]),
        ("user_has_perm=write_enrollments", []),
        ("nonsense=1", ["geology", "hydrology", "poetry"]),
    ],
)
def test_the_list_is_filtered(query: str, keys: list[str]) -> None:
    caller = calling_with("read_metadata", school=None)
    found = caller.get(f"{V1}/programs/?{query}").json()
    assert [each["program_key"] for each in found] == keys


@pytest.mark.parametrize("query", ["org=nowhere", "org=%00", "user_has_perm=nonsense"])
def test_an_unknown_filter_is_not_found(query: str) -> None:
    assert calling_with("read_metadata").get(f"{V1}/programs/?{query}").status_code == 404


def test_one_program_is_described() -> None:
    caller = calling_with("administrator", school=None)
    answer = caller.get(f"{V1}/programs/hydrology/")
    assert (answer.status_code, answer.json()["permissions"]) == (200, ALL_FOUR)


def test_a_program_without_a_title_is_called_by_its_key() -> None:
    given.remembered([given.catalog_program("untitled", title=None, type=None)])
    given.with_role("read_metadata", in_program="untitled")
    told = calling_as().get(f"{V1}/programs/untitled").json()
    assert (told["program_title"], told["program_type"]) == ("untitled", None)


def test_who_calls_is_asked_before_what_about_and_that_before_whether_they_may() -> None:
    caller = calling_with("read_metadata", school=given.HILL)
    assert calling_anonymously().get(f"{V1}/programs/nothing/").status_code == 401
    assert caller.get(f"{V1}/programs/nothing/").status_code == 404
    refused = caller.get(f"{V1}/programs/hydrology/")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission-missing")


def test_the_courses_of_a_program_are_listed() -> None:
    answer = calling_with("read_metadata").get(f"{V1}/programs/hydrology/courses/")
    assert answer.json() == [
        {
            "course_id": given.RUN,
            "external_course_key": "HYD-A",
            "course_title": f"Run {given.RUN}",
            "course_url": None,
        },
        {
            "course_id": given.SECOND_RUN,
            "external_course_key": None,
            "course_title": f"Run {given.SECOND_RUN}",
            "course_url": None,
        },
    ]
    assert int(answer["Age"]) >= 0


def test_version_3_has_pages() -> None:
    caller = calling_with("read_metadata", school=None)
    page = caller.get("/api/v3/programs/?page=2&page_size=2").json()
    assert [each["program_key"] for each in page["results"]] == ["poetry"]
    assert (page["count"], page["next"]) == (3, None)
    assert page["previous"] == "http://testserver/api/v3/programs/?page_size=2"
    for out_of_range in ("3", "0"):
        path = f"/api/v3/programs/?page={out_of_range}&page_size=2"
        assert caller.get(path).status_code == 404
    assert caller.get("/api/v3/programs").json()["next"] is None


@pytest.mark.parametrize("path", ["/api/v1/programs/", "/api/v3/programs/"])
def test_a_thousand_programs_are_listed_by_a_few_queries_and_no_call(
    path: str,
    settings: Settings,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    programs = [given.catalog_program(f"program-{number}") for number in range(1000)]
    caller = calling_with("read_metadata")
    given.remembered(programs)
    caller.get("/api/v1/jobs/")  # the caller has an account from here on
    settings.REACH_LMS = unreachable
    with django_assert_max_num_queries(4):
        assert caller.get(path).status_code == 200


def unreachable() -> FakeLms:
    raise AssertionError("nobody was to be called")
