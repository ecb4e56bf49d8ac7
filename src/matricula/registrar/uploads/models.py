"""What is kept of uploads and of their plans besides their jobs."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from matricula.registrar.accounts.api import Account
from matricula.registrar.jobs.api import Job


class PlanState(StrEnum):
    """How a plan stands; that its time is over is told by its time."""

    PLANNING = "planning"
    """Its job makes it, or has failed to."""
    READY = "ready"
    TAKEN = "taken"
    """An upload applies it, or has."""
    STALE = "stale"
    DISCARDED = "discarded"


class Plan(models.Model):
    """What a file, or an undo, would do, as the LMS has told; ``job`` is the one that asks it.

    ``kind`` is that of its rows, ``name`` what the file was called. ``lms_plan`` is the LMS's,
    which ``lms_attempt`` of ours has asked for. It would change ``changed`` of ``size``
    enrollments; if that is much, it ``waits_since`` a time for a second person. ``moved`` are the
    first rows that were no longer as planned when it was to be applied.
    """

    job = models.OneToOneField(
        Job, on_delete=models.CASCADE, primary_key=True, related_name="plan"
    )
    kind = models.TextField()
    name = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    undoes = models.ForeignKey(
        "Upload", null=True, on_delete=models.CASCADE, related_name="undos", db_index=False
    )
    state = models.TextField(default=PlanState.PLANNING.value)
    lms_plan = models.UUIDField(null=True)
    lms_attempt = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    size = models.IntegerField(default=0)
    waits_since = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    moved_count = models.IntegerField(default=0)
    moved = models.JSONField(default=list)
    discarded_at = models.DateTimeField(null=True)
    discarded_by = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    discarded_because = models.TextField(blank=True)
    trouble_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "upload_plan"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PlanState]),
                name="a_plan_has_a_declared_state",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=PlanState.DISCARDED.value,
                    discarded_at__isnull=False,
                    discarded_by__isnull=False,
                )
                | (
                    ~Q(state=PlanState.DISCARDED.value)
                    & Q(discarded_at__isnull=True, discarded_by__isnull=True)
                ),
                name="a_discarded_plan_has_somebody_who_discarded_it",
            ),
        ]
        indexes = [
            models.Index(
                fields=["waits_since"],
                condition=Q(state=PlanState.READY.value, waits_since__isnull=False),
                name="plans_for_a_second_person",
            ),
            models.Index(
                fields=["undoes"], condition=Q(undoes__isnull=False), name="undos_of_an_upload"
            ),
        ]

    def __str__(self) -> str:
        return f"plan {self.job_id}"

    @property
    def is_undo(self) -> bool:
        """Whether it takes back an upload instead of carrying one out."""
        return self.undoes_id is not None


class Upload(models.Model):
    """How far the sending of a file, or the applying of a ``plan``, has come.

    ``lms_job`` is the LMS's job that ``lms_attempt`` of ours has begun. ``is_weighed`` says that
    it is known how much the file would change: ``changed`` of ``size`` enrollments. While it
    ``waits_since`` a time, somebody else than the sender must approve it. ``trouble_since`` is
    when the LMS was last found away, and has not answered since.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True)
    plan = models.OneToOneField(Plan, null=True, on_delete=models.CASCADE, related_name="upload")
    lms_job = models.UUIDField(null=True)
    lms_attempt = models.IntegerField(default=0)
    is_weighed = models.BooleanField(default=False)
    changed = models.IntegerField(default=0)
    size = models.IntegerField(default=0)
    waits_since = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    trouble_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "upload"
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="an_approval_has_somebody_who_gave_it",
            ),
        ]
        indexes = [
            models.Index(
                fields=["waits_since"],
                condition=Q(waits_since__isnull=False),
                name="uploads_for_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"upload {self.job_id}"

    @property
    def told_by(self) -> Job:
        """The job under which its rows are kept: what a plan has told, is not told again."""
        return self.job if self.plan is None else self.plan.job


class RowChunk(models.Model):
    """Some rows of a job with their answers, packed, for who looks through them page by page.

    ``words`` are what is said of them, by which they are found; ``keys`` are the marks of their
    student keys, one after the other. Those that are ``is_missing`` from the job's file have no
    lines in it: they are numbered by themselves.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, db_index=False, related_name="+")
    is_missing = models.BooleanField(db_default=False)
    first_line = models.IntegerField()
    last_line = models.IntegerField()
    words = models.JSONField()
    keys = models.BinaryField()
    rows = models.BinaryField()

    class Meta:
        db_table = "upload_rows"
        constraints = [
            models.UniqueConstraint(
                fields=["job", "is_missing", "first_line"],
                name="one_chunk_begins_at_a_line_of_a_job",
            ),
        ]

    def __str__(self) -> str:
        return f"rows {self.first_line} to {self.last_line} of job {self.job_id}"
