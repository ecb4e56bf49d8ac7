"""What is kept of an upload besides its job."""

from django.db import models
from django.db.models import Q

from matricula.registrar.accounts.api import Account
from matricula.registrar.jobs.api import Job


class Upload(models.Model):
    """How far the sending of a file has come.

    ``lms_job`` is the LMS's job that ``lms_attempt`` of ours has begun. ``is_weighed`` says that
    it is known how much the file would change: ``changed`` of ``size`` enrollments. While it
    ``waits_since`` a time, somebody else than the sender must approve it. ``trouble_since`` is
    when the LMS was last found away, and has not answered since.
    """

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True)
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

    def __str__(self) -> str:
        return f"upload {self.job_id}"
