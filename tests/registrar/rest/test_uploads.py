"""Files over HTTP: accepted as jobs, refused in the contract's words and order."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from matricula.lms_client.api import FakeLms
from matricula.registrar.jobs.api import Job
from tests.registrar import given
from tests.registrar.calling import calling_anonymously, calling_as, calling_with
from tests.registrar.uploads.sending import received, result, with_students, worked_off

pytestmark = pytest.mark.django_db

PATH = "/api/v1/programs/hydrology/enrollments/upload/"
COURSES = "/api/v1/programs/hydrology/course_enrollments/upload/"
WRITE = "read_write_enrollments"
PLAIN = b"student_key,status\nrv-1,enrolled\n"


def send(caller: APIClient, content: bytes = PLAIN, path: str = PATH, name: str = "file") -> Any:  # noqa: ANN401  an answer
    file = SimpleUploadedFile("roster.csv", content, content_type="text/csv")
    return caller.post(path, {name: file}, format="multipart")


@pytest.mark.parametrize("path", [PATH, PATH.rstrip("/"), PATH.replace("v1", "v2")])
def test_a_file_is_accepted_as_a_job(path: str, lms: FakeLms) -> None:
    caller = calling_with(WRITE)
    answer = send(caller, path=path)
    assert answer.status_code == 202
    told = answer.json()
    assert set(told) == {"job_id", "job_url"}
    assert f"/api/{path.split('/')[2]}/jobs/{told['job_id']}" in told["job_url"]

    worked_off(Job.objects.get(uuid=told["job_id"]))
    job = caller.get(told["job_url"]).json()
    assert (job["state"], job["text"]) == ("Succeeded", "200")
    assert job["name"] == "hydrology:write:program enrollment upload (1 done, 0 refused)"
    assert job["result"].startswith("http")
    assert [each.student_key for each in lms.list_program_enrollments("hydrology")] == ["rv-1"]


def test_a_file_of_courses_as_well(lms: FakeLms) -> None:
    with_students(lms, 1)
    content = b"course_id,student_key,status\nHYD-A,rv-0,active\n"
    answer = send(calling_with(WRITE), content, COURSES)
    job = worked_off(Job.objects.get(uuid=answer.json()["job_id"]))
    assert [each["status"] for each in result(job)] == ["active"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"key,status\n", "student_key"),
        (b" ", "The file is empty."),
        (b"student_key,status\n\xff,x\n", "Line 2, column 1"),
    ],
)
def test_a_file_that_nobody_can_read_is_refused_with_one_message(
    content: bytes, words: str
) -> None:
    answer = send(calling_with(WRITE), content)
    assert answer.status_code == 400
    (message,) = answer.json()
    assert words in message


def test_a_form_without_a_file_is_refused() -> None:
    answer = send(calling_with(WRITE), name="roster")
    assert (answer.status_code, answer.json()["detail"]) == (400, "No file content uploaded")


def test_a_file_that_is_too_large_is_refused(settings: Settings) -> None:
    settings.UPLOAD_BYTES = len(PLAIN) - 1
    answer = send(calling_with(WRITE))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_so_is_one_whose_length_alone_says_so(settings: Settings) -> None:
    settings.UPLOAD_BYTES = 10
    assert send(calling_with(WRITE), bytes(1 << 17)).status_code == 413


def test_a_second_one_is_refused_while_the_first_is_at_work() -> None:
    received(PLAIN)
    answer = send(calling_with(WRITE), b"unreadable \xff")
    assert (answer.status_code, answer.json()) == (409, "Job already in progress for program")


def test_other_kinds_of_content_are_refused() -> None:
    answer = calling_with(WRITE).post(PATH, [], format="json")
    assert answer.status_code == 415


def test_they_are_refused_in_the_order_of_the_contract() -> None:
    given.remembered()
    assert send(calling_anonymously(), name="no").status_code == 401
    stranger = calling_as("stranger")
    path = PATH.replace("hydrology", "nothing")
    assert send(stranger, path=path, name="no").status_code == 404
    assert send(stranger, name="no").status_code == 403


def test_a_file_goes_to_disk_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []

    def look(*, file: Any, **_: object) -> Job:  # noqa: ANN401  a file
        seen.append(Path(file.name))
        assert Path(file.name).stat().st_mode & 0o077 == 0
        return received(PLAIN)

    monkeypatch.setattr("matricula.registrar.rest.uploads.receive_upload", look)
    assert send(calling_with(WRITE)).status_code == 202
    assert not seen[0].exists()


def test_an_upload_that_waits_is_approved_by_somebody_else(lms: FakeLms) -> None:
    with_students(lms, 10)
    lines = [f"rv-{each},canceled\n" for each in range(10)]
    caller, dean = calling_with(WRITE), calling_with(WRITE, username="dean")
    content = ("student_key,status\n" + "".join(lines)).encode()
    job = Job.objects.get(uuid=send(caller, content).json()["job_id"])
    worked_off(job)

    told = caller.get(f"/api/v1/jobs/{job.uuid}").json()
    assert (told["state"], told["failure"]["code"]) == ("Pending", "waits-for-approval")
    assert caller.post(f"/api/v1/jobs/{job.uuid}/approve").status_code == 403
    listed = dean.get("/api/v1/programs/hydrology/approvals").json()
    assert [each["job_id"] for each in listed] == [str(job.uuid)]
    assert dean.post(f"/api/v1/jobs/{job.uuid}/approve").status_code == 200
    assert dean.post(f"/api/v1/jobs/{job.uuid}/reject").status_code == 409
    assert worked_off(job).text == "200"


def test_or_rejected(lms: FakeLms) -> None:
    with_students(lms, 10)
    lines = [f"rv-{each},canceled\n" for each in range(10)]
    job = worked_off(received("student_key,status\n" + "".join(lines)))
    answer = calling_with(WRITE, username="dean").post(f"/api/v1/jobs/{job.uuid}/reject")
    assert (answer.status_code, answer.json()["state"]) == (200, "Failed")
