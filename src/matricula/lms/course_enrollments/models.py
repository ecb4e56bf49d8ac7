"""Course enrollments and course roles."""

from django.db import models
from django.db.models import F, Q

from matricula.lms.catalog.api import MODE_RANK, CourseRun
from matricula.lms.identities.api import Identity
from matricula.lms.ledger.api import record_changes
from matricula.lms.program_enrollments.api import ProgramEnrollment

STAFF = "staff"


class CourseEnrollment(models.Model):
    """A grant. Written by ``writing`` and ``granting`` alone, many at once."""

    id = models.BigAutoField(primary_key=True)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, db_index=False)
    course_run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, db_index=False)
    # Held, with the identity, by a key that migration 0002 adds:
    # a_grant_has_its_program_enrollments_identity.
    program_enrollment = models.ForeignKey(
        ProgramEnrollment,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
    )
    mode = models.TextField(choices=[(mode, mode) for mode in MODE_RANK])
    is_active = models.BooleanField()
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        db_table = "course_enrollment"
        constraints = [
            # One index for both rules and for the seat look-up: one per program enrollment and
            # run, one direct per identity and run (ADR 0003).
            models.UniqueConstraint(
                fields=["identity", "course_run", "program_enrollment"],
                nulls_distinct=False,
                name="one_grant_per_identity_run_and_program_enrollment",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=list(MODE_RANK)), name="a_grants_mode_is_declared"
            ),
        ]
        indexes = [
            models.Index(
                F("program_enrollment"),
                condition=Q(program_enrollment__isnull=False),
                name="grant_of_program_enrollment",
            ),
            # For lists alone, which ask for the sum: a write that looks for one grant must never
            # be led through all of a course run (ADR 0005).
            models.Index(F("course_run") + 0, F("id"), name="grant_in_course_run"),
        ]
        triggers = record_changes()

    def __str__(self) -> str:
        return f"course enrollment {self.pk}"


class CourseRole(models.Model):
    """A staff role of an identity in a course run, through a program enrollment or directly."""

    id = models.BigAutoField(primary_key=True)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, db_index=False)
    course_run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, db_index=False)
    role = models.TextField(choices=[(STAFF, STAFF)])
    # Held like a grant's: a_role_has_its_program_enrollments_identity.
    program_enrollment = models.ForeignKey(
        ProgramEnrollment,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
    )
    created_at = models.DateTimeField()

    class Meta:
        db_table = "course_role"
        constraints = [
            models.UniqueConstraint(
                fields=["identity", "course_run", "role", "program_enrollment"],
                nulls_distinct=False,
                name="one_role_per_identity_run_and_program_enrollment",
            ),
            models.CheckConstraint(condition=Q(role=STAFF), name="a_course_role_is_declared"),
        ]
        indexes = [
            models.Index(
                F("program_enrollment"),
                condition=Q(program_enrollment__isnull=False),
                name="role_of_program_enrollment",
            ),
        ]
        triggers = record_changes()

    def __str__(self) -> str:
        return f"course role {self.pk}"
