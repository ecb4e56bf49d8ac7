"""What is remembered of programs."""

from django.db import models

from matricula.registrar.partners.api import Program


class ProgramMemory(models.Model):
    """That a program's courses are remembered, and since when.

    ``digest`` is of what the LMS said, so that nothing is written when it says the same again.
    """

    program = models.OneToOneField(Program, on_delete=models.CASCADE, primary_key=True)
    digest = models.TextField()
    read_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_memory"

    def __str__(self) -> str:
        return f"memory of program {self.program_id}"


class CourseRun(models.Model):
    """A course run of a program's active curriculum; ``external_key`` is the school's name."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    position = models.IntegerField()
    key = models.TextField()
    external_key = models.TextField(blank=True)
    title = models.TextField(blank=True)
    url = models.TextField(blank=True)

    class Meta:
        db_table = "catalog_course_run"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "key"], name="one_course_run_per_program_and_key"
            ),
        ]

    def __str__(self) -> str:
        return self.key
