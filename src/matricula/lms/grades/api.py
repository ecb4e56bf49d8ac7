"""The door of grades."""

from matricula.lms.grades.counting import count_grades
from matricula.lms.grades.models import Grade
from matricula.lms.grades.recording import (
    EarnedGrade,
    InvalidPercent,
    RepeatedGrade,
    UnknownCourseRun,
    record_grades,
)

__all__ = [
    "EarnedGrade",
    "Grade",
    "InvalidPercent",
    "RepeatedGrade",
    "UnknownCourseRun",
    "count_grades",
    "record_grades",
]
