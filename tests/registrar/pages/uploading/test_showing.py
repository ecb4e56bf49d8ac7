"""From a plan to its result, and back: what the page of a job says and offers."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsRefused, LmsUnreachable, ProgramRow
from matricula.registrar.jobs.api import Job
from matricula.registrar.kernel.api import LmsIsUnreachable
from matricula.registrar.uploads.api import Plan, Upload
from tests.registrar import given
from tests.registrar.pages.uploading.test_choosing import registrar, sent
from tests.registrar.pages.visiting import browser_of, read, send
from tests.registrar.uploads.sending import (
    applied,
    foretold,
    planned,
    received,
    statuses,
    uploaded,
    with_students,
    worked_off,
)
from tests.registrar.uploads.test_approving import waiting
from tests.registrar.uploads.test_carrying_out import failing
from tests.registrar.uploads.test_planning import heavy

pytestmark = pytest.mark.django_db

FILE = "Name,student_key,status\nAnn,rv-0,ended\nBo,rv-9,enrolled\nCy,rv-3,gone\n"


def page_of(job: Job) -> str:
    return f"/jobs/{job.uuid}"


def planned_by_form(browser: Client, content: str = FILE) -> Plan:
    sent(browser, content, reason="a new term")
    return foretold(Plan.objects.select_related("job").latest("job_id").job)


def newest_job() -> Job:
    return Job.objects.latest("pk")


def test_a_file_is_planned_applied_and_undone(lms: FakeLms) -> None:
    with_students(lms, 4)
    browser = registrar()
    plan = planned_by_form(browser)
    page = read(browser, page_of(plan.job))
    assert "<strong>1</strong> new" in page
    assert "<strong>1</strong> changed" in page
    assert "<strong>1</strong> refused" in page
    assert "<strong>2</strong> not in the file" in page
    assert "nobody is taken out because a file leaves them out" in page
    assert re.search(
        r">enrolled</td><td [^>]*><span class=\"unseen\">then </span>ended</td>", page
    )
    assert "not in the program" in page
    assert "a new term" in page

    action = f"{page_of(plan.job)}/apply"
    answer: Any = browser.post(action)
    upload = newest_job()
    assert answer["Location"] == page_of(upload)
    assert browser.post(action)["Location"] == page_of(upload)
    assert "It begins as soon as a worker is free." in read(browser, page_of(upload))
    worked_off(upload)
    assert statuses(lms)["rv-0"] == "ended"
    page = read(browser, page_of(upload))
    assert "Some rows were refused" in page
    assert 'aria-current="true">refused <span class="faint">1</span>' in page
    assert "rv-3" in page
    assert "This plan is applied." in read(browser, page_of(plan.job))
    corrections = b"".join(browser.get(f"{page_of(upload)}/corrections").streaming_content)  # type: ignore[attr-defined]  # of files alone
    assert corrections.decode().split("\r\n")[0] == "Name,student_key,status,reason"
    assert corrections.decode().split("\r\n")[1].startswith("Cy,rv-3,gone,")

    browser.post(f"{page_of(upload)}/undo", {"reason": "the wrong term"})
    undo = foretold(newest_job())
    page = read(browser, page_of(undo.job))
    assert "What undoing would do" in page
    assert "<strong>2</strong> put back" in page
    browser.post(f"{page_of(undo.job)}/apply")
    worked_off(newest_job())
    assert statuses(lms)["rv-0"] == "enrolled"
    assert "All is as it was before." in read(browser, page_of(newest_job()))
    page = read(browser, page_of(upload))
    assert ">Undone</a>" in page
    assert "This upload was taken back." in page


def test_an_upload_of_the_api_is_undone_from_its_page(lms: FakeLms, settings: Settings) -> None:
    with_students(lms, 4)
    browser = registrar()
    job = uploaded("student_key,status\nrv-0,ended\n")
    page = page_of(job)
    assert "Plan to undo this upload" in read(browser, page)
    browser.post(f"{page}/undo")
    undo = foretold(newest_job())
    assert "<strong>1</strong> put back" in read(browser, page_of(undo.job))
    applied(undo)
    assert ">Undone</a>" in read(browser, page)
    settings.LMS_API = "v1"
    assert "takes nothing back" in read(browser, page)


def test_while_a_plan_is_made_its_page_renews_itself_until_it_is_there() -> None:
    browser = registrar()
    sent(browser, FILE)
    job = newest_job()
    page = read(browser, page_of(job))
    assert "What this file would do" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Look again" in page
    assert "HX-Refresh" not in browser.get(page_of(job), headers={"HX-Request": "true"})
    foretold(job)
    assert browser.get(page_of(job), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "every 2s" not in read(browser, page_of(job))


def test_rows_are_looked_through_by_what_is_said_of_them_and_by_key(lms: FakeLms) -> None:
    with_students(lms, 1)
    lines = "".join(f"new-{number},enrolled\n" for number in range(60))
    plan = planned(f"student_key,status\nrv-0,ended\n{lines}")
    browser, address = registrar(), page_of(plan.job)
    page = read(browser, address)
    assert ">new-48<" in page
    assert ">new-49<" not in page
    following = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    page = read(browser, address + following.partition("#")[0])
    assert ">new-59<" in page
    assert "From the first" in page
    page = read(browser, address, rows="update")
    assert ">rv-0<" in page
    assert ">new-1<" not in page
    assert ">new-7<" in read(browser, address, key=" NEW-7 ", rows="all")
    assert "No row here is about nobody" in read(browser, address, key="nobody")


def test_many_rows_cost_no_more_queries(lms: FakeLms) -> None:
    with_students(lms, 1)
    browser = registrar()
    counts = []
    for rows in (3, 3_000):
        lines = "".join(f"new-{number},gone\n" for number in range(rows))
        plan = planned(f"student_key,status\n{lines}")
        with CaptureQueriesContext(connection) as queries:
            read(browser, page_of(plan.job))
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 16


def test_something_that_moved_is_told_row_by_row_and_planned_again(lms: FakeLms) -> None:
    with_students(lms, 4)
    plan = planned(FILE)
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-0", status="canceled")])
    job = applied(plan)
    browser = registrar()
    page = read(browser, page_of(job))
    assert "It has failed." in page
    assert "See what has changed" in page
    page = read(browser, page_of(plan.job))
    assert "Nothing was done: something has changed since this plan was made." in page
    assert re.search(r">rv-0</th><td [^>]*>enrolled</td><td [^>]*>canceled", page)
    answer: Any = browser.post(f"{page_of(plan.job)}/again")
    again = foretold(newest_job())
    assert answer["Location"] == page_of(again.job)
    assert "Apply this plan" in read(browser, page_of(again.job))


def test_heavy_ones_are_for_a_second_person(lms: FakeLms) -> None:
    plan = heavy(lms)
    browser, dean = registrar(), browser_of("dean", "read_write_enrollments")
    page = read(browser, page_of(plan.job))
    assert "It waits for a second person." in page
    assert "Apply this plan" not in page
    answer: Any = browser.post(f"{page_of(plan.job)}/apply")
    assert (answer.status_code, b"somebody else has to apply it" in answer.content) == (403, True)
    page = read(dean, page_of(plan.job))
    assert "registrar has sent it." in page
    assert "11 of 50 enrollments (22 %)" in page
    dean.post(f"{page_of(plan.job)}/apply")
    upload = worked_off(newest_job())
    assert "Approved by" in read(browser, page_of(upload))


def test_an_upload_of_the_api_that_waits_says_what_it_would_do(lms: FakeLms) -> None:
    job = waiting(lms)
    page = read(registrar(), page_of(job))
    assert "Somebody else who may write to this program has to approve it" in page
    assert "<strong>11</strong> changed" in page
    assert f"/approvals/{job.uuid}" in read(
        browser_of("dean", "read_write_enrollments"), page_of(job)
    )


def test_an_upload_of_the_api_has_its_rows_too(lms: FakeLms) -> None:
    with_students(lms, 4)
    page = read(registrar(), page_of(uploaded(FILE)))
    assert "Asked for" in page
    assert ">rv-3<" in page
    assert "Save the refused rows" in page


def test_a_plan_is_thrown_away_and_says_by_whom(lms: FakeLms) -> None:
    with_students(lms, 4)
    plan = planned(FILE)
    browser = registrar()
    address = page_of(plan.job)
    page = send(browser, f"{address}/discard", to=address).content.decode()
    assert "This plan was thrown away." in page
    assert "By registrar," in page
    answer: Any = browser.post(f"{address}/apply")
    assert (answer.status_code, b"That was not done." in answer.content) == (409, True)


def test_who_rejects_another_s_heavy_plan_says_why_whatever_form_they_send(lms: FakeLms) -> None:
    address = page_of(heavy(lms).job)
    dean = browser_of("dean", "read_write_enrollments")
    answer: Any = dean.post(f"{address}/discard", {"because": " "})
    assert (answer.status_code, b"Say why, for whoever" in answer.content) == (400, True)
    assert "so a second person decides" in read(dean, address)
    page = send(dean, f"{address}/discard", to=address, because="the wrong term")
    assert "the wrong term" in page.content.decode()


def test_whoever_has_not_applied_a_plan_that_failed_is_told_to_plan_anew(lms: FakeLms) -> None:
    with_students(lms, 4)
    plan = planned(FILE)
    failing(lms, "apply_plan", LmsRefused("Not now.", status=409, code="not-now", request_id=""))
    job = applied(plan)
    own, other = registrar(), browser_of("dean", "read_write_enrollments")
    page = read(other, page_of(job))
    assert "Only registrar, who has applied it, can try it again." in page
    assert ">Try again<" not in page
    assert "Only registrar" not in read(own, page_of(job))
    newest = newest_job()
    answer: Any = other.post(re.search(r'action="([^"]+/again)"', page)[1])  # type: ignore[index]  # it is there
    assert answer["Location"] == page_of(newest_job())
    assert newest_job() != newest


def test_while_another_job_writes_applying_says_which(lms: FakeLms) -> None:
    with_students(lms, 4)
    plan = planned(FILE)
    writer = received("student_key,status\nrv-7,enrolled\n", sender="dean")
    answer: Any = registrar().post(f"{page_of(plan.job)}/apply")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Another job writes to this program just now." in page
    assert f'href="/jobs/{writer.uuid}"' in page
    assert not Upload.objects.filter(plan=plan).exists()


def test_an_lms_that_is_away_is_said_to_be(lms: FakeLms) -> None:
    failing(lms, "make_plan", LmsUnreachable("Nobody answers."))
    with pytest.raises(LmsIsUnreachable):
        planned(FILE)
    page = read(registrar(), page_of(newest_job()))
    assert "The learning platform cannot be reached as it should" in page
    assert "not allowed" not in page


def test_who_may_only_read_looks_and_decides_nothing(lms: FakeLms) -> None:
    with_students(lms, 4)
    plan = planned(FILE)
    reader = browser_of("ann", "read_enrollments")
    page = read(reader, page_of(plan.job))
    assert "You may look at it, but not apply it." in page
    assert '<button type="submit">Apply' not in page
    for what in ("apply", "discard", "again"):
        assert reader.post(f"{page_of(plan.job)}/{what}").status_code == 403
    job = applied(plan)
    assert "Plan to undo this upload" not in read(reader, page_of(job))
    assert reader.post(f"{page_of(job)}/undo").status_code == 403


def test_what_is_of_another_school_is_not_there(lms: FakeLms) -> None:
    with_students(lms, 4)
    plan = planned(FILE)
    stranger = browser_of("bo", "read_write_enrollments", school=given.HILL)
    for address in (page_of(plan.job), f"{page_of(plan.job)}/corrections"):
        assert stranger.get(address).status_code == 404
    for what in ("apply", "discard", "again", "undo"):
        assert stranger.post(f"{page_of(plan.job)}/{what}").status_code == 404


def test_when_all_is_as_the_file_says_there_is_nothing_to_apply(lms: FakeLms) -> None:
    with_students(lms, 1)
    page = read(registrar(), page_of(planned("student_key,status\nrv-0,enrolled\n").job))
    assert "There is nothing to apply." in page
    assert "All is as the file says already." in page


def test_a_file_with_nothing_below_its_header_is_told_so(lms: FakeLms) -> None:
    with_students(lms, 2)
    page = read(registrar(), page_of(planned("student_key,status\n").job))
    assert "The file has only its header, and no rows below it." in page
    assert "as the file says already" not in page
