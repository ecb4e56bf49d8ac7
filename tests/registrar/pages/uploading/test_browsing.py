"""Looking through those who are missing from a file."""

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable, ProgramRow
from matricula.registrar.copies.api import refresh_copy
from matricula.registrar.uploads.api import UploadKind
from tests.registrar import given
from tests.registrar.pages.uploading.test_choosing import registrar
from tests.registrar.pages.uploading.test_showing import page_of
from tests.registrar.pages.visiting import browser_of, read
from tests.registrar.uploads.sending import applied, now, planned, with_grants, with_students
from tests.registrar.uploads.test_carrying_out import failing

pytestmark = pytest.mark.django_db

FILE = "student_key,status\nrv-1,ended\n"


def test_who_is_missing_is_shown_with_what_that_means_and_as_of_when(lms: FakeLms) -> None:
    with_students(lms, 3)
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-7", status="canceled")])
    plan = planned(FILE)
    browser, address = registrar(), page_of(plan.job)
    page = read(browser, address)
    assert 'not in the file <span class="faint">3</span>' in page
    assert 'href="?rows=missing:canceled#rows">1 canceled</a>' in page
    assert ">rv-7<" not in page

    page = read(browser, address, rows="missing")
    assert page.count("will not be changed</td>") == 3
    assert ">rv-7<" in page
    assert ">rv-1<" not in page
    assert "a file takes nobody out" in page
    assert "So they stood in the copy" in page
    assert re.search(r"it was the same as the learning platform.s: <time", page)
    assert "(just now)" in page

    page = read(browser, address, rows="missing:canceled")
    assert (">rv-7<" in page, ">rv-0<" in page) == (True, False)
    assert f'href="{address}/missing?status=canceled"' in page
    assert ">rv-0<" in read(browser, address, rows="missing", key=" RV-0 ")
    page = read(browser, address, key="rv-0")
    assert 'href="?rows=missing&amp;key=rv-0#rows"' in page
    assert "No row here is about rv-1" in read(browser, address, rows="missing", key="rv-1")


def test_it_is_saved_as_a_file(lms: FakeLms) -> None:
    with_students(lms, 3)
    plan = planned(FILE)
    answer: Any = registrar().get(f"{page_of(plan.job)}/missing")
    assert "hydrology-not-in-the-file.csv" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    assert [row["student_key"] for row in csv.DictReader(io.StringIO(text))] == ["rv-0", "rv-2"]
    nobody: Any = registrar().get(f"{page_of(plan.job)}/missing", {"status": "ended"})
    assert nobody.status_code == 404


def test_it_stays_what_the_plan_has_counted_when_the_copy_is_renewed(lms: FakeLms) -> None:
    with_students(lms, 3)
    plan = planned(FILE)
    with_students(lms, 5, status="suspended")
    kind = UploadKind.PROGRAM.of_the_lms
    refresh_copy(program=plan.job.program, kind=kind, by=given.OPERATOR, at=now())
    page = read(registrar(), page_of(plan.job), rows="missing")
    assert page.count("will not be changed</td>") == 2
    assert "suspended</span>" not in page


def test_a_copy_that_could_not_be_proven_is_said_to_be_old(lms: FakeLms) -> None:
    with_students(lms, 3)
    planned(FILE)
    failing(lms, "get_digest", LmsUnreachable("no answer"))
    page = read(
        registrar(), page_of(planned("student_key,status\nrv-9,enrolled\n").job), rows="missing"
    )
    assert "the learning platform could not be asked whether it is still so; it last was:" in page


def test_a_file_without_rows_leaves_all_out(lms: FakeLms) -> None:
    with_students(lms, 3)
    page = read(registrar(), page_of(planned("student_key,status\n").job), rows="missing")
    assert page.count("will not be changed</td>") == 3


def test_of_courses_each_has_its_course(lms: FakeLms) -> None:
    with_students(lms, 3)
    with_grants(lms, 2)
    plan = planned("student_key,course_id,status\nrv-0,HYD-A,active\n")
    page = read(registrar(), page_of(plan.job), rows="missing")
    assert f">{given.RUN}</td>" in page


def test_many_are_paged_and_cost_no_more_queries(lms: FakeLms) -> None:
    browser, counts, page, address = registrar(), [], "", ""
    for students in (60, 3_000):
        with_students(lms, students)
        address = page_of(planned(FILE).job)
        with CaptureQueriesContext(connection) as queries:
            page = read(browser, address, rows="missing")
        counts.append(len(queries))
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert following == "?rows=missing&after=50#rows"
    page = read(browser, address + following.partition("#")[0])
    assert re.search(r'<td class="number" [^>]*>51</td>', page)
    assert counts[1] <= counts[0] <= 16


def test_nobody_is_missing_from_a_result_or_where_it_is_not_known(
    lms: FakeLms, settings: Settings
) -> None:
    with_students(lms, 3)
    settings.COPY_ROWS = 1
    unknown = planned(FILE)
    job = applied(unknown)
    for address in (page_of(unknown.job), page_of(job)):
        page = read(registrar(), address, rows="missing")
        assert "not in the file" not in page
        assert ">rv-1<" in page


def test_what_is_of_another_school_is_not_there(lms: FakeLms) -> None:
    with_students(lms, 3)
    address = f"{page_of(planned(FILE).job)}/missing"
    stranger = browser_of("bo", "read_write_enrollments", school=given.HILL)
    guest = browser_of("guest", "read_metadata")
    assert [each.get(address).status_code for each in (stranger, guest)] == [404, 404]
