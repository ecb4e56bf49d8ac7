import csv
import json
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.rosters import reading
from matricula.lms.rosters.api import RosterJob
from matricula.lms.rosters.working import JobPaused
from tests import given
from tests.calling import calling_with
from tests.lms.rosters.submitting import stopping_after, worked_off

pytestmark = pytest.mark.django_db

JOBS = "/api/enrollment/v2/jobs"
ROSTER = "/api/enrollment/v2/programs/hydrology/roster"
TEXT = "student_key,status,note\nrv-1,enrolled,=1\nrv-2,pending,\nrv-3,gone,x\n"


@pytest.fixture(autouse=True)
def _everything_is_a_job(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROSTER_ROWS_AT_ONCE = 0
    monkeypatch.setattr(reading, "CHUNK_ROWS", 2)


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program("hydrology")


@pytest.fixture
def registrar(hydrology: ProgramOutline) -> APIClient:
    return calling_with("write")


def submit(caller: APIClient, query: str = "", **headers: str) -> Any:  # noqa: ANN401  a response
    address = f"{ROSTER}?{query}" if query else ROSTER
    return caller.generic("POST", address, TEXT, "text/csv", headers=headers or None)


def work_off(uuid: str) -> None:
    worked_off(RosterJob.objects.get(uuid=uuid))


def body_of(response: Any) -> bytes:  # noqa: ANN401  as above
    return b"".join(response.streaming_content)


def test_a_long_roster_is_accepted_as_a_job(registrar: APIClient) -> None:
    response = submit(registrar, "reason=spring&name=may.csv", x_request_id="req-1")
    assert response.status_code == 202
    job = response.json()
    links = job.pop("links")
    assert response["Location"] == links["job"] == f"http://testserver{JOBS}/{job['uuid']}"
    assert response["Retry-After"] == "1"
    created_at = job.pop("created_at")
    assert created_at.endswith("Z")
    assert job == {
        "uuid": job["uuid"],
        "program": "hydrology",
        "kind": "program",
        "mode": "upsert",
        "atomic": False,
        "dry_run": False,
        "reason": "spring",
        "name": "may.csv",
        "state": "pending",
        "progress": 0.0,
        "rows": 3,
        "answered": 0,
        "applied": False,
        "counts": {"create": 0, "update": 0, "unchanged": 0, "refuse": 0},
        "verdicts": {},
        "detail": "None of 3 rows is answered and written.",
        "failure": None,
        "is_cancel_requested": False,
        "request_id": "req-1",
        "started_at": None,
        "finished_at": None,
    }


def test_a_job_is_followed_to_its_end(registrar: APIClient) -> None:
    uuid = submit(registrar).json()["uuid"]
    job = RosterJob.objects.get(uuid=uuid)
    with pytest.raises(JobPaused):
        worked_off(job, is_stopping=stopping_after(1))
    so_far = registrar.get(f"{JOBS}/{uuid}").json()
    assert (so_far["state"], so_far["progress"], so_far["answered"]) == ("in_progress", 0.6667, 2)
    assert so_far["counts"]["create"] == 2

    work_off(uuid)
    done = registrar.get(f"{JOBS}/{uuid}").json()
    assert (done["state"], done["progress"], done["applied"]) == ("succeeded", 1.0, True)
    assert done["counts"] == {"create": 2, "update": 0, "unchanged": 0, "refuse": 1}
    assert done["verdicts"] == {"enrolled": 1, "pending": 1, "invalid-status": 1}
    assert done["finished_at"] is not None


@pytest.mark.parametrize("answers", ["all", "refused"])
def test_the_result_comes_in_every_form(answers: str, registrar: APIClient) -> None:
    uuid = submit(registrar).json()["uuid"]
    work_off(uuid)
    address = f"{JOBS}/{uuid}/result?answers={answers}"

    as_json = registrar.get(address)
    told = json.loads(body_of(as_json))
    assert told["counts"] == {"create": 2, "update": 0, "unchanged": 0, "refuse": 1}
    assert told["applied"] is True
    lines = [row["line"] for row in told["rows"]]
    assert lines == ([2, 3, 4] if answers == "all" else [4])

    as_ndjson = registrar.get(address, headers={"accept": "application/x-ndjson"})
    rows = list(map(json.loads, body_of(as_ndjson).splitlines()))
    assert rows == told["rows"]

    as_csv = registrar.get(address, headers={"accept": "text/csv"})
    assert as_csv["Content-Type"] == "text/csv; charset=utf-8"
    header, *cells = csv.reader(StringIO(body_of(as_csv).decode()))
    assert header == ["student_key", "status", "note", "line", "verdict", "reason"]
    assert [int(row[3]) for row in cells] == lines
    assert cells[-1][4:] == ["invalid-status", told["rows"][-1]["reason"]]
    if answers == "all":
        assert cells[0] == ["rv-1", "enrolled", "'=1", "2", "enrolled", ""]


def test_a_result_waits_for_the_end_unless_it_is_asked_for(registrar: APIClient) -> None:
    uuid = submit(registrar).json()["uuid"]
    early = registrar.get(f"{JOBS}/{uuid}/result")
    assert (early.status_code, early.json()["code"]) == (409, "job-not-finished")
    with pytest.raises(JobPaused):
        worked_off(RosterJob.objects.get(uuid=uuid), is_stopping=stopping_after(1))
    so_far = registrar.get(f"{JOBS}/{uuid}/result?so_far=true")
    assert [row["line"] for row in json.loads(body_of(so_far))["rows"]] == [2, 3]


def test_a_job_is_canceled(registrar: APIClient) -> None:
    uuid = submit(registrar).json()["uuid"]
    canceled = registrar.post(f"{JOBS}/{uuid}/cancel")
    assert canceled.status_code == 200
    assert canceled.json()["state"] == "canceled"
    assert canceled.json()["detail"] == "None of 3 rows is answered and written."
    assert json.loads(body_of(registrar.get(f"{JOBS}/{uuid}/result")))["rows"] == []


def test_a_finished_job_is_not_canceled(registrar: APIClient) -> None:
    uuid = submit(registrar).json()["uuid"]
    work_off(uuid)
    refused = registrar.post(f"{JOBS}/{uuid}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "job-finished")


def test_a_failure_is_told(registrar: APIClient) -> None:
    uuid = submit(registrar).json()["uuid"]
    sender = RosterJob.objects.get(uuid=uuid).account
    assert sender is not None
    sender.roleassignment_set.all().delete()
    work_off(uuid)
    told = calling_with("read", username="reader").get(f"{JOBS}/{uuid}").json()
    assert told["state"] == "failed"
    assert told["failure"]["code"] == "permission-missing"


def test_another_schools_job_is_not_there(registrar: APIClient) -> None:
    uuid = submit(registrar).json()["uuid"]
    stranger = calling_with("write", school_key="Hillside", username="stranger")
    for method, end in (("GET", ""), ("GET", "/result"), ("POST", "/cancel")):
        hidden = stranger.generic(method, f"{JOBS}/{uuid}{end}")
        missing = stranger.generic(method, f"{JOBS}/{uuid4()}{end}")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.json()["code"] == missing.json()["code"] == "job-not-found"
    assert stranger.get(JOBS).json()["results"] == []
    assert stranger.get(f"{JOBS}?program=hydrology").status_code == 404
    assert RosterJob.objects.get().state == "pending"


def test_jobs_are_listed_page_by_page(registrar: APIClient) -> None:
    uuids = [submit(registrar).json()["uuid"] for _ in range(3)]
    page = registrar.get(f"{JOBS}?page_size=2&program=hydrology&state=pending").json()
    assert [job["uuid"] for job in page["results"]] == uuids[:0:-1]
    last = registrar.get(page["next"]).json()
    assert [job["uuid"] for job in last["results"]] == uuids[:1]
    assert last["next"] is None
    assert registrar.get(f"{JOBS}?state=failed").json()["results"] == []
    assert registrar.get(f"{JOBS}?state=lost").status_code == 400
    assert registrar.get(f"{JOBS}?cursor=lost").status_code == 400


@pytest.mark.parametrize("jobs", [2, 12])
def test_a_page_of_jobs_costs_the_same_however_many_there_are(
    jobs: int, registrar: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(jobs):
        submit(registrar)
    registrar.get(JOBS)
    with django_assert_num_queries(4):
        registrar.get(JOBS)


def test_under_a_key_one_job_is_made(registrar: APIClient) -> None:
    first = submit(registrar, idempotency_key="k")
    again = submit(registrar, idempotency_key="k")
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert again["Location"] == first["Location"]
    assert RosterJob.objects.count() == 1
