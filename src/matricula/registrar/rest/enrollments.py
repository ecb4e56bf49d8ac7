"""The enrollments of a program or of a course run in it: fetched by a job, written at once."""

from matricula.registrar.rest.downloads import CourseDownload, ProgramDownload
from matricula.registrar.rest.writing import CourseWrites, ProgramWrites


class ProgramEnrollments(ProgramWrites, ProgramDownload):
    """Who is in a program."""


class CourseEnrollments(CourseWrites, CourseDownload):
    """Who is in one of a program's course runs."""
