"""Rosters that are worked off in the background, as jobs; and digests of what programs hold."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import Program
from matricula.lms.organizations.api import Organization


class JobState(StrEnum):
    """How a job stands. A canceled or failed one keeps what it has written, and says it."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will be done."""
        return self in FINAL


FINAL = (JobState.SUCCEEDED.value, JobState.FAILED.value, JobState.CANCELED.value)
UNDOS_BEING_MADE = 0
"""The id of no job: under it, as a job, those that nobody can see yet are locked together."""


class RosterJob(models.Model):
    """A roster that somebody has sent, and how far it has come.

    ``counts`` and ``verdicts`` are of the rows that are answered; ``answered`` is their number.
    Of a plan it is the rows and what is foreseen of them.
    """

    uuid = models.UUIDField(unique=True)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    # An operator's plan is of no account: it is worked off by whoever makes it.
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, db_index=False)
    channel = models.TextField()
    request_id = models.TextField(blank=True)
    kind = models.TextField()
    mode = models.TextField()
    is_atomic = models.BooleanField()
    is_dry_run = models.BooleanField()
    is_plan = models.BooleanField(
        default=False, help_text="A dry run that is kept to be applied as it is; see plans."
    )
    reason = models.TextField(blank=True)
    name = models.TextField(help_text="Of the file, for the ledger.")
    header = models.JSONField(help_text="The names of the columns, as they were written.")
    has_byte_order_mark = models.BooleanField()
    rows = models.IntegerField()
    state = models.TextField(default=JobState.PENDING.value)
    answered = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    verdicts = models.JSONField(default=dict)
    is_applied = models.BooleanField(default=False)
    change_sets = models.JSONField(
        default=list, help_text="The ids of those under which it has written, for an undo."
    )
    failure_code = models.TextField(blank=True)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "roster_job"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in JobState]),
                name="a_roster_job_has_a_declared_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINAL, finished_at__isnull=False)
                | Q(finished_at=None) & ~Q(state__in=FINAL),
                name="a_roster_job_is_finished_when_its_state_is_final",
            ),
            models.CheckConstraint(
                condition=Q(is_dry_run=True) | Q(is_plan=False),
                name="a_plan_is_a_dry_run",
            ),
            models.CheckConstraint(
                condition=Q(is_plan=True) | Q(account__isnull=False),
                name="a_roster_job_is_an_accounts_or_a_plan",
            ),
            models.CheckConstraint(
                condition=Q(answered__gte=0, answered__lte=models.F("rows")),
                name="a_roster_job_answers_no_more_rows_than_it_has",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "id"], name="roster_jobs_of_a_program"),
            models.Index(fields=["finished_at"], name="roster_jobs_to_be_forgotten"),
        ]

    def __str__(self) -> str:
        return f"roster job {self.uuid}"


class RosterJobChunk(models.Model):
    """Rows of a job, and what became of them: ``answers``, null until that is committed."""

    job = models.ForeignKey(RosterJob, on_delete=models.CASCADE, db_index=False)
    number = models.IntegerField()
    count = models.IntegerField()
    last_line = models.IntegerField(default=0)
    rows = models.BinaryField()
    answers = models.BinaryField(null=True)

    class Meta:
        db_table = "roster_job_chunk"
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_chunk_per_job_and_number"),
        ]

    def __str__(self) -> str:
        return f"chunk {self.number} of roster job {self.job_id}"


class RosterDigest(models.Model):
    """The digest of a program's roster or course roster, as it was last computed.

    It holds while nothing of the program was committed by ``transaction_id`` or a later one.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, db_index=False)
    kind = models.TextField()
    digest = models.TextField()
    rows = models.BigIntegerField()
    buckets = models.JSONField()
    transaction_id = models.BigIntegerField(
        help_text="The oldest that still ran when it was found to hold."
    )

    class Meta:
        db_table = "roster_digest"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "kind"], name="one_digest_per_program_and_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} digest of program {self.program_id}"
