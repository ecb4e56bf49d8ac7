"""Jobs over HTTP."""

import io
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.registrar.files.api import StoredFile, store_file
from matricula.registrar.jobs.api import Job, JobAtWork
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


def well_with_a_file(at_work: JobAtWork) -> None:
    """Work that goes well, and has a result."""
    stored = store_file(
        folder="results", content=io.BytesIO(b"x"), download_name="x.csv", at=datetime.now(UTC)
    )
    at_work.finish(result_file=stored.name, text="200", tally="3 of 3 rows applied")


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
def test_a_job_is_shown_in_every_version_and_with_either_slash(version: str, slash: str) -> None:
    job = submitted(registrar())
    told = calling_as().get(f"/api/{version}/jobs/{job.uuid}{slash}").json()
    assert (told["job_id"], told["state"]) == (str(job.uuid), "Pending")


def test_one_that_has_ended_tells_its_tally_and_is_listed_when_asked_for() -> None:
    job = worked_off(submitted(registrar()), well_with_a_file)
    assert calling_as().get(f"{JOBS}/").json() == []
    page = calling_as().get(f"{JOBS}/finished/").json()
    (told,) = page["results"]
    assert page["next"] is None
    assert told["job_id"] == str(job.uuid)
    assert told["name"] == "hydrology:write:program enrollment upload (3 of 3 rows applied)"
    assert (told["state"], told["text"]) == ("Succeeded", "200")
    (stored,) = StoredFile.objects.all()
    assert told["result"].startswith(f"http://127.0.0.1:8001/files/{stored.name}?signature=")


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
    Job.objects.update(state="Failed", finished_at=given.NOW)
    assert calling_as().get(f"{JOBS}/finished").json()["results"] == []
    given.with_role("read_metadata", in_program=given.HYDROLOGY)
    assert len(calling_as().get(f"{JOBS}/finished").json()["results"]) == 1


def test_what_ones_job_has_fetched_is_not_given_out_when_the_role_is_gone() -> None:
    job = worked_off(submitted(registrar(), kind=DOWNLOAD), well_with_a_file)
    assert calling_as().get(f"{JOBS}/{job.uuid}/").json()["result"]
    given.take_all_roles("registrar")
    told = calling_as().get(f"{JOBS}/{job.uuid}/").json()
    assert (told["state"], told["result"], told["result_until"]) == ("Succeeded", None, None)


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
            worked_off(submitted(by, kind=DOWNLOAD), well)
        with django_assert_num_queries(4):
            caller.get(f"{JOBS}/")
        with django_assert_num_queries(6):  # whose files one may have, and when they are deleted
            caller.get(f"{JOBS}/finished/")


def test_those_that_have_ended_are_had_page_by_page_each_once() -> None:
    by = registrar()
    jobs = [worked_off(submitted(by), well) for _ in range(5)]
    still_running = submitted(by)
    caller = calling_as()
    address, listed = f"{JOBS}/finished?page_size=2", []
    while address:
        page = caller.get(address).json()
        assert len(page["results"]) <= 2
        listed += [each["job_id"] for each in page["results"]]
        address = page["next"]
    assert listed == [str(job.uuid) for job in reversed(jobs)]
    assert caller.get(f"{JOBS}/finished?before={still_running.uuid}").json()["results"]
    assert caller.get(f"{JOBS}/finished?before={uuid4()}").status_code == 404
    assert caller.get(f"{JOBS}/finished?before=nonsense").status_code == 404


def test_nobody_pages_through_the_jobs_of_others() -> None:
    job = worked_off(submitted(registrar()), well)
    given.with_role("read_write_enrollments", "colleague", school=given.RIVER)
    colleague = calling_as("colleague")
    assert colleague.get(f"{JOBS}/finished/").json() == {"next": None, "results": []}
    assert colleague.get(f"{JOBS}/finished/?before={job.uuid}").status_code == 404
