"""Jobs."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from matricula.registrar.accounts.api import Account
from matricula.registrar.jobs.kinds import KINDS, Direction
from matricula.registrar.partners.api import Program


class JobState(StrEnum):
    """How a job stands, in the words of the API. A canceled one has failed, and says so."""

    PENDING = "Pending"
    IN_PROGRESS = "In Progress"
    RETRYING = "Retrying"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will be done."""
        return self in FINAL


FINAL = (JobState.SUCCEEDED.value, JobState.FAILED.value)
NO_RETURN = "no_return"
"""Among the parameters of a job: that it cannot be stopped any more."""
RUNNING = (JobState.PENDING.value, JobState.IN_PROGRESS.value, JobState.RETRYING.value)


class Job(models.Model):
    """Something that somebody has asked for in a program, and how far it has come.

    ``parameters`` are its kind's own. ``counts`` are by what became of rows, ``done`` of ``total``
    rows; ``tally`` says the same in words. ``input_file`` and ``result_file`` are names in the
    storage of files. ``attempt`` counts from 1; a retried job keeps what it has.
    """

    uuid = models.UUIDField(unique=True)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)
    kind = models.TextField()
    direction = models.TextField()
    parameters = models.JSONField(default=dict)
    request_id = models.TextField(blank=True)
    state = models.TextField(default=JobState.PENDING.value)
    total = models.IntegerField(null=True)
    done = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    tally = models.TextField(blank=True)
    text = models.TextField(blank=True)
    input_file = models.TextField(blank=True)
    result_file = models.TextField(blank=True)
    failure_code = models.TextField(blank=True)
    failure = models.TextField(blank=True)
    attempt = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job"
        constraints = [
            models.UniqueConstraint(
                fields=["program"],
                condition=Q(direction=Direction.WRITE.value, state__in=RUNNING),
                name="one_running_write_job_per_program",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in JobState]),
                name="a_job_has_a_declared_state",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(KINDS)), name="a_job_has_a_declared_kind"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=[each.value for each in Direction]),
                name="a_job_reads_or_writes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINAL, finished_at__isnull=False)
                | Q(state__in=RUNNING, finished_at=None),
                name="a_job_is_finished_when_its_state_is_final",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="jobs_of_an_account"),
            models.Index(fields=["program", "-id"], name="jobs_of_a_program"),
            models.Index(fields=["finished_at"], name="jobs_to_be_forgotten"),
        ]

    def __str__(self) -> str:
        return f"job {self.uuid}"

    @property
    def is_past_return(self) -> bool:
        """Whether it cannot be stopped any more: what it is about is being done elsewhere."""
        return NO_RETURN in self.parameters

    @property
    def words(self) -> str:
        """What people read of it: its kind, with the tally when there is one."""
        words = KINDS[self.kind].words
        return f"{words} ({self.tally})" if self.tally else words
