"""Downloads and reports."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable
from matricula.registrar.catalog.api import forget_courses
from matricula.registrar.jobs.api import Job
from tests.registrar import given
from tests.registrar.pages.visiting import browser_of, read

pytestmark = pytest.mark.django_db

PAGE = f"/programs/{given.HYDROLOGY}/download"
REPORTS = f"/programs/{given.HYDROLOGY}/reports"


@pytest.mark.parametrize(
    ("fields", "kind", "parameters"),
    [
        ({"what": "program", "form": "csv"}, "list_program_enrollments", {"form": "csv"}),
        ({"what": "all-courses"}, "list_all_course_run_enrollments", {"form": "csv"}),
        (
            {"what": "grades", "course": given.RUN, "form": "json"},
            "get_course_run_grades",
            {"form": "json", "course_run": given.RUN, "course_id": "HYD-A"},
        ),
    ],
)
def test_a_download_is_a_job_to_be_followed(
    fields: dict[str, str], kind: str, parameters: dict[str, str]
) -> None:
    browser = browser_of("mira", "read_enrollments")
    assert "HYD-A · Run" in read(browser, PAGE)

    answer = browser.post(PAGE, fields)

    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.uuid}")
    assert (job.kind, job.parameters) == (kind, parameters)
    assert "It begins as soon as a worker is free." in read(browser, f"/jobs/{job.uuid}")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"what": "grades"}, "Choose a course of this program."),
        ({"what": "course", "course": "none"}, "Choose a course of this program."),
        ({}, "Choose what you want to download."),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(fields: dict[str, str], words: str) -> None:
    browser = browser_of("mira", "read_enrollments")
    answer = browser.post(PAGE, {**fields, "form": "json"})
    page = " ".join(answer.content.decode().split())
    assert (answer.status_code, words in page, Job.objects.exists()) == (400, True, False)
    assert 'value="json" checked' in page


def test_without_the_lms_there_is_what_needs_no_courses(
    lms: FakeLms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_away(*_: object) -> None:
        raise LmsUnreachable("Nobody answers at lms.example.")

    browser = browser_of("mira", "read_enrollments")
    forget_courses(program=None, by=given.actor("staff", is_staff=True))
    monkeypatch.setattr(lms, "get_program", be_away)
    page = read(browser, PAGE)
    assert "the learning platform cannot be asked now" in page
    assert ("what-program" in page, "what-grades" in page) == (True, False)


def test_reports_are_listed_the_latest_first_with_their_links() -> None:
    browser = browser_of("mira", "read_reports")
    assert "There are no reports for this program yet." in read(browser, REPORTS)
    folder = f"reports_v2/{given.RIVER}/{given.program().uuid.hex}"
    for number in range(3):
        day = (given.NOW + timedelta(days=number)).date()
        storages["reports"].save(f"{folder}/students__{day}.csv", ContentFile(b"x"))

    page = read(browser, REPORTS)
    found = [page.index(f"students__2031-03-0{number}") for number in (3, 2, 1)]
    assert found == sorted(found)
    assert "/reports/reports_v2/" in page
    assert "signature=" in page


def test_reports_that_are_away_are_said_to_be(settings: Settings, tmp_path: object) -> None:
    browser = browser_of("mira", "read_reports")
    settings.STORAGES = {
        **settings.STORAGES,
        "reports": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": "/proc/1/root"},
        },
    }
    page = read(browser, REPORTS, status=503)
    assert ("Not just now" in page, "learning platform" in page) == (True, False)


def test_each_is_for_who_may() -> None:
    read(browser_of("mira", "read_reports"), PAGE, status=403)
    read(browser_of("noor", "read_enrollments"), REPORTS, status=403)
