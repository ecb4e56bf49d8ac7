"""The door of grades."""

from matricula.lms.grades.models import Grade

__all__ = ["Grade"]
