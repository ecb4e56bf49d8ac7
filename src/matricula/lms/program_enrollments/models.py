"""Program enrollments."""

from django.db import models
from django.db.models import F, Q

from matricula.lms.catalog.api import Curriculum, Program
from matricula.lms.identities.api import Identity
from matricula.lms.ledger.api import record_changes
from matricula.lms.program_enrollments.statuses import STATUSES


class ProgramEnrollment(models.Model):
    """An identity in a program under a curriculum. Written by ``writing`` alone, many at once."""

    id = models.BigAutoField(primary_key=True)
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, db_index=False)
    # Program and curriculum are held together by one key that migration 0002 adds:
    # curriculum_is_the_programs.
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    curriculum = models.ForeignKey(
        Curriculum, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    status = models.TextField(choices=[(name, name) for name in STATUSES])
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        db_table = "program_enrollment"
        constraints = [
            models.UniqueConstraint(
                fields=["identity", "curriculum"],
                name="one_enrollment_per_identity_and_curriculum",
            ),
            # For course enrollments and roles, whose identity must be the program enrollment's.
            # Identity first: whoever looks for an identity is served well by this index too.
            models.UniqueConstraint(
                fields=["identity", "id"], name="a_program_enrollment_and_its_identity"
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(STATUSES)), name="a_status_is_one_of_the_five"
            ),
        ]
        indexes = [models.Index(F("program"), F("id"), name="enrollment_of_program")]
        triggers = record_changes()

    def __str__(self) -> str:
        return f"program enrollment {self.pk}"
