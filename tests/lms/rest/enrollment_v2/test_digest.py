"""Digests and the rows under them, over HTTP."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import given
from tests.calling import calling_as, calling_with
from tests.lms.rest.enrollment_v2.asking import V2, get, refused

pytestmark = pytest.mark.django_db

DIGEST = "programs/hydrology/digest"
ROWS = "programs/hydrology/digest/rows"
BUCKET = "90"  # the first byte of SHA-256 of rv-1


def read_rows(caller: APIClient, **query: Any) -> list[dict[str, Any]]:  # noqa: ANN401  of a query
    answer: Any = caller.get(V2 + ROWS, query)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def test_a_digest_names_the_buckets_that_have_rows() -> None:
    given.enrolled("rv-1", program=given.program())

    told = get(calling_with("read"), "programs/HYDROLOGY/digest", kind="program_enrollments")

    (bucket,) = told["buckets"]
    assert (told["program"], told["kind"], told["rows"]) == ("hydrology", "program_enrollments", 1)
    assert (bucket["bucket"], bucket["rows"]) == (BUCKET, 1)
    assert len(bucket["digest"]) == len(told["digest"]) == 64


def test_rows_are_told_bucket_by_bucket() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run, course_staff="true")
    caller = calling_with("read")
    curriculum = str(next(iter(program.curricula)))

    assert read_rows(caller, kind="program_enrollments", bucket=["00", BUCKET]) == [
        {
            "bucket": BUCKET,
            "curriculum": curriculum,
            "status": "enrolled",
            "account_exists": False,
            "student_key": "rv-1",
        }
    ]
    assert read_rows(caller, kind="course_enrollments", bucket=BUCKET) == [
        {
            "bucket": BUCKET,
            "course_run": run.key,
            "curriculum": curriculum,
            "status": "active",
            "course_staff": True,
            "account_exists": False,
            "student_key": "rv-1",
        }
    ]
    assert read_rows(caller, kind="program_enrollments", bucket="00") == []


def test_who_has_the_digest_is_not_sent_it_again() -> None:
    program = given.program()
    given.enrolled("rv-1", program=program)
    caller, query = calling_with("read"), {"kind": "program_enrollments"}
    etag = caller.get(V2 + DIGEST, query)["ETag"]

    assert caller.get(V2 + DIGEST, query, HTTP_IF_NONE_MATCH=etag).status_code == 304
    given.enrolled("rv-1", program=program, status="ended")
    assert caller.get(V2 + DIGEST, query, HTTP_IF_NONE_MATCH=etag).status_code == 200


@pytest.mark.parametrize("path", [DIGEST, ROWS])
def test_a_program_of_another_organization_is_not_there(path: str) -> None:
    given.program()
    query = {"kind": "program_enrollments"} | ({"bucket": "00"} if path == ROWS else {})

    for caller in (
        calling_with("read", school_key="LakeU", username="elsewhere"),
        calling_as(given.account("nobody")),
    ):
        refused(caller.get(V2 + path, query), 404, "program-not-found")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"kind": "grades", "bucket": "00"},
        {"kind": "program_enrollments"},
        {"kind": "program_enrollments", "bucket": "0"},
        {"kind": "program_enrollments", "bucket": "FF"},
        {"kind": "program_enrollments", "bucket": "00", "page_size": "10"},
    ],
)
def test_what_is_asked_wrongly_is_refused(query: dict[str, str]) -> None:
    given.program()

    refused(calling_with("read").get(V2 + ROWS, query), 400, "invalid-parameter")


def test_a_digest_has_few_queries_however_many_rows(django_assert_max_num_queries: Any) -> None:  # noqa: ANN401  a fixture of pytest-django
    program = given.program()
    caller = calling_with("read")
    for count in (1, 300):
        given.enrolled(*(f"rv-{number}" for number in range(count)), program=program)
        with django_assert_max_num_queries(9):
            get(caller, DIGEST, kind="program_enrollments")
        with django_assert_max_num_queries(9):
            read_rows(caller, kind="program_enrollments", bucket=[BUCKET])
