"""Counting grades."""

from collections.abc import Iterable

from django.db.models import Count

from matricula.lms.access.api import Permission, require_permission
from matricula.lms.grades.models import Grade
from matricula.lms.kernel.api import Actor


def count_grades(*, course_run_ids: Iterable[int], by: Actor) -> dict[str, int]:
    """Return how many grades there are in the course runs, by letter; one query.

    Raises:
        PermissionMissing: the actor may not read enrollments everywhere.
    """
    require_permission(by, Permission.ENROLLMENTS_READ)
    counted = (
        Grade.objects.filter(course_run__in=list(course_run_ids))
        .values_list("letter")
        .annotate(count=Count("pk"))
        .order_by("letter")
    )
    return dict(counted)
