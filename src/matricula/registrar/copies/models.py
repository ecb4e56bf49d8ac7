"""Copies and their rows."""

from django.db import models
from django.db.models import Q

from matricula.lms_client.api import EnrollmentKind
from matricula.registrar.partners.api import Program


class Copy(models.Model):
    """A copy of a program's enrollments of one kind.

    At ``proven_at`` the LMS's digest was ``digest``, and so is that of its ``rows``. ``counts``
    are by status how many there are, and how many of those without an account. ``used_at`` is when
    a file was last compared with it, or somebody asked for it.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    kind = models.TextField()
    digest = models.TextField()
    rows = models.IntegerField()
    proven_at = models.DateTimeField()
    used_at = models.DateTimeField()
    counts = models.JSONField(null=True)

    class Meta:
        db_table = "copy"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "kind"], name="one_copy_per_program_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in EnrollmentKind]),
                name="a_copy_has_a_kind_of_the_lms",
            ),
        ]

    def __str__(self) -> str:
        return f"copy {self.pk}"


class CopiedRow(models.Model):
    """An enrollment as a copy has it. Those of a program have no course run, and no staff.

    The key has the bucket first: so rows are found by bucket and by student in one index.
    """

    pk = models.CompositePrimaryKey("copy", "bucket", "folded", "course_run", "curriculum")
    copy = models.ForeignKey(Copy, on_delete=models.CASCADE, db_index=False)
    bucket = models.TextField()
    folded = models.TextField()
    course_run = models.TextField(blank=True)
    curriculum = models.UUIDField()
    status = models.TextField()
    course_staff = models.BooleanField(null=True)
    account_exists = models.BooleanField()
    student_key = models.TextField()

    class Meta:
        db_table = "copied_row"

    def __str__(self) -> str:
        return f"row of copy {self.copy_id}"


class CopyWish(models.Model):
    """That somebody has asked for a program's copy; a worker ends it, well or with a trouble."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, primary_key=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    code = models.TextField(blank=True)
    trouble = models.TextField(blank=True)

    class Meta:
        db_table = "copy_wish"

    def __str__(self) -> str:
        return f"wish for a copy of program {self.program_id}"


class CopiedHistory(models.Model):
    """How a program's enrollments stood month by month, as the LMS told it at ``read_at``."""

    program = models.OneToOneField(Program, on_delete=models.CASCADE, primary_key=True)
    months = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "copied_history"

    def __str__(self) -> str:
        return f"history of program {self.program_id}"
