"""Who has looked at the LMS as whom."""

from django.db import models
from django.db.models import F, Q

from matricula.lms.accounts.api import Account


class Masquerade(models.Model):
    """That somebody of the staff looks at the LMS as a learner does, or has."""

    staff = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    learner = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    reason = models.TextField()
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="When it is over at the latest.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "masquerade"
        constraints = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(ended_at__isnull=True),
                name="nobody_masquerades_as_two_at_once",
            ),
            models.CheckConstraint(
                condition=~Q(staff=F("learner")), name="nobody_masquerades_as_themselves"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_masquerade_says_why"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begun_at")), name="a_masquerade_ends_after_it_began"
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "id"], name="masquerade_of_learner"),
            models.Index(fields=["staff", "id"], name="masquerade_by_staff"),
        ]

    def __str__(self) -> str:
        return f"masquerade {self.pk}"
