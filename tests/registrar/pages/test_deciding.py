"""What waits for a second person, and deciding on it."""

import pytest

from matricula.lms_client.api import FakeLms
from matricula.registrar.jobs.api import Job, JobState
from matricula.registrar.uploads.api import Plan
from tests.registrar.pages.visiting import browser_of, read
from tests.registrar.uploads.sending import planned, statuses, uploaded, with_students, worked_off

pytestmark = pytest.mark.django_db

CANCELED = "student_key,status\n" + "".join(f"rv-{each},canceled\n" for each in range(11))


def waiting_upload(lms: FakeLms) -> Job:
    with_students(lms, 50)
    return uploaded(CANCELED)


def waiting_plan(lms: FakeLms) -> Plan:
    with_students(lms, 50)
    return planned(CANCELED, reason="They have left <b>")


def test_what_waits_is_listed_and_counted_in_the_navigation(lms: FakeLms) -> None:
    plan = waiting_plan(lms)
    page = read(browser_of("dean", "read_write_enrollments"), "/approvals")

    assert "It would change 11 of 50 enrollments." in page
    assert "Sent by registrar" in page
    assert "Why: They have left &lt;b&gt;" in page
    assert f'href="/approvals/{plan.job.uuid}"' in page
    assert "(1 waits)" in page
    assert "1 waits for approval" in read(browser_of("dean"), "/")


def test_a_plan_that_is_approved_is_done_exactly_so(lms: FakeLms) -> None:
    plan = waiting_plan(lms)
    browser, address = browser_of("dean", "read_write_enrollments"), f"/approvals/{plan.job.uuid}"
    assert "Look at the plan, row by row" in read(browser, address)

    answer = browser.post(address, {"decision": "approve"})

    job = Job.objects.exclude(pk=plan.job_id).get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.uuid}")
    worked_off(job)
    assert (job.state, statuses(lms)["rv-0"]) == (JobState.SUCCEEDED, "canceled")
    assert "Nothing waits." in read(browser, "/approvals")


def test_an_upload_of_the_api_is_approved_alike(lms: FakeLms) -> None:
    job = waiting_upload(lms)
    browser = browser_of("dean", "read_write_enrollments")
    answer = browser.post(f"/approvals/{job.uuid}", {"decision": "approve"})
    assert answer["Location"] == f"/jobs/{job.uuid}"
    assert worked_off(job).state == JobState.SUCCEEDED


@pytest.mark.parametrize("make", [waiting_plan, waiting_upload])
def test_what_is_rejected_is_not_done_and_says_why(lms: FakeLms, make: object) -> None:
    assert callable(make)
    made = make(lms)
    job = made.job if isinstance(made, Plan) else made
    browser, address = browser_of("dean", "read_write_enrollments"), f"/approvals/{job.uuid}"

    unsaid = browser.post(address, {"decision": "reject", "reason": " "})
    assert (unsaid.status_code, b"Say why" in unsaid.content) == (400, True)
    answer = browser.post(address, {"decision": "reject", "reason": "Half of the school?"})

    assert answer["Location"] == "/approvals"
    assert "Half of the school?" in read(browser_of("registrar"), f"/jobs/{job.uuid}")
    assert set(statuses(lms).values()) == {"enrolled"}


def test_ones_own_is_for_somebody_else(lms: FakeLms) -> None:
    plan = waiting_plan(lms)
    browser, address = browser_of("registrar"), f"/approvals/{plan.job.uuid}"
    assert "It is your own: somebody else has to decide." in read(browser, "/approvals")
    assert 'value="approve"' not in read(browser, address)
    answer = browser.post(address, {"decision": "approve"})
    assert (answer.status_code, Job.objects.count()) == (403, 1)


def test_what_somebody_else_has_decided_meanwhile_is_told(lms: FakeLms) -> None:
    plan = waiting_plan(lms)
    browser, address = browser_of("dean", "read_write_enrollments"), f"/approvals/{plan.job.uuid}"
    browser.post(address, {"decision": "approve"})
    answer = browser.post(address, {"decision": "approve"})
    assert (answer.status_code, b"somebody else may have decided" in answer.content) == (409, True)
    assert Job.objects.count() == 2


def test_whoever_may_not_write_is_not_told_of_it(lms: FakeLms) -> None:
    plan = waiting_plan(lms)
    browser = browser_of("mira", "read_enrollments")
    assert "Nothing waits." in read(browser, "/approvals")
    read(browser, f"/approvals/{plan.job.uuid}", status=409)


def test_a_decision_is_one_of_two(lms: FakeLms) -> None:
    plan = waiting_plan(lms)
    browser = browser_of("dean", "read_write_enrollments")
    assert browser.post(f"/approvals/{plan.job.uuid}", {"decision": "x"}).status_code == 404
