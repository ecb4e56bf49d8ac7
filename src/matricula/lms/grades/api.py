"""The door of grades."""

from matricula.lms.grades.counting import count_grades
from matricula.lms.grades.models import Grade
from matricula.lms.grades.moving import MovedGrades, move_grades
from matricula.lms.grades.recording import (
    EarnedGrade,
    InvalidPercent,
    RepeatedGrade,
    record_grades,
)

__all__ = [
    "EarnedGrade",
    "Grade",
    "InvalidPercent",
    "MovedGrades",
    "RepeatedGrade",
    "count_grades",
    "move_grades",
    "record_grades",
]
