"""Rows that are looked through page by page."""

from datetime import timedelta
from itertools import islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.lms_client.api import FakeLms
from matricula.registrar.copies.api import MissingRow
from matricula.registrar.jobs.api import Job, JobAtWork, JobLeft
from matricula.registrar.uploads.api import KeptRow, delete_expired_rows, list_rows
from matricula.registrar.uploads.keeping import iterate_kept_rows, keep_missing, keeping_rows
from tests.registrar import given
from tests.registrar.uploads.sending import begun_again, now, planned, with_students

pytestmark = pytest.mark.django_db


def a_row(line: int) -> KeptRow:
    action, verdict = ("refuse", "invalid-status") if line % 5_000 == 0 else ("create", "enrolled")
    return KeptRow(
        line=line,
        student_key=f"Rv-{line}",
        course="",
        asked="enrolled",
        action=action,
        verdict=verdict,
        reason="",
    )


def kept(lms: FakeLms, rows: int) -> Job:
    with_students(lms, 1)
    job = begun_again(planned("student_key,status\nrv-0,ended\n").job)
    assert sum(1 for _ in keeping_rows(job, map(a_row, range(1, rows + 1)))) == rows
    return job


def lines(job: Job, **wanted: object) -> list[int]:
    found = list_rows(job=job, by=given.actor(), **{"limit": 50, **wanted})  # type: ignore[arg-type]  # some of its parameters
    return [row.line for row in found]


def test_a_page_is_had_from_anywhere(lms: FakeLms) -> None:
    job = kept(lms, 2_500)
    assert lines(job, limit=3) == [1, 2, 3]
    assert lines(job, after=999, limit=3) == [1_000, 1_001, 1_002]
    assert lines(job, after=2_499) == [2_500]
    assert lines(job, after=2_500) == []


def test_ten_thousand_rows_are_kept_by_one_statement_and_two_fences(
    lms: FakeLms, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = kept(lms, 1)
    with django_assert_num_queries(2 * (3 + 1)):  # each in a transaction
        assert sum(1 for _ in keeping_rows(job, map(a_row, range(1, 10_001)))) == 10_000
    assert lines(job, after=9_998) == [9_999, 10_000]


def test_rows_are_found_by_what_is_said_of_them(lms: FakeLms) -> None:
    job = kept(lms, 12_000)
    assert lines(job, word="refuse") == [5_000, 10_000]
    assert lines(job, word="refuse", after=5_000) == [10_000]
    assert lines(job, word="refuse:invalid-status") == [5_000, 10_000]
    assert lines(job, word="refuse:duplicated") == []


def test_a_student_is_found_however_the_key_is_written(lms: FakeLms) -> None:
    job = kept(lms, 12_000)
    assert lines(job, student_key=" RV-11999 ") == [11_999]
    assert lines(job, student_key="rv-10000", word="refuse") == [10_000]
    assert lines(job, student_key="rv-10000", word="create") == []
    assert lines(job, student_key="rv-1999x") == []


@pytest.mark.parametrize("wanted", [{}, {"word": "refuse"}, {"student_key": "rv-49000"}], ids=str)
def test_many_rows_cost_no_more(wanted: dict[str, str], lms: FakeLms) -> None:
    few, many = kept(lms, 2_000), kept(lms, 50_000)
    assert count_queries(many, wanted) <= count_queries(few, wanted) + 1


def count_queries(job: Job, wanted: dict[str, str]) -> int:
    by = given.actor()
    with CaptureQueriesContext(connection) as queries:
        list_rows(job=job, by=by, limit=5, **wanted)  # type: ignore[arg-type]  # as above
    return len(queries)


def test_kept_again_they_take_the_place_of_those_before(lms: FakeLms) -> None:
    job = kept(lms, 1_500)
    list(keeping_rows(job, [a_row(7)]))
    assert lines(job) == [7]


def test_of_two_workers_one_may_end_the_job_and_the_other_leave_and_no_row_is_lost(
    lms: FakeLms,
) -> None:
    job, lines_of_file = kept(lms, 1), range(1, 25_001)
    first, second = (keeping_rows(job, map(a_row, lines_of_file)) for _ in range(2))
    list(islice(first, 15_000))
    next(second)
    assert sum(1 for _ in first) == 10_000
    JobAtWork(job, is_stopping=lambda: False).finish()
    with pytest.raises(JobLeft):
        list(second)
    with pytest.raises(JobLeft):
        keep_missing(job, [MissingRow("rv-1", "", "ended")])
    assert [row.line for row in iterate_kept_rows(job=job)] == list(lines_of_file)


def test_they_go_when_files_go(lms: FakeLms, settings: Settings) -> None:
    job = kept(lms, 10)
    job.created_at = now()
    job.save()
    delete_expired_rows(at=now())
    assert lines(job)
    delete_expired_rows(at=now() + timedelta(days=settings.FILE_DAYS + 1))
    assert lines(job) == []
