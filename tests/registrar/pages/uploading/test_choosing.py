"""Choosing a file: what it must have, and what is wrong with one, said at once."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from matricula.lms_client.api import FakeLms
from matricula.registrar.files.storing import NoRoomForFile
from matricula.registrar.uploads.api import Plan, Upload, UploadKind
from tests.registrar import given
from tests.registrar.pages.visiting import browser_of, read
from tests.registrar.uploads.sending import applied, planned, received, with_students

pytestmark = pytest.mark.django_db

PAGE = f"/programs/{given.HYDROLOGY}/upload"
GOOD = "student_key,status\nrv-1,enrolled\n"


def registrar() -> Client:
    return browser_of("registrar", "read_write_enrollments")


def sent(browser: Client, content: str | bytes, **fields: str) -> Any:  # noqa: ANN401  Django's test answers have no public type
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("spring.csv", data, content_type="text/csv")
    return browser.post(PAGE, {"file": file, **fields})


def fault(browser: Client, content: str | bytes, *, status: int = 400) -> str:
    answer = sent(browser, content, reason="a new term")
    assert answer.status_code == status
    page = " ".join(answer.content.decode().split())
    assert 'role="alert"' in page
    assert "Nothing was changed." in page
    assert not Plan.objects.exists()
    return page


def test_it_says_what_a_file_needs() -> None:
    page = read(registrar(), PAGE)
    assert "Upload to Hydrology" in page
    assert "student_key" in page
    assert "course_id" in page
    assert "kept out of the courses for now" in page
    assert "100 MB at most" in page
    assert "course_staff" not in page


def test_a_file_that_is_sent_becomes_a_plan_and_its_page_is_shown() -> None:
    answer = sent(registrar(), GOOD, kind="", reason=" a new term ")
    plan = Plan.objects.select_related("job").get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{plan.job.uuid}")
    assert (plan.kind, plan.name) == (UploadKind.PROGRAM, "spring.csv")
    assert (plan.reason, plan.job.parameters["reason"]) == ("a new term", "a new term")


@pytest.mark.parametrize(
    ("kind", "content", "template"),
    [
        ("program", "student_key,status\r\nexample-student,enrolled\r\n", "program"),
        ("course", "student_key,course_id,status\r\nexample-student,HYD-A,active\r\n", "course"),
    ],
)
def test_there_is_a_template_of_each_kind(kind: str, content: str, template: str) -> None:
    answer: Any = registrar().get(f"{PAGE}/template?kind={kind}")
    assert answer.content.decode() == content
    name = f'filename="hydrology-{template}-enrollments.csv"'
    assert name in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The file is empty"),
        ("student_key\nrv-1\n", "the header has no column status"),
        ("student_key;status\nrv-1;enrolled\n", "separated by semicolons"),
        ("student_key,status\nrv-1,enrolled\nJosé,".encode("latin-1"), "Line 3, column 4"),
        (b"PK\x03\x04\x14\x00\x06\x00", "an Excel workbook"),
        ('student_key,status\n"rv-1,enrolled\n', "the quote that opens here is not closed"),
        ("student_key,status,status\n", "names status more than once"),
    ],
    ids=["empty", "columns", "semicolons", "encoding", "workbook", "quote", "repeated"],
)
def test_what_is_wrong_with_a_file_is_said_at_once(content: str | bytes, words: str) -> None:
    page = fault(registrar(), content)
    assert words in page
    assert 'value="a new term"' in page


def test_who_saves_with_another_separator_is_told_where_to_change_it() -> None:
    page = fault(registrar(), "student_key;status\nrv-1;enrolled\n")
    assert "LibreOffice asks for it" in page
    assert "Give the columns these names" not in page


def test_a_form_without_a_file_is_told_so() -> None:
    answer: Any = registrar().post(PAGE, {"kind": ""})
    assert (answer.status_code, b"No file was chosen" in answer.content) == (400, True)


def test_one_that_is_too_large_is_told_the_limit(settings: Settings) -> None:
    settings.UPLOAD_BYTES = 2**20
    words = "larger than 1 MB"
    assert words in fault(registrar(), "x" * (2**20 + 2**17), status=413)
    assert words in fault(registrar(), "x" * (2**20 + 1), status=413)


def test_while_another_job_writes_it_is_named(lms: FakeLms) -> None:
    del lms
    job = received(GOOD, sender="dean")
    page = fault(registrar(), GOOD, status=409)
    assert "Another job writes to this program." in page
    assert "by dean" in page
    assert "0 of 1 rows" not in page
    assert f'href="/jobs/{job.uuid}"' in page
    assert "by dean" in read(registrar(), PAGE)


def test_no_room_is_no_fault_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise NoRoomForFile("The file cannot be stored now.")

    monkeypatch.setattr("matricula.registrar.uploads.receiving.store_file", fail)
    page = fault(registrar(), GOOD, status=503)
    assert "It is not your fault" in page


def test_whoever_may_not_write_is_told_and_others_know_nothing_of_it() -> None:
    assert "You may not do this" in read(browser_of("ann", "read_enrollments"), PAGE, status=403)
    elsewhere = browser_of("bo", "read_write_enrollments", school=given.HILL)
    assert "There is nothing here for you" in read(elsewhere, PAGE, status=404)
    assert browser_of("cy").get("/programs/nowhere/upload").status_code == 404
    answer: Any = Client().get(PAGE)
    assert answer["Location"] == f"/login?next={PAGE}"


def test_a_form_that_is_not_ours_is_refused() -> None:
    given.remembered()
    given.with_role("read_write_enrollments", "registrar", school=given.RIVER)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(given.account())
    assert sent(browser, GOOD).status_code == 403
    assert not Plan.objects.exists()
    page = read(browser, PAGE)
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert sent(browser, GOOD, csrfmiddlewaretoken=token).status_code == 302


def test_keys_may_have_slashes_and_spaces() -> None:
    key = "hydrology/2031 spring"
    browser = registrar()
    given.remembered([given.catalog_program(key)])
    assert "Upload to" in read(browser, "/programs/hydrology/2031%20spring/upload")


def test_an_lms_that_cannot_plan_is_sent_the_file_at_once(settings: Settings) -> None:
    settings.LMS_API = "v1"
    browser = registrar()
    assert "This learning platform cannot say beforehand" in read(browser, PAGE)
    answer = sent(browser, GOOD, kind="program")
    assert answer["Location"] == f"/jobs/{Upload.objects.select_related('job').get().job.uuid}"


def test_plans_that_nobody_has_applied_yet_are_found_again(lms: FakeLms) -> None:
    with_students(lms, 1)
    plan = planned("student_key,status\nrv-0,ended\n")
    browser = registrar()
    assert f'href="/jobs/{plan.job.uuid}">spring.csv</a>' in read(browser, PAGE)
    applied(plan)
    assert "nobody has applied yet" not in read(browser, PAGE)


def test_it_costs_few_queries_however_many_plans_there_are(lms: FakeLms) -> None:
    with_students(lms, 1)
    browser = registrar()
    counts = []
    for more in (1, 3):
        for _ in range(more):
            planned("student_key,status\nrv-0,ended\n")
        with CaptureQueriesContext(connection) as queries:
            read(browser, PAGE)
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 16
