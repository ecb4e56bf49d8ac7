"""Plans, each beside the roster job that keeps its rows and what is foreseen of them."""

from datetime import datetime
from enum import StrEnum

from django.db import models
from django.db.models import Q

from matricula.lms.rosters.api import JobState, RosterJob


class PlanState(StrEnum):
    """How a plan stands."""

    PLANNING = "planning"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    STALE = "stale"
    FAILED = "failed"
    DISCARDED = "discarded"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """What has become of a plan, as far as anybody has done anything about it."""

    OPEN = "open"
    APPLYING = "applying"
    APPLIED = "applied"
    STALE = "stale"
    FAILED = "failed"
    DISCARDED = "discarded"


class Undone(StrEnum):
    """What an undo takes back."""

    NOTHING = ""
    JOB = "job"
    PLAN = "plan"
    CHANGE_SET = "change-set"
    REQUEST = "request"


class Plan(models.Model):
    """A plan, and what has become of it. It is forgotten with its job.

    ``moved`` has no student keys: they stand in the rows of the job, which a retirement erases.
    """

    job = models.OneToOneField(RosterJob, on_delete=models.CASCADE, primary_key=True)
    made_by = models.TextField(help_text="The name of the actor: account:17.")
    ground = models.TextField(
        blank=True, help_text="A name of what its rows stand on in the catalog."
    )
    undoes = models.TextField(blank=True)
    undoes_id = models.TextField(blank=True)
    undone_change_sets = models.JSONField(default=list)
    outcome = models.TextField(default=Outcome.OPEN.value)
    expires_at = models.DateTimeField()
    apply_asked_at = models.DateTimeField(null=True)
    applied_by = models.TextField(blank=True)
    applied_channel = models.TextField(blank=True)
    applied_request_id = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)
    moved_count = models.IntegerField(default=0)
    moved = models.JSONField(default=list)
    failure_code = models.TextField(blank=True)
    failure = models.TextField(blank=True)

    class Meta:
        db_table = "plan"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in Outcome]),
                name="a_plan_has_a_declared_outcome",
            ),
            models.CheckConstraint(
                condition=Q(undoes__in=[what.value for what in Undone]),
                name="a_plan_undoes_what_can_be_undone",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.APPLIED.value, applied_at__isnull=False)
                | ~Q(outcome=Outcome.APPLIED.value) & Q(applied_at=None),
                name="a_plan_is_applied_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"plan of roster job {self.job_id}"

    @property
    def is_undo(self) -> bool:
        """Whether it puts back what was written, instead of writing a roster."""
        return self.undoes != Undone.NOTHING

    def state_at(self, at: datetime) -> PlanState:
        """Return how it stands at a moment."""
        if self.outcome != Outcome.OPEN:
            return PlanState(self.outcome)
        found = {
            JobState.SUCCEEDED: PlanState.READY,
            JobState.FAILED: PlanState.FAILED,
            JobState.CANCELED: PlanState.DISCARDED,
        }.get(JobState(self.job.state), PlanState.PLANNING)
        is_late = found is PlanState.READY and self.expires_at <= at
        return PlanState.EXPIRED if is_late else found
