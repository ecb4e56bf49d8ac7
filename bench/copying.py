"""What other systems do when a learner proves a key: copy what waits for it, row by row.

Modelled on Open edX: what waits stands in tables of its own under an external key. Once the
learner is known, each row is given the user, each waiting course becomes a course enrollment, and
each save leaves a row of history. It is kinder than the original, which also asks for the course,
the mode and the learner's earlier enrollments, and announces each step.
"""

from functools import cache
from typing import Any, ClassVar

from django.db import connection, models, transaction

from bench import database
from matricula.lms.accounts.api import Account
from tests.given import NOW


class HistoryRow(models.Model):
    """A row as it was after a save."""

    history_id = models.BigAutoField(primary_key=True)
    history_date = models.DateTimeField(db_index=True)
    history_type = models.CharField(max_length=1)
    id = models.BigIntegerField(db_index=True)

    class Meta:
        abstract = True
        app_label = "bench"

    def __str__(self) -> str:
        return f"{self.history_type} {self.id}"


class WaitingProgramHistory(HistoryRow):
    """The history of ``WaitingProgram``."""

    user_id = models.BigIntegerField(db_index=True, null=True)
    external_user_key = models.CharField(max_length=255, db_index=True)
    program_uuid = models.UUIDField(db_index=True)
    curriculum_uuid = models.UUIDField(db_index=True)
    status = models.CharField(max_length=9)
    created = models.DateTimeField()
    modified = models.DateTimeField()


class WaitingCourseHistory(HistoryRow):
    """The history of ``WaitingCourse``."""

    program_enrollment_id = models.BigIntegerField(db_index=True)
    course_enrollment_id = models.BigIntegerField(db_index=True, null=True)
    course_key = models.CharField(max_length=255, db_index=True)
    status = models.CharField(max_length=9)
    created = models.DateTimeField()
    modified = models.DateTimeField()


class CopiedEnrollmentHistory(HistoryRow):
    """The history of ``CopiedEnrollment``."""

    user_id = models.BigIntegerField(db_index=True)
    course_key = models.CharField(max_length=255, db_index=True)
    mode = models.CharField(max_length=100)
    is_active = models.BooleanField()
    created = models.DateTimeField()


class Historical(models.Model):
    """A row that leaves history whenever it is saved."""

    history: ClassVar[type[HistoryRow]]

    class Meta:
        abstract = True
        app_label = "bench"

    def __str__(self) -> str:
        return f"row {self.pk}"

    def save_with_history(self) -> None:
        """Save, and keep what was saved."""
        kind = "+" if self._state.adding else "~"
        self.save()
        fields = self._meta.concrete_fields
        values = {field.attname: getattr(self, field.attname) for field in fields}
        kept = self.history(**values, history_date=NOW, history_type=kind)
        kept.save(force_insert=True)


class WaitingProgram(Historical):
    """A learner in a program, with or without user."""

    history = WaitingProgramHistory
    objects: ClassVar[models.Manager["WaitingProgram"]] = models.Manager()
    user = models.ForeignKey(Account, null=True, on_delete=models.DO_NOTHING, related_name="+")
    external_user_key = models.CharField(max_length=255, db_index=True)
    program_uuid = models.UUIDField(db_index=True)
    curriculum_uuid = models.UUIDField(db_index=True)
    status = models.CharField(max_length=9)
    created = models.DateTimeField()
    modified = models.DateTimeField()

    class Meta:
        app_label = "bench"
        unique_together: ClassVar = [
            ("user", "program_uuid", "curriculum_uuid"),
            ("external_user_key", "program_uuid", "curriculum_uuid"),
        ]


class CopiedEnrollment(Historical):
    """A user in a course."""

    history = CopiedEnrollmentHistory
    objects: ClassVar[models.Manager["CopiedEnrollment"]] = models.Manager()
    user = models.ForeignKey(Account, on_delete=models.DO_NOTHING, related_name="+")
    course_key = models.CharField(max_length=255, db_index=True)
    mode = models.CharField(max_length=100)
    is_active = models.BooleanField()
    created = models.DateTimeField()

    class Meta:
        app_label = "bench"
        unique_together: ClassVar = [("user", "course_key")]


class WaitingCourse(Historical):
    """A course of a learner in a program, with or without its enrollment."""

    history = WaitingCourseHistory
    objects: ClassVar[models.Manager["WaitingCourse"]] = models.Manager()
    program_enrollment = models.ForeignKey(
        WaitingProgram, on_delete=models.DO_NOTHING, related_name="+"
    )
    course_enrollment = models.ForeignKey(
        CopiedEnrollment, null=True, on_delete=models.DO_NOTHING, related_name="+"
    )
    course_key = models.CharField(max_length=255, db_index=True)
    status = models.CharField(max_length=9)
    created = models.DateTimeField()
    modified = models.DateTimeField()

    class Meta:
        app_label = "bench"
        unique_together: ClassVar = [("program_enrollment", "course_key")]


ROWS = (WaitingProgram, CopiedEnrollment, WaitingCourse)
HISTORIES = (WaitingProgramHistory, CopiedEnrollmentHistory, WaitingCourseHistory)

# The same rows as in our tables, waiting: numbers, keys, programs and runs are taken from there.
FILL_PROGRAMS = """
INSERT INTO bench_waitingprogram
    (id, external_user_key, program_uuid, curriculum_uuid, status, created, modified)
SELECT e.id, i.value, program.uuid, curriculum.uuid, e.status, e.created_at, e.modified_at
FROM program_enrollment e
JOIN identity i ON i.id = e.identity_id
JOIN program ON program.id = e.program_id
JOIN curriculum ON curriculum.id = e.curriculum_id
WHERE i.account_id IS NULL
"""
FILL_COURSES = """
INSERT INTO bench_waitingcourse
    (id, program_enrollment_id, course_key, status, created, modified)
SELECT g.id, g.program_enrollment_id, run.key, 'active', g.created_at, g.modified_at
FROM course_enrollment g
JOIN course_run run ON run.id = g.course_run_id
WHERE g.program_enrollment_id IS NOT NULL
"""


@cache
def make_tables() -> None:
    """Make the tables, once."""
    with connection.schema_editor() as editor:
        for model in (*ROWS, *HISTORIES):
            editor.create_model(model)
    database.quiet(*map(_table, (*ROWS, *HISTORIES)))


def make_waiting_rows() -> None:
    """Put into the tables what waits in ours."""
    make_tables()
    empty_tables()
    database.with_guards_off(FILL_PROGRAMS, FILL_COURSES)
    database.settle(*map(_table, ROWS))


def empty_tables() -> None:
    """Leave nothing in the tables."""
    database.empty(*map(_table, (*ROWS, *HISTORIES)))


def _table(model: type[models.Model]) -> str:
    return f"bench_{model.__name__.lower()}"


def copy_what_waits(*, external_user_key: str, user: Account) -> int:
    """Give a user everything that waits for a key, in one transaction; return how many courses."""
    copied = 0
    with transaction.atomic():
        waiting = WaitingProgram.objects.filter(
            external_user_key=external_user_key, user__isnull=True
        )
        for program in waiting:
            program.user = user
            program.modified = NOW
            program.save_with_history()
            for course in WaitingCourse.objects.filter(program_enrollment=program):
                _copy_course(course, user)
                copied += 1
    return copied


def _copy_course(course: WaitingCourse, user: Account) -> None:
    named: dict[str, Any] = {"user": user, "course_key": course.course_key}
    enrollment = CopiedEnrollment.objects.filter(**named).first()
    if enrollment is None:
        enrollment = CopiedEnrollment(**named, mode="masters", is_active=True, created=NOW)
        enrollment.save_with_history()
    course.course_enrollment = enrollment
    course.modified = NOW
    course.save_with_history()
