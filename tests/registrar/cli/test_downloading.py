"""Downloads from a real LMS, by a real worker, as a school's system has them."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from matricula.lms_client.api import Access, CourseRow, HttpLms, ProgramRow
from tests.cli.serving import (
    COMMAND,
    PATIENCE,
    Installation,
    Served,
    free_port,
    installed,
    serving,
    wait_until,
)
from tests.databases import database_of_the_registrar
from tests.registrar import given
from tests.registrar.cli.test_processes import (
    CATALOG,
    run,
    serving_registrar,
    token_of,
)

STUDENTS = 2_500
"""More than two of the LMS's pages."""
NOWHERE = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Beside:
    """A Registrar beside an LMS, and a school's system that may read."""

    registrar: Served
    lms: Served
    environment: dict[str, str]
    folder: Path
    token: str

    def call(self, address: str) -> Any:  # noqa: ANN401  JSON is anything
        """Ask with the school's token; ``address`` may be a whole one."""
        path = address.removeprefix(self.registrar.address)
        headers = {"Authorization": f"JWT {self.token}"}
        answer = self.registrar.call("GET", path, headers=headers)
        assert answer.ok, answer.text
        return answer.json()

    def begin(self, path: str) -> str:
        return str(self.call(f"/api/v1/programs/hydrology/{path}")["job_url"])

    def end(self, job_url: str, *states: str) -> Any:  # noqa: ANN401  JSON is anything
        """The job when it has come to one of these states."""
        wait_until(lambda: self.call(job_url)["state"] in states)
        return self.call(job_url)

    def result(self, path: str) -> tuple[Any, str]:
        """A job that has succeeded, and what a browser finds at its link."""
        job = self.end(self.begin(path), "Succeeded", "Failed")
        assert job["state"] == "Succeeded", job
        return job, requests.get(job["result"], timeout=PATIENCE).text

    @contextmanager
    def working(self, **environment: str) -> Iterator[Path]:
        """Have a worker at work, and give its log."""
        log = self.folder / "worker"
        with log.open("ab") as stderr:
            process = subprocess.Popen(
                [COMMAND, "registrar", "worker"],
                env={**self.environment, **environment},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
        try:
            yield log
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="module")
def lms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed("matricula_downloaded", tmp_path_factory.mktemp("home")) as made:
        catalog = made.home / "catalog.json"
        catalog.parent.mkdir(exist_ok=True)
        catalog.write_text(CATALOG)
        made.run("catalog", "load", str(catalog))
        made.run("account", "create", "mira", "--email", "mira@riveru.example")
        yield made


@pytest.fixture(scope="module")
def beside(
    lms: Installation, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None
) -> Iterator[Beside]:
    del django_db_setup
    folder = tmp_path_factory.mktemp("logs")
    roles = [word for role in ("catalog", "write", "support") for word in ("--role", role)]
    client = lms.run("client", "create", "Registrar", *roles)
    school = lms.run("client", "create", "School", "--role", "read")
    port = free_port()
    with (
        serving(lms, folder) as at_lms,
        database_of_the_registrar("matricula_registrar_downloading") as url,
    ):
        environment = {
            **lms.environment,
            "REGISTRAR_DATABASE_URL": url,
            "LMS_URL": at_lms.address,
            "MATRICULA_LMS_URL": at_lms.address,
            "LMS_CLIENT_ID": client["client_id"],
            "LMS_CLIENT_SECRET": client["client_secret"],
            "MATRICULA_REGISTRAR_URL": f"http://127.0.0.1:{port}",
        }
        run(environment, "sync")
        run(environment, "grant", school["username"], "read_enrollments", "--program", "hydrology")
        enroll(at_lms, client)
        record_grade(at_lms, token_of(at_lms, client))
        with serving_registrar(environment, port, folder) as registrar:
            yield Beside(registrar, at_lms, environment, folder, token_of(at_lms, school))


def enroll(lms: Served, client: dict[str, str]) -> None:
    access = Access(
        url=lms.address, client_id=client["client_id"], client_secret=client["client_secret"]
    )
    keys = [f"s{number:05}" for number in range(STUDENTS)]
    with HttpLms(access) as calling:
        rows = [ProgramRow(student_key=key, status="enrolled") for key in keys]
        calling.send_roster("hydrology", rows)
        few = [CourseRow(student_key=key, course_id="HYD-A", status="active") for key in keys[:10]]
        calling.send_roster("hydrology", few)
        calling.bind_student_keys("RiverU", {keys[0]: "mira"}, reason="a test")


def record_grade(lms: Served, token: str) -> None:
    grade = {"username": "mira", "course_run": given.RUN, "is_passing": True, "percent": 0.95}
    answer = lms.call(
        "POST",
        "/api/enrollment/v2/grades",
        json={"grades": [grade]},
        headers={"Authorization": f"JWT {token}"},
    )
    assert answer.ok, answer.text


def test_a_school_downloads_all_there_is_to_download(beside: Beside) -> None:
    with beside.working() as log:
        job, text = beside.result("enrollments/?fmt=csv")
        header, first, *others = text.splitlines()
        assert header == "student_key,status,account_exists"
        assert first == "s00000,enrolled,True"
        assert others == [f"s{number:05},enrolled,False" for number in range(1, STUDENTS)]
        assert job["progress"] == {"done": STUDENTS, "total": STUDENTS, "counts": {"rows": 2500}}

        job, text = beside.result("course_enrollments/")
        assert len(json.loads(text)) == 10
        assert {row["course_id"] for row in json.loads(text)} == {"HYD-A"}

        _, of_the_course = beside.result(f"courses/{given.RUN}/enrollments/?fmt=json")
        assert of_the_course == text

        job, text = beside.result("courses/HYD-A/grades/?fmt=csv")
        assert text.splitlines()[1:] == ["s00000,,0.950,True,"]
        assert job["text"] == "200"
    assert "s00000" not in log.read_text()


def test_without_the_lms_a_download_waits_and_says_so(beside: Beside) -> None:
    job_url = beside.begin("enrollments/?fmt=csv")
    with beside.working(LMS_URL=NOWHERE):
        job = beside.end(job_url, "Retrying")
    assert job["failure"]["code"] == "lms-unreachable"
    with beside.working():
        job = beside.end(job_url, "Succeeded", "Failed")
    assert (job["state"], job["failure"]) == ("Succeeded", None)
    assert requests.get(job["result"], timeout=PATIENCE).text.count("\r\n") == STUDENTS + 1
