"""The door of the catalog."""

from matricula.registrar.catalog.forgetting import forget_courses
from matricula.registrar.catalog.models import CourseRun
from matricula.registrar.catalog.recalling import (
    Courses,
    UnknownCourse,
    recall_course_run,
    recall_courses,
    recall_program,
)
from matricula.registrar.catalog.syncing import Synced, sync_catalog

__all__ = [
    "CourseRun",
    "Courses",
    "Synced",
    "UnknownCourse",
    "forget_courses",
    "recall_course_run",
    "recall_courses",
    "recall_program",
    "sync_catalog",
]
