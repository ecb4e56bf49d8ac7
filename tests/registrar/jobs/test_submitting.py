"""Submitting jobs, one that writes at a time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from matricula.registrar.jobs.api import (
    Job,
    JobInProgress,
    JobState,
    require_no_writer,
    submit_job,
)
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import PermissionMissing, get_program
from tests.registrar import given
from tests.registrar.jobs.working_at import (
    DOWNLOAD,
    UPLOAD,
    registrar,
    submitted,
    well,
    worked_off,
)


@pytest.mark.django_db
def test_a_job_waits_in_the_queue() -> None:
    job = submitted(registrar(), parameters={"fmt": "csv"}, total=3)
    assert (job.state, job.direction, job.words) == (
        JobState.PENDING,
        "write",
        "program enrollment upload",
    )
    queued = ProcrastinateJob.objects.get(args={"job": str(job.uuid)})
    assert queued.task_name == f"jobs.{UPLOAD}"
    assert queued.lock == f"program:{job.program_id}"


@pytest.mark.django_db
def test_a_second_writer_is_refused_until_the_first_has_ended() -> None:
    by = registrar()
    first = submitted(by)
    with pytest.raises(JobInProgress, match="Job already in progress for program"):
        submitted(by, kind="write_course_run_enrollments")
    with pytest.raises(JobInProgress):
        require_no_writer(program=first.program)
    submitted(by, in_program=given.GEOLOGY)
    submitted(by, kind=DOWNLOAD)
    worked_off(first, well)
    require_no_writer(program=first.program)
    submitted(by)


@pytest.mark.django_db
def test_readers_do_not_keep_each_other_out() -> None:
    by = registrar()
    jobs = [submitted(by, kind=DOWNLOAD) for _ in range(2)]
    for job in jobs:
        assert ProcrastinateJob.objects.get(args={"job": str(job.uuid)}).lock is None


@pytest.mark.django_db
def test_it_needs_the_permission_of_its_direction() -> None:
    given.remembered()
    given.with_role("read_enrollments", school=given.RIVER)
    by = given.actor()
    submitted(by, kind=DOWNLOAD)
    with pytest.raises(PermissionMissing):
        submitted(by)
    with pytest.raises(PermissionMissing):
        submitted(given.OPERATOR)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("one_running_write_job_per_program", {"state": "Retrying"}),
        ("a_job_has_a_declared_state", {"state": "Canceled", "direction": "read"}),
        ("a_job_has_a_declared_kind", {"kind": "dance", "direction": "read"}),
        ("a_job_reads_or_writes", {"direction": "sideways"}),
        ("a_job_is_finished_when_its_state_is_final", {"state": "Failed"}),
    ],
)
def test_the_database_holds_the_rules(name: str, change: dict[str, str]) -> None:
    job = submitted(registrar())
    words = {"kind": UPLOAD, "direction": "write", "state": "Pending", **change}
    row = Job(
        uuid=given.uuid("job"), program=job.program, account=job.account, created_at=given.NOW
    )
    for field, value in words.items():
        setattr(row, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_of_six_at_once_one_writes() -> None:
    by = registrar()
    before = ProcrastinateJob.objects.count()
    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(lambda _: try_to_submit(by), range(6)))
    assert sorted(outcomes) == [False] * 5 + [True]
    job = Job.objects.get()
    assert ProcrastinateJob.objects.get(args={"job": str(job.uuid)})
    assert ProcrastinateJob.objects.count() == before + 1


def try_to_submit(by: Actor) -> bool:
    program = get_program(key=given.HYDROLOGY)
    try:
        submit_job(kind=UPLOAD, program=program, by=by, at=given.NOW)
    except JobInProgress:
        return False
    finally:
        connection.close()
    return True
