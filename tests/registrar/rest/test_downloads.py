"""Downloads over HTTP (contract 2.2, 2.3, 2.5)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from matricula.lms_client.api import FakeLms, LmsUnreachable
from matricula.registrar.catalog.api import forget_courses
from matricula.registrar.downloads.api import carry_out_download
from matricula.registrar.files.api import StoredFile, delete_expired_files
from matricula.registrar.jobs.api import Job, get_job
from tests.registrar import given
from tests.registrar.calling import calling_anonymously, calling_as, calling_with
from tests.registrar.downloads.downloading import enrolled, in_course
from tests.registrar.jobs.working_at import registrar, submitted, worked_off

pytestmark = pytest.mark.django_db

HYDROLOGY = "/api/v1/programs/hydrology"
PATHS = [
    "enrollments",
    "course_enrollments",
    "courses/HYD-A/enrollments",
    f"courses/{given.RUN}/enrollments",
    "courses/HYD-A/grades",
    f"courses/{given.RUN}/grades",
]


def reader() -> APIClient:
    return calling_with("read_enrollments")


def followed(caller: APIClient, job_url: str) -> Job:
    """The job behind an address, worked off."""
    uuid = caller.get(job_url).json()["job_id"]
    return worked_off(get_job(uuid=uuid, by=given.actor()), carry_out_download)


def opened(link: str) -> bytes:
    """What a browser that knows nothing but the link is given."""
    parts = urlsplit(link)
    answer = Client().get(f"{parts.path}?{parts.query}")
    assert answer.status_code == 200
    return answer.getvalue()


def test_a_download_is_a_job_whose_result_a_browser_opens(lms: FakeLms) -> None:
    enrolled(lms, s1="enrolled")
    caller = reader()
    answer = caller.get(f"{HYDROLOGY}/enrollments/?fmt=csv")
    assert answer.status_code == 202
    accepted = answer.json()
    assert set(accepted) == {"job_id", "job_url"}
    assert accepted["job_url"] == f"http://testserver/api/v1/jobs/{accepted['job_id']}"
    followed(caller, accepted["job_url"])
    job = caller.get(accepted["job_url"]).json()
    assert (job["state"], job["text"], job["source"]) == ("Succeeded", None, "lms")
    assert job["name"] == "hydrology:read:program enrollment download (1 row)"
    assert job["started"] <= job["read_at"] <= job["finished"]
    assert opened(job["result"]) == b"student_key,status,account_exists\r\ns1,enrolled,False\r\n"


def test_the_link_is_made_anew_with_each_look_until_the_file_is_deleted(
    lms: FakeLms, settings: Settings
) -> None:
    enrolled(lms, s1="enrolled")
    caller = reader()
    job_url = caller.get(f"{HYDROLOGY}/enrollments").json()["job_url"]
    job = followed(caller, job_url)
    first = caller.get(job_url).json()
    stored = StoredFile.objects.get(name=job.result_file)
    until = stored.created_at + timedelta(days=settings.FILE_DAYS)
    assert first["result_until"] == until.isoformat().replace("+00:00", "Z")
    settings.FILE_DAYS = 0
    (later,) = caller.get("/api/v1/jobs/finished/").json()["results"]
    assert later["result"] is None
    assert later["result_until"] < first["result_until"]
    delete_expired_files(at=datetime.now(UTC))
    gone = caller.get(job_url).json()
    assert (gone["state"], gone["result"], gone["result_until"]) == ("Succeeded", None, None)


def test_a_job_that_is_tried_again_keeps_its_file_no_longer_than_the_file_is_kept(
    lms: FakeLms, settings: Settings
) -> None:
    enrolled(lms, s1="enrolled")
    caller = reader()
    job_url = caller.get(f"{HYDROLOGY}/enrollments").json()["job_url"]
    job = followed(caller, job_url)
    before = caller.get(job_url).json()["result_until"]
    Job.objects.update(state="Failed", finished_at=job.created_at + timedelta(days=3))
    assert caller.get(job_url).json()["result_until"] == before
    assert caller.post(f"{job_url}/retry").json()["result_until"] == before


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_download_is_had_in_both_versions_and_with_either_slash(
    path: str, version: str, slash: str
) -> None:
    answer = reader().get(f"/api/{version}/programs/hydrology/{path}{slash}?fmt=json")
    assert answer.status_code == 202
    assert f"/api/{version}/jobs/" in answer.json()["job_url"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", ["xml", "", "CSV"])
def test_another_form_is_not_found(path: str, form: str) -> None:
    assert reader().get(f"{HYDROLOGY}/{path}/?fmt={form}").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_unsaid_the_form_is_json(path: str) -> None:
    assert reader().get(f"{HYDROLOGY}/{path}/").status_code == 202
    assert Job.objects.get().parameters["form"] == "json"


@pytest.mark.parametrize("path", PATHS)
def test_who_asks_and_for_what_is_looked_at_in_the_order_of_the_contract(path: str) -> None:
    other_path = path.replace("HYD-A", "NONE").replace("HYD1", "NONE")
    unknown, no_course = f"/api/v1/programs/none/{path}/", f"{HYDROLOGY}/{other_path}/"
    anybody = calling_anonymously()
    assert [anybody.get(each).status_code for each in (unknown, no_course)] == [401, 401]
    stranger = calling_with("read_reports")
    assert [stranger.get(each).status_code for each in (unknown, no_course)] == [404, 403]
    if "courses/" in path:
        assert reader().get(no_course).status_code == 404


@pytest.mark.parametrize("path", ["course_enrollments", "courses/HYD-A/grades"])
def test_what_is_only_read_takes_no_writes(path: str) -> None:
    caller = calling_with("read_write_enrollments")
    for method in ("put", "delete", "post", "patch"):
        answer = getattr(caller, method)(f"{HYDROLOGY}/{path}/", [], format="json")
        assert answer.status_code == 405


def test_a_course_may_be_named_as_the_old_lms_did_with_slashes(lms: FakeLms) -> None:
    lms.programs[0] = given.catalog_program(given.HYDROLOGY, runs=[("RiverU/HYD1/2031", None)])
    given.remembered(lms.programs)
    given.with_role("read_enrollments", school=given.RIVER)
    enrolled(lms, s1="enrolled")
    in_course(lms, "RiverU/HYD1/2031", s1="active")
    caller = calling_as()
    answer = caller.get(f"{HYDROLOGY}/courses/RiverU/HYD1/2031/enrollments/")
    assert answer.status_code == 202
    assert followed(caller, answer.json()["job_url"]).counts == {"rows": 1}


def test_reading_is_possible_while_somebody_writes(lms: FakeLms) -> None:
    del lms
    submitted(registrar())
    assert calling_as().get(f"{HYDROLOGY}/enrollments/").status_code == 202


def test_without_the_lms_a_course_that_is_not_known_here_is_not_called_unknown(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = reader()
    forget_courses(program=given.program(), by=given.actor("boss", is_staff=True))

    def get_program(uuid: object) -> None:
        raise LmsUnreachable("There is no connection.")

    monkeypatch.setattr(lms, "get_program", get_program)
    answer = caller.get(f"{HYDROLOGY}/courses/HYD-A/enrollments/")
    assert (answer.status_code, answer.json()["code"]) == (504, "lms-unreachable")
