"""The door of jobs."""

from matricula.registrar.jobs.canceling import (
    JobNotFailed,
    JobNotRunning,
    cancel_job,
    retry_job,
)
from matricula.registrar.jobs.following import JobOfAnother, UnknownJob, get_job, list_jobs
from matricula.registrar.jobs.kinds import KINDS, Direction, Kind
from matricula.registrar.jobs.models import Job, JobState
from matricula.registrar.jobs.submitting import (
    JobInProgress,
    queue_job,
    require_no_writer,
    submit_job,
    writing_alone,
)
from matricula.registrar.jobs.working import (
    JobAtWork,
    JobLeft,
    JobPaused,
    JobWaits,
    end_waiting_job,
    work_off_job,
    working_off,
)

__all__ = [
    "KINDS",
    "Direction",
    "Job",
    "JobAtWork",
    "JobInProgress",
    "JobLeft",
    "JobNotFailed",
    "JobNotRunning",
    "JobOfAnother",
    "JobPaused",
    "JobState",
    "JobWaits",
    "Kind",
    "UnknownJob",
    "cancel_job",
    "end_waiting_job",
    "get_job",
    "list_jobs",
    "queue_job",
    "require_no_writer",
    "retry_job",
    "submit_job",
    "work_off_job",
    "working_off",
    "writing_alone",
]
