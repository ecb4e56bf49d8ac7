"""The door of jobs."""

from matricula.registrar.jobs.canceling import (
    JobNotFailed,
    JobNotRunning,
    TooLateToCancel,
    cancel_job,
    retry_job,
)
from matricula.registrar.jobs.fencing import while_unended
from matricula.registrar.jobs.following import (
    JobOfAnother,
    UnknownJob,
    get_job,
    list_finished_jobs,
    list_jobs,
)
from matricula.registrar.jobs.kinds import KINDS, Direction, Kind
from matricula.registrar.jobs.models import RUNNING, Job, JobState
from matricula.registrar.jobs.overseeing import (
    JobsWanted,
    count_running_jobs,
    list_with_file,
    oversee_jobs,
    see_job,
)
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
    "RUNNING",
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
    "JobsWanted",
    "Kind",
    "TooLateToCancel",
    "UnknownJob",
    "cancel_job",
    "count_running_jobs",
    "end_waiting_job",
    "get_job",
    "list_finished_jobs",
    "list_jobs",
    "list_with_file",
    "oversee_jobs",
    "queue_job",
    "require_no_writer",
    "retry_job",
    "see_job",
    "submit_job",
    "while_unended",
    "work_off_job",
    "working_off",
    "writing_alone",
]
