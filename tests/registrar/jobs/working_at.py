"""Jobs and their work, without a worker."""

from collections.abc import Callable
from typing import Any

from matricula.registrar.jobs.api import Job, JobAtWork, submit_job, work_off_job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import get_program
from tests.registrar import given

UPLOAD, DOWNLOAD = "write_program_enrollments", "list_program_enrollments"


def registrar() -> Actor:
    """Somebody who may write in the programs of a school."""
    given.remembered()
    given.with_role("read_write_enrollments", school=given.RIVER)
    return given.actor()


def submitted(
    by: Actor,
    *,
    kind: str = UPLOAD,
    in_program: str = given.HYDROLOGY,
    **more: Any,  # noqa: ANN401  what submit_job takes
) -> Job:
    program = get_program(key=in_program)
    return submit_job(kind=kind, program=program, by=by, at=given.NOW, **more)


def worked_off(
    job: Job,
    work: Callable[[JobAtWork], None],
    *,
    is_stopping: bool = False,
    attempts: int = 0,
) -> Job:
    try:
        work_off_job(uuid=job.uuid, work=work, is_stopping=lambda: is_stopping, attempts=attempts)
    finally:
        job.refresh_from_db()
    return job


def well(at_work: JobAtWork) -> None:
    """Work that goes well."""
    at_work.require_going_on()
    at_work.report(done=3, total=3, counts={"created": 3})
    at_work.finish(result_file="results/x.csv", text="200", tally="3 of 3 rows applied")


def never(at_work: JobAtWork) -> None:
    """Work that must not be done."""
    raise AssertionError(at_work.job)
