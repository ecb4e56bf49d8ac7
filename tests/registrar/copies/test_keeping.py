"""Keeping copies: what workers do from time to time."""

from datetime import UTC, datetime, timedelta

import pytest
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as QueuedJob
from pytest_django import Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable, ProgramRow
from matricula.registrar.copies.api import keep_copies, refresh_copy
from matricula.registrar.copies.models import CopiedRow, Copy
from matricula.registrar.copies.tasks import OURSELVES, keep_regularly
from matricula.registrar.kernel.api import LmsIsUnreachable
from matricula.registrar.partners.api import PermissionMissing
from tests.registrar import given
from tests.registrar.copies.calling_lms import COURSE, PROGRAM, CountingLms

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(minutes=10)


def copied(key: str = given.HYDROLOGY) -> Copy:
    return refresh_copy(program=given.program(key), kind=PROGRAM, by=given.OPERATOR, at=given.NOW)


def test_copies_are_refreshed_and_not_counted_as_used(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    copied()
    counting.enroll("rv-2")
    assert dict(keep_copies(by=OURSELVES, at=LATER)) == {"forgotten": 0, "refreshed": 1}
    copy = Copy.objects.get()
    assert (copy.rows, copy.used_at) == (2, given.NOW)
    assert copy.proven_at >= LATER


def test_what_the_lms_no_longer_has_is_forgotten(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    copied()
    copied(given.GEOLOGY)
    counting.programs = [each for each in counting.programs if each.key != given.HYDROLOGY]
    assert keep_copies(by=OURSELVES, at=LATER) == {"forgotten": 1, "refreshed": 1}
    assert not CopiedRow.objects.exists()


def test_what_has_grown_too_large_is_forgotten_and_the_other_kind_stays(
    counting: CountingLms, settings: Settings
) -> None:
    copied()
    refresh_copy(program=given.program(), kind=COURSE, by=given.OPERATOR, at=given.NOW)
    counting.enroll("rv-1", "rv-2")
    settings.COPY_ROWS = 1
    assert keep_copies(by=OURSELVES, at=LATER) == {"forgotten": 1, "refreshed": 1}
    assert Copy.objects.get().kind == COURSE.value


def test_what_does_not_stand_still_does_not_hold_up_the_others(counting: CountingLms) -> None:
    counting.enroll("rv-1")
    copied()
    copied(given.GEOLOGY)
    counting.enroll("rv-1", status="ended")

    def go_on_changing(calls: int) -> None:
        counting.enroll("rv-1", f"more-{calls}", status=["pending", "suspended"][calls % 2])

    counting.before_rows = go_on_changing
    kept = keep_copies(by=OURSELVES, at=LATER)
    assert kept == {"forgotten": 0, "refreshed": 1, "not_proven": 1}


def test_while_the_lms_is_away_nothing_is_forgotten(settings: Settings) -> None:
    copied()

    def away() -> FakeLms:
        raise LmsUnreachable("The LMS cannot be reached.")

    settings.REACH_LMS = away
    with pytest.raises(LmsIsUnreachable):
        keep_copies(by=OURSELVES, at=LATER)
    assert Copy.objects.count() == 1


def test_a_worker_takes_an_lms_that_is_away_calmly(settings: Settings) -> None:
    copy = copied()
    Copy.objects.update(used_at=datetime.now(UTC))

    def away() -> FakeLms:
        raise LmsUnreachable("The LMS cannot be reached.")

    settings.REACH_LMS = away
    keep_regularly.func(_context(), timestamp=0)
    assert Copy.objects.get() == copy


def test_a_worker_that_is_to_stop_leaves_copies_as_they_were(lms: FakeLms) -> None:
    copy = copied()
    Copy.objects.update(used_at=datetime.now(UTC), proven_at=datetime.now(UTC))
    lms.send_roster(given.HYDROLOGY, [ProgramRow(student_key="rv-9", status="enrolled")])
    with pytest.raises(JobAborted):
        keep_regularly.func(_context(AbortReason.SHUTDOWN), timestamp=0)
    assert Copy.objects.get().digest == copy.digest


def test_a_school_keeps_nothing() -> None:
    given.remembered()
    given.with_role("read_write_enrollments", school=given.RIVER)
    with pytest.raises(PermissionMissing):
        keep_copies(by=given.actor(), at=given.NOW)


def _context(reason: AbortReason | None = None) -> JobContext:
    job = QueuedJob(id=1, queue="", lock=None, queueing_lock=None, task_name="copies.keep")
    return JobContext(app=app, job=job, start_timestamp=0, abort_reason=lambda: reason)
