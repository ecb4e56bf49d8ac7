"""Jobs as lists show them: what has become of each plan and upload, and of which file."""

import re

import pytest
from django.test import Client

from matricula.lms_client.api import FakeLms, ProgramRow
from matricula.registrar.jobs.api import Job
from matricula.registrar.uploads.api import discard_plan
from tests.registrar import given
from tests.registrar.pages.uploading.test_choosing import registrar
from tests.registrar.pages.visiting import read
from tests.registrar.uploads.sending import (
    applied,
    now,
    planned,
    undone,
    uploaded,
    with_students,
)
from tests.registrar.uploads.test_planning import heavy

pytestmark = pytest.mark.django_db

ENDED = "student_key,status\nrv-0,ended\n"


def told(browser: Client, job: Job) -> str:
    """What the list says of a job behind its link."""
    rows = re.findall(r"<tr>.*?</tr>", read(browser, "/jobs"))
    (row,) = [each for each in rows if str(job.uuid) in each]
    return re.sub(r"<[^>]*>", " ", row)


def test_a_plan_is_listed_with_its_file_and_what_has_become_of_it(lms: FakeLms) -> None:
    with_students(lms, 4)
    browser, plan = registrar(), planned(ENDED, reason="a new term")
    assert "spring.csv" in told(browser, plan.job)
    assert "ready to be applied" in told(browser, plan.job)
    assert "a new term" in told(browser, plan.job)
    upload = applied(plan)
    assert "applied" in told(browser, plan.job)
    assert "ready" not in told(browser, plan.job)
    assert "spring.csv" in told(browser, upload)
    assert "done" in told(browser, upload)


def test_an_upload_that_was_taken_back_is_listed_so(lms: FakeLms) -> None:
    with_students(lms, 4)
    browser, upload = registrar(), uploaded(ENDED)
    undo = applied(undone(upload))
    assert "undone" in told(browser, upload)
    assert "done" in told(browser, undo)
    assert "undone" not in told(browser, undo)


def test_what_nobody_can_apply_any_more_is_not_called_ready(lms: FakeLms) -> None:
    with_students(lms, 4)
    browser, stale, discarded = registrar(), planned(ENDED), planned(ENDED)
    idle = planned("student_key,status\nrv-1,enrolled\n")
    discard_plan(uuid=discarded.job.uuid, by=given.actor(), at=now())
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-0", status="canceled")])
    failed = applied(stale)
    assert "out of date" in told(browser, stale.job)
    assert "thrown away" in told(browser, discarded.job)
    assert "nothing to apply" in told(browser, idle.job)
    assert "1 row is no longer as when the plan was made" in told(browser, failed)


def test_one_that_waits_for_a_second_person_says_so(lms: FakeLms) -> None:
    browser, plan = registrar(), heavy(lms)
    assert "waits for a second person" in told(browser, plan.job)
