"""Forgetting what is remembered of courses, so that the LMS is asked again."""

from django.db import transaction

from matricula.registrar.catalog.models import CourseRun, ProgramMemory
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import PermissionMissing, Program


@transaction.atomic
def forget_courses(*, program: Program | None, by: Actor) -> int:
    """Forget the courses of a program, or of all with None; return of how many.

    The programs themselves stay, with everybody's roles in them.

    Raises:
        PermissionMissing: the actor is none of the platform's staff.
    """
    if not by.is_staff:
        raise PermissionMissing("Only the platform's staff may have the catalog forgotten.")
    runs, memories = CourseRun.objects.all(), ProgramMemory.objects.all()
    if program is not None:
        runs, memories = runs.filter(program=program), memories.filter(program=program)
    runs.delete()
    count, _ = memories.delete()
    return count
