"""What was found each time that everything which must hold was looked at."""

from django.db import models


class IntegrityCheck(models.Model):
    """One look at every invariant; ``findings`` are those that were broken, with ids of rows."""

    actor = models.TextField(help_text="Who looked, as in the ledger.")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    checked = models.IntegerField(help_text="Invariants that were looked at.")
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "integrity_check"

    def __str__(self) -> str:
        return f"check {self.pk}"
