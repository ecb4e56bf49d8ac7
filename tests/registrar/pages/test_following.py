"""Jobs: those of one's programs, and one of them."""

from urllib.parse import urlencode

import pytest
from pytest_django import DjangoAssertNumQueries

from matricula.lms_client.api import FakeLms, ProgramRow
from matricula.registrar.downloads.api import (
    Form,
    carry_out_download,
    request_all_course_enrollments,
    request_program_enrollments,
)
from matricula.registrar.files.api import drop_file
from matricula.registrar.jobs.api import Job, work_off_job
from tests.registrar import given
from tests.registrar.pages.visiting import browser_of, read, send

pytestmark = pytest.mark.django_db


def asked(username: str = "noor", key: str = given.HYDROLOGY) -> Job:
    given.remembered()
    given.with_role("read_enrollments", username, in_program=key)
    return request_program_enrollments(
        program=given.program(key), form=Form.CSV, by=given.actor(username), at=given.NOW
    )


def done(job: Job) -> Job:
    work_off_job(uuid=job.uuid, work=carry_out_download, is_stopping=lambda: False)
    job.refresh_from_db()
    return job


def test_jobs_of_ones_programs_are_listed_with_who_and_how_they_ended(lms: FakeLms) -> None:
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-1", status="enrolled")])
    job = done(asked("noor"))
    asked("hanna", given.POETRY)
    page = read(browser_of("mira", "read_enrollments"), "/jobs")

    assert f'<a href="/jobs/{job.uuid}">Download of program enrollments</a>' in page
    assert '<span class="tag good">done</span>' in page
    assert "1 row" in page
    assert "Save the file" in page
    assert ("noor" in page, "hanna" in page) == (True, False)


def test_running_ones_renew_themselves_and_say_so_once() -> None:
    asked()
    page = read(browser_of("mira", "read_enrollments"), "/jobs")
    assert 'hx-get="/jobs" hx-trigger="every 3s"' in page
    assert '<p class="faint" role="status">1 of these is not finished.' in page
    assert "waits to begin" in page


def test_they_are_chosen_by_program_kind_and_state() -> None:
    done(asked())
    asked("noor", given.GEOLOGY)
    browser = browser_of("mira", "read_enrollments")

    def count(**query: str) -> int:
        return read(browser, f"/jobs?{urlencode(query)}").count("<tr>") - 1

    assert (count(), count(program=given.GEOLOGY), count(state="done")) == (2, 1, 1)
    assert (count(state="running", program=given.HYDROLOGY), count(kind="download")) == (-1, 2)
    assert "There is no such job." in read(browser, "/jobs", kind="upload")
    read(browser, "/jobs", status=404, program=given.POETRY)


def test_where_nothing_was_done_it_says_how_to_begin() -> None:
    assert "Nothing was done here yet." in read(browser_of("mira", "read_enrollments"), "/jobs")


def test_a_download_leads_to_its_file_with_until_when(lms: FakeLms) -> None:
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-1", status="enrolled")])
    job = done(asked())
    browser = browser_of("mira", "read_enrollments")
    page = read(browser, f"/jobs/{job.uuid}")

    assert "Save the file" in page
    assert "It works until <time" in page
    assert "read from the learning platform" in page
    assert "Cancel" not in page
    assert job.result_file
    drop_file(name=job.result_file)
    assert "The file is no longer kept" in read(browser, f"/jobs/{job.uuid}")


def test_the_file_is_withheld_from_whoever_may_read_no_longer(lms: FakeLms) -> None:
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-1", status="enrolled")])
    job = done(asked("mira"))
    browser = browser_of("mira")
    given.take_all_roles("mira")
    page = read(browser, f"/jobs/{job.uuid}")
    assert "the file is not given out" in page
    assert "/files/" not in page + read(browser, "/jobs")


def test_a_running_one_can_be_canceled_and_begun_again_by_who_asked_for_it() -> None:
    job = asked("mira")
    browser, address = browser_of("mira"), f"/jobs/{job.uuid}"

    assert "It begins as soon as a worker is free." in read(browser, address)
    assert "canceled" in send(browser, f"{address}/cancel", to=address).content.decode()
    assert "waits to begin" in send(browser, f"{address}/retry", to=address).content.decode()


def test_what_was_decided_elsewhere_meanwhile_is_told() -> None:
    job = done(asked("mira"))
    answer = browser_of("mira").post(f"/jobs/{job.uuid}/cancel")
    assert (answer.status_code, b"That cannot be done now" in answer.content) == (409, True)
    assert b"This job has ended." in answer.content


def test_a_job_of_another_school_is_not_there_and_one_of_ours_is_not_ones_own_to_cancel() -> None:
    browser = browser_of("mira", "read_enrollments")
    read(browser, f"/jobs/{asked('hanna', given.POETRY).uuid}", status=404)
    answer = browser.post(f"/jobs/{asked('noor').uuid}/cancel")
    assert answer.status_code == 403


def test_many_jobs_are_paged_and_cost_no_more_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    asked()
    browser = browser_of("mira", "read_enrollments")
    page = ""
    for count in (1, 59):
        for _ in range(count):
            request_all_course_enrollments(
                program=given.program(), form=Form.CSV, by=given.actor("noor"), at=given.NOW
            )
        with django_assert_num_queries(9):
            page = read(browser, "/jobs")
    (older,) = {part.split('"')[0] for part in page.split("before=")[1:]}
    assert page.count("<tr>") == 26
    assert "The newest" in read(browser, "/jobs", before=older)
