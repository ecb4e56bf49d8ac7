"""Programs, curricula, courses, course runs and the modes they are offered in."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy

from matricula.lms.catalog.modes import MODE_RANK
from matricula.lms.organizations.api import Organization

INSTRUCTOR_PACED, SELF_PACED = "instructor_paced", "self_paced"
PACINGS = (INSTRUCTOR_PACED, SELF_PACED)
"""Who sets the pace of a course run, in course-discovery's words. A run may not say."""


class Course(models.Model):
    """A subject that is taught, such as ``RiverU+HYD1``."""

    key = models.TextField(unique=True)
    title = models.TextField(blank=True)
    marketing_url = models.TextField(blank=True, default="", db_default="")

    class Meta:
        db_table = "course"

    def __str__(self) -> str:
        return self.key


class CourseRun(models.Model):
    """A dated offering of a course, such as ``course-v1:RiverU+HYD1+2031_T1``."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT)
    key = models.TextField(unique=True)
    external_key = models.TextField(
        blank=True, help_text=gettext_lazy("What the school calls it.")
    )
    title = models.TextField(blank=True)
    start_at = models.DateTimeField(null=True, blank=True)
    end_at = models.DateTimeField(null=True, blank=True)
    enrollment_start_at = models.DateTimeField(null=True, blank=True)
    enrollment_end_at = models.DateTimeField(null=True, blank=True)
    pacing = models.TextField(
        blank=True,
        default="",
        db_default="",
        choices=[(pacing, pacing) for pacing in PACINGS],
        help_text=gettext_lazy("Who sets the pace; empty: not known."),
    )
    is_invitation_only = models.BooleanField(default=False, db_default=False)
    marketing_url = models.TextField(blank=True, default="", db_default="")

    class Meta:
        db_table = "course_run"
        constraints = [
            models.CheckConstraint(
                condition=Q(pacing__in=["", *PACINGS]), name="a_course_runs_pacing_is_declared"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class CourseRunMode(models.Model):
    """A mode in which a course run is offered, and at what price."""

    course_run = models.ForeignKey(
        CourseRun, on_delete=models.PROTECT, related_name="modes", db_index=False
    )
    mode = models.TextField(choices=[(mode, mode) for mode in MODE_RANK])
    min_price = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    currency = models.TextField(blank=True, help_text=gettext_lazy("Three letters, such as USD."))
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text=gettext_lazy("Until when one may change to it.")
    )
    credit_provider = models.TextField(blank=True)
    sku = models.TextField(blank=True)
    bulk_sku = models.TextField(blank=True)

    class Meta:
        db_table = "course_run_mode"
        constraints = [
            models.UniqueConstraint(
                fields=["course_run", "mode"], name="a_course_run_is_offered_in_a_mode_once"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=list(MODE_RANK)), name="an_offered_mode_is_declared"
            ),
            models.CheckConstraint(condition=Q(min_price__gte=0), name="no_price_is_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.mode} in course run {self.course_run_id}"


class Program(models.Model):
    """What leads to one credential."""

    uuid = models.UUIDField(unique=True)
    key = models.TextField(help_text=gettext_lazy("Its short name in commands and addresses."))
    title = models.TextField(blank=True)
    type = models.TextField(
        blank=True, help_text=gettext_lazy("Masters, MicroMasters, XSeries ...")
    )
    status = models.TextField(
        default="active", help_text=gettext_lazy("Whether the catalog offers it.")
    )
    slug = models.TextField(blank=True)
    marketing_url = models.TextField(blank=True, default="", db_default="")
    mode = models.TextField(help_text=gettext_lazy("The course mode that its enrollments grant."))
    organizations = models.ManyToManyField(Organization, through="ProgramOrganization")
    course_runs = models.ManyToManyField(
        CourseRun, db_table="program_course_run", help_text=gettext_lazy("Those it names itself.")
    )

    class Meta:
        db_table = "program"
        constraints = [
            models.UniqueConstraint(Lower("key"), name="one_program_per_key"),
            models.CheckConstraint(
                condition=~Q(key__contains=":") & ~Q(key=""), name="a_program_key_has_no_colon"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ProgramOrganization(models.Model):
    """An organization of a program; the first is the one whose student keys its rosters speak."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, db_index=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    position = models.PositiveIntegerField()

    class Meta:
        db_table = "program_organization"
        constraints = [
            models.UniqueConstraint(
                fields=["program", "organization"], name="an_organization_is_in_a_program_once"
            ),
            models.UniqueConstraint(
                fields=["program", "position"],
                name="one_organization_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"organization {self.position} of program {self.program_id}"


class Curriculum(models.Model):
    """One version of a program. Of several active ones, the first matters to clients."""

    uuid = models.UUIDField(unique=True)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, db_index=False)
    name = models.TextField(blank=True)
    is_active = models.BooleanField()
    position = models.PositiveIntegerField()
    course_runs = models.ManyToManyField(CourseRun, db_table="curriculum_course_run")
    programs = models.ManyToManyField(
        Program,
        db_table="curriculum_program",
        related_name="parent_curricula",
        help_text=gettext_lazy("Programs nested in this one; their course runs count as its own."),
    )

    class Meta:
        db_table = "curriculum"
        constraints = [
            # For program enrollments, whose curriculum must be their program's.
            models.UniqueConstraint(fields=["id", "program"], name="a_curriculum_and_its_program"),
        ]
        indexes = [models.Index(fields=["program", "position"], name="curriculum_of_program")]

    def __str__(self) -> str:
        return str(self.uuid)


class CatalogStamp(models.Model):
    """What is another one as soon as a program is, by triggers of migration 0003.

    One row, or none yet. What was read under a stamp is so for as long as that is the stamp.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    stamp = models.UUIDField()

    class Meta:
        db_table = "catalog_stamp"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_stamp")]

    def __str__(self) -> str:
        return str(self.stamp)
