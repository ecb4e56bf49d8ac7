"""The door of downloads."""

from matricula.registrar.downloads.asking import (
    request_all_course_enrollments,
    request_course_enrollments,
    request_grades,
    request_program_enrollments,
)
from matricula.registrar.downloads.carrying_out import carry_out_download
from matricula.registrar.downloads.writing import Form

__all__ = [
    "Form",
    "carry_out_download",
    "request_all_course_enrollments",
    "request_course_enrollments",
    "request_grades",
    "request_program_enrollments",
]
