"""Programs over HTTP."""

from datetime import datetime
from uuid import UUID

import pytest

from matricula.lms.catalog.api import CourseRun
from matricula.lms.kernel.api import in_utc
from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.kernel.seeing import count_statements
from tests.lms.rest.enrollment_v2.asking import V2, follow_pages, get, refused, told

pytestmark = pytest.mark.django_db

RECORD = {
    "uuid": str(UUID(int=7)),
    "key": "hydrology",
    "title": "Hydrology",
    "type": "Masters",
    "authoring_organizations": [{"uuid": str(UUID(int=1)), "key": "RiverU", "name": "River"}],
    "curricula": [
        {
            "uuid": str(UUID(int=8)),
            "courses": [
                {
                    "key": "RiverU+HYD1",
                    "course_runs": [{"key": "course-v1:RiverU+HYD1+2031_T1"}],
                }
            ],
        }
    ],
}


def keys(caller: object, **query: object) -> list[str]:
    return [each["key"] for each in get(caller, "programs", **query)["results"]]  # type: ignore[arg-type]  # an APIClient


def test_a_catalog_is_loaded_and_its_programs_are_shown() -> None:
    caller = calling_with("catalog", school_key=None)
    for body, result in (
        ([RECORD], "created"),
        ({"results": [RECORD], "next": None}, "unchanged"),
        ({**RECORD, "title": "Waters"}, "updated"),
    ):
        loaded = told(caller.post(V2 + "catalog", body))
        assert loaded["counts"] == {
            each: int(each == result) for each in ("created", "updated", "unchanged")
        }
        assert loaded["programs"] == [
            {"uuid": RECORD["uuid"], "key": "hydrology", "result": result}
        ]
    shown = get(caller, "programs/HYDROLOGY")
    assert (shown["title"], shown["mode"]) == ("Waters", "masters")
    assert shown["organizations"][0]["key"] == "RiverU"
    assert [run["key"] for run in shown["course_runs"]] == ["course-v1:RiverU+HYD1+2031_T1"]
    assert shown["curricula"][0]["uuid"] == str(UUID(int=8))
    assert get(caller, f"programs/{RECORD['uuid']}") == shown
    [listed] = get(caller, "programs")["results"]
    assert listed == {
        name: shown[name] for name in shown if name not in {"curricula", "course_runs"}
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "The body is not JSON"),
        (b"7", "The body is no catalog"),
        (b'[{"uuid": 7}]', "program 1"),
        (b'[{"uuid": "x", "title": "a\\u0000"}]', "null character"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_catalog_is_refused(body: bytes, said: str) -> None:
    caller = calling_with("catalog", school_key=None)
    answer = caller.generic("POST", V2 + "catalog", body.decode(), content_type="application/json")
    assert said in refused(answer, 400, "invalid-catalog")


@pytest.mark.parametrize("moment", ["2031-01-01T00:00:00-22:18", "0001-01-01T00:00:00+14:00"])
def test_moments_of_every_sort_are_stored(moment: str) -> None:
    run = {"key": "course-v1:RiverU+HYD1+2031_T1", "start": moment}
    courses = [{"key": "RiverU+HYD1", "course_runs": [run]}]
    caller = calling_with("catalog", school_key=None)
    told(caller.post(V2 + "catalog", {**RECORD, "courses": courses, "curricula": []}))
    assert CourseRun.objects.get().start_at == in_utc(datetime.fromisoformat(moment))


def test_a_page_that_goes_on_is_refused() -> None:
    caller = calling_with("catalog", school_key=None)
    answer = caller.post(V2 + "catalog", {"results": [], "next": "http://x.org/?page=2"})
    refused(answer, 400, "invalid-body")


def test_only_the_catalogs_own_role_may_load() -> None:
    for number, (role, school) in enumerate(
        (("write", None), ("support", None), ("catalog", "RiverU"))
    ):
        caller = calling_with(role, school_key=school, username=f"c{number}")
        refused(caller.post(V2 + "catalog", [RECORD]), 403, "permission-missing")


def test_programs_are_shown_to_who_reads_their_enrollments() -> None:
    given.program()
    given.program("lakes", school_key="LakeU")
    caller = calling_with("read")
    assert keys(caller) == ["hydrology"]
    said = refused(caller.get(V2 + "programs/lakes"), 404, "program-not-found")
    assert said == "There is no program 'lakes'."
    refused(caller.get(V2 + "programs/nothing"), 404, "program-not-found")
    assert keys(calling_as(given.account())) == []
    assert keys(calling_with("catalog", school_key=None, username="c")) == ["hydrology", "lakes"]


def test_pages_follow_each_other_to_the_end() -> None:
    for key in ("a", "b", "c"):
        given.program(key)
    pages = follow_pages(calling_with("read"), "programs", page_size=2)
    assert [[each["key"] for each in page] for page in pages] == [["a", "b"], ["c"]]


@pytest.mark.parametrize("path", ["programs", "programs/p-0"])
def test_it_takes_as_many_queries_for_many_as_for_few(path: str) -> None:
    given.program("p-0")
    caller = calling_with("read")
    few = count_statements(lambda: get(caller, path))
    for n in range(1, 12):
        given.program(f"p-{n}", runs=[given.course_run(f"C{n}")])
    assert count_statements(lambda: get(caller, path)) == few <= 13
