"""Grades."""

from django.db import models
from django.db.models import Q

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun


class Grade(models.Model):
    """What an account earned in a course run."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)
    course_run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, db_index=False)
    percent = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, help_text="From 0 to 1; null if unknown."
    )
    letter = models.TextField(blank=True, help_text="Pass, Distinction, A ... as the course says.")
    is_passing = models.BooleanField()
    graded_at = models.DateTimeField()

    class Meta:
        db_table = "grade"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "course_run"], name="one_grade_per_account_and_run"
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=1),
                name="a_percent_is_from_zero_to_one",
            ),
        ]

    def __str__(self) -> str:
        return f"grade {self.pk}"
