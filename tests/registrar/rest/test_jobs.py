"""Jobs over HTTP."""

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.registrar.jobs.api import JobAtWork
from matricula.registrar.partners.api import get_organization, take_role
from tests.registrar import given
from tests.registrar.calling import calling_as
from tests.registrar.jobs.working_at import DOWNLOAD, registrar, submitted, well, worked_off

pytestmark = pytest.mark.django_db

JOBS = "/api/v1/jobs"


def test_a_running_job_is_listed_as_consoles_expect_it() -> None:
    job = submitted(registrar(), total=40)
    (told,) = calling_as().get(f"{JOBS}/").json()
    assert told == {
        "job_id": str(job.uuid),
        "name": "hydrology:write:program enrollment upload",
        "created": "2031-03-01T12:00:00Z",
        "state": "Pending",
        "result": None,
        "text": None,
        "program_key": "hydrology",
        "started": None,
        "finished": None,
        "progress": {"done": 0, "total": 40, "counts": {}},
        "failure": None,
        "source": None,
        "read_at": None,
        "comparison": None,
        "result_until": None,
    }


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
def test_a_job_is_shown_in_every_version_and_with_either_slash(version: str, slash: str) -> None:
    job = submitted(registrar())
    told = calling_as().get(f"/api/{version}/jobs/{job.uuid}{slash}").json()
    assert (told["job_id"], told["state"]) == (str(job.uuid), "Pending")


def test_one_that_has_ended_tells_its_tally_and_is_listed_when_asked_for() -> None:
    job = worked_off(submitted(registrar()), well)
    assert calling_as().get(f"{JOBS}/").json() == []
    (told,) = calling_as().get(f"{JOBS}/?state=all").json()
    assert told["job_id"] == str(job.uuid)
    assert told["name"] == "hydrology:write:program enrollment upload (3 of 3 rows applied)"
    assert (told["state"], told["text"]) == ("Succeeded", "200")
    assert told["result"].startswith("http://127.0.0.1:8001/files/results/x.csv?signature=")


def test_a_failed_one_says_why() -> None:
    def refused(at_work: JobAtWork) -> None:
        raise given.Refused("Line 3 is no row.")

    job = worked_off(submitted(registrar()), refused)
    told = calling_as().get(f"{JOBS}/{job.uuid}").json()
    assert (told["state"], told["text"]) == ("Failed", "Line 3 is no row.")
    assert told["failure"] == {"code": "refused-by-a-test", "detail": "Line 3 is no row."}


def test_the_jobs_of_others_are_theirs() -> None:
    job = submitted(registrar())
    given.with_role("read_write_enrollments", "colleague", school=given.RIVER)
    colleague = calling_as("colleague")
    assert colleague.get(f"{JOBS}/").json() == []
    assert colleague.get(f"{JOBS}/{job.uuid}/").status_code == 403
    assert colleague.post(f"{JOBS}/{job.uuid}/cancel").status_code == 403
    given.with_role("administrator", "boss")
    assert calling_as("boss").get(f"{JOBS}/{job.uuid}/").status_code == 200


@pytest.mark.parametrize("job_id", ["nonsense", "1-2-3", str(uuid4())])
def test_an_unknown_job_is_not_found(job_id: str) -> None:
    assert calling_as().get(f"{JOBS}/{job_id}/").status_code == 404


def test_a_job_in_a_program_that_one_may_no_longer_see_is_not_listed() -> None:
    """A console breaks on a job of a program that it does not list."""
    submitted(registrar())
    take_role(
        name="registrar",
        role="read_write_enrollments",
        organization=get_organization(key=given.RIVER),
        by=given.OPERATOR,
    )
    assert calling_as().get(f"{JOBS}/").json() == []


def test_a_waiting_job_is_canceled_at_once_and_tried_again() -> None:
    job = submitted(registrar())
    caller = calling_as()
    told = caller.post(f"{JOBS}/{job.uuid}/cancel/").json()
    assert (told["state"], told["failure"]["code"]) == ("Failed", "canceled")
    assert caller.post(f"{JOBS}/{job.uuid}/cancel").status_code == 409
    assert caller.post(f"{JOBS}/{job.uuid}/retry").json()["state"] == "Pending"
    assert caller.post(f"{JOBS}/{job.uuid}/retry").status_code == 409


def test_a_job_is_not_tried_again_beside_another_writer() -> None:
    by = registrar()
    job = submitted(by)
    caller = calling_as()
    caller.post(f"{JOBS}/{job.uuid}/cancel")
    submitted(by)
    answer = caller.post(f"{JOBS}/{job.uuid}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "job-in-progress")


def test_any_number_of_jobs_is_listed_by_the_same_few_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    by = registrar()
    caller = calling_as()
    caller.get(f"{JOBS}/")
    for count in (1, 20):
        for _ in range(count):
            submitted(by, kind=DOWNLOAD)
        with django_assert_num_queries(3):
            caller.get(f"{JOBS}/")
