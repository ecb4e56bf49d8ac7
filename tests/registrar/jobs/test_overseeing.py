"""Overseeing jobs: one's own, and those of others in one's programs."""

from uuid import uuid4

import pytest

from matricula.registrar.jobs.api import (
    Job,
    JobsWanted,
    UnknownJob,
    count_running_jobs,
    list_with_file,
    oversee_jobs,
    see_job,
    submit_job,
)
from tests.registrar import given

pytestmark = pytest.mark.django_db


def submitted(by: str, key: str = given.HYDROLOGY) -> Job:
    program = given.program(key)
    given.with_role("read_enrollments", by, in_program=key)
    return submit_job(
        kind="list_program_enrollments", program=program, by=given.actor(by), at=given.NOW
    )


def seen(by: str, wanted: JobsWanted | None = None) -> list[Job]:
    return oversee_jobs(by=given.actor(by), wanted=wanted or JobsWanted(), limit=10)


def test_jobs_of_others_are_seen_where_one_may_read_enrollments() -> None:
    first, second = submitted("noor"), submitted("noor", given.GEOLOGY)
    submitted("noor", given.POETRY)
    given.with_role("read_enrollments", "mira", school=given.RIVER)
    given.with_role("read_reports", "hanna", school=given.RIVER)

    assert seen("mira") == [second, first]
    assert seen("mira", JobsWanted(program=first.program)) == [first]
    assert seen("hanna") == []
    assert see_job(uuid=first.uuid, by=given.actor("mira")) == first
    with pytest.raises(UnknownJob):
        see_job(uuid=first.uuid, by=given.actor("hanna"))
    with pytest.raises(UnknownJob):
        see_job(uuid=uuid4(), by=given.actor("mira"))


def test_ones_own_stay_in_sight_when_the_role_is_gone() -> None:
    job = submitted("noor")
    given.take_all_roles("noor")
    assert seen("noor") == [job]
    assert see_job(uuid=job.uuid, by=given.actor("noor")) == job


def test_what_ones_own_has_fetched_does_not() -> None:
    job, _ = submitted("noor"), submitted("noor")
    Job.objects.filter(pk=job.pk).update(result_file="results/x.csv")
    jobs = list(Job.objects.select_related("program").order_by("pk"))
    assert list_with_file(jobs=jobs, by=given.actor("noor")) == [job]
    given.take_all_roles("noor")
    assert list_with_file(jobs=jobs, by=given.actor("noor")) == []


def test_administrators_see_all() -> None:
    job = submitted("noor", given.POETRY)
    given.with_role("administrator", "dean", school=None)
    assert seen("dean") == [job]


def test_older_ones_come_after_an_id() -> None:
    first, second = submitted("noor"), submitted("noor")
    found = oversee_jobs(by=given.actor("noor"), wanted=JobsWanted(), limit=10, before=second.pk)
    assert found == [first]


def test_running_ones_are_counted_for_whoever_may_see_them() -> None:
    program = submitted("noor").program
    submitted("noor")
    assert count_running_jobs(programs=[program], by=given.actor("noor")) == {program.pk: 2}
    assert count_running_jobs(programs=[program], by=given.actor("hanna")) == {}
