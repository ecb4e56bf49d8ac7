"""Standing: what a plan or an upload is to whoever looks at it now, as one word.

The templates have words, and buttons, for each of them.
"""

from datetime import datetime
from enum import StrEnum

from matricula.registrar.jobs.api import Job, JobState
from matricula.registrar.uploads.api import CHANGING, Plan, PlanState, Upload, is_over

CANCELED = "canceled"


class Standing(StrEnum):
    """How something stands. What a plan may be comes first, what an upload may be last."""

    PLANNING = "planning"
    NOT_MADE = "not-made"
    READY = "ready"
    NOTHING = "nothing"
    WAITS_FOR_OTHERS = "waits-for-others"
    """It is heavy, and one's own."""
    WAITS_FOR_YOU = "waits-for-you"
    """It is heavy, and somebody else's."""
    EXPIRED = "expired"
    DISCARDED = "discarded"
    STALE = "stale"
    TAKEN = "taken"
    WRITING = "writing"
    DONE = "done"
    CANCELED = "canceled"
    FAILED = "failed"


def stand_plan(plan: Plan, *, account_id: int, at: datetime) -> Standing:
    """Return how a plan stands for an account."""
    if plan.state == PlanState.PLANNING:
        return Standing.NOT_MADE if is_ended(plan.job) else Standing.PLANNING
    if plan.state != PlanState.READY:
        return Standing(plan.state)
    if not any(plan.job.counts.get(each) for each in CHANGING):
        return Standing.NOTHING
    if is_over(plan, at=at):
        return Standing.EXPIRED
    if plan.waits_since is None:
        return Standing.READY
    is_own = plan.job.account_id == account_id
    return Standing.WAITS_FOR_OTHERS if is_own else Standing.WAITS_FOR_YOU


def stand_upload(upload: Upload, *, account_id: int) -> Standing:
    """Return how an upload stands for an account."""
    job = upload.job
    if job.state == JobState.SUCCEEDED:
        return Standing.DONE
    if job.state == JobState.FAILED:
        return Standing.CANCELED if job.failure_code == CANCELED else Standing.FAILED
    if upload.waits_since is not None:
        is_own = job.account_id == account_id
        return Standing.WAITS_FOR_OTHERS if is_own else Standing.WAITS_FOR_YOU
    return Standing.WRITING


def is_ended(job: Job) -> bool:
    """Tell whether nothing more is done for a job."""
    return JobState(job.state).is_final
