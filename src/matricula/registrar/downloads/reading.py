"""Reading what a download is to tell from the LMS, in the words of edX's Registrar."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from django.conf import settings

from matricula.lms_client.api import CourseStudent, Grade, Lms, LmsNotFound, Student
from matricula.registrar.catalog.api import CourseRun, recall_courses
from matricula.registrar.downloads.asking import DownloadKind
from matricula.registrar.downloads.writing import Row
from matricula.registrar.jobs.api import Job

ROWS, WITHOUT_KEY, FAILED = "rows", "without_student_key", "without_grade"
MISSING_COURSES = "missing_courses"

Told = TypeVar("Told", Student, CourseStudent, Grade)


@dataclass
class Reading:
    """What one download reads. ``counts`` are true when ``list_rows`` has come to its end."""

    job: Job
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def kind(self) -> DownloadKind:
        """What is read."""
        return DownloadKind(self.job.kind)

    def list_columns(self) -> list[str]:
        """List the columns of a file of it, in their order."""
        if self.kind is DownloadKind.GRADES:
            return ["student_key", "letter_grade", "percent", "passed", "error"]
        if self.kind is DownloadKind.PROGRAM:
            names = ["username", "email"] if settings.NAMES_IN_DOWNLOADS else []
            return ["student_key", "status", "account_exists", *names]
        staff = ["course_staff"] if settings.COURSE_STAFF else []
        return ["course_id", "student_key", "status", "account_exists", *staff]

    def list_rows(self, lms: Lms) -> Iterator[Row]:
        """Yield its rows, page by page of the LMS as they are taken.

        Raises:
            LmsTrouble: the LMS does not tell them.
        """
        program, given = self.job.program.uuid, self.job.parameters
        if self.kind is DownloadKind.PROGRAM:
            return map(_shape_student, self._with_key(lms.list_students(program)))
        if self.kind is DownloadKind.GRADES:
            grades = lms.list_grades(program, given["course_run"])
            return map(self._shape_grade, self._with_key(grades))
        if self.kind is DownloadKind.COURSE:
            return self._list_course(lms, given["course_run"], given["course_id"])
        return self._list_courses(lms)

    def _list_courses(self, lms: Lms) -> Iterator[Row]:
        """Yield the rows of all course runs; one that the LMS no longer has, has none."""
        for run in self._recall_runs():
            try:
                yield from self._list_course(lms, run.key, run.external_key)
            except LmsNotFound:
                lms.get_program(self.job.program.uuid)  # is it the program that is missing?
                self.counts[MISSING_COURSES] += 1

    def _recall_runs(self) -> Sequence[CourseRun]:
        return recall_courses(program=self.job.program, at=datetime.now(UTC)).runs

    def _list_course(self, lms: Lms, key: str, external_key: str) -> Iterator[Row]:
        name = external_key or key
        for student in self._with_key(lms.list_course_students(self.job.program.uuid, key)):
            yield _shape_course_student(student, name)

    def _with_key(self, told: Iterator[Told]) -> Iterator[Told]:
        """Yield those whom the school can name; others are counted."""
        for each in told:
            if each.student_key:
                yield each
            else:
                self.counts[WITHOUT_KEY] += 1

    def _shape_grade(self, grade: Grade) -> Row:
        if grade.error is not None:
            self.counts[FAILED] += 1
            return {
                "student_key": grade.student_key,
                "error": grade.error,
                "letter_grade": None,
            }
        return {
            "student_key": grade.student_key,
            "letter_grade": grade.letter_grade,
            "percent": None if grade.percent is None else f"{grade.percent:.3f}",
            "passed": grade.passed,
        }


def _shape_student(student: Student) -> Row:
    row = {
        "student_key": student.student_key,
        "status": student.status,
        "account_exists": student.account_exists,
    }
    if settings.NAMES_IN_DOWNLOADS:
        row |= {"username": student.username, "email": student.email}
    return row


def _shape_course_student(student: CourseStudent, course_id: str) -> Row:
    row = {
        "course_id": course_id,
        "student_key": student.student_key,
        "status": student.status,
        "account_exists": student.account_exists,
    }
    if settings.COURSE_STAFF:
        row["course_staff"] = student.course_staff
    return row
