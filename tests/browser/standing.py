"""A student of another school, who stands in each of its programs in another way."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.grades.api import EarnedGrade, record_grades
from tests import given

STANDING = "sven"
SCHOOL = "LakeU"
KEY = "LAKE-0001"
STANDINGS = {
    "limnology": "enrolled",
    "fishery": "pending",
    "sailing": "suspended",
    "ferries": "canceled",
    "weather": "ended",
}
DAY = timedelta(days=1)
EARNED = {
    "limnology": (True, "B", Decimal("0.85")),
    "weather": (False, "", Decimal("0.418")),
}
OPEN = "reeds"
"""A program of which he takes a course alone."""


def stand_everywhere(student: Account) -> None:
    """Enroll him, with a course of each program; two are over, with a grade."""
    for key, status in STANDINGS.items():
        run = _make_run(key, is_over=key in EARNED)
        program = given.program(key, school_key=SCHOOL, runs=[run])
        _enroll(program, run, status)
        if key in EARNED:
            is_passing, letter, percent = EARNED[key]
            earned = EarnedGrade(student.pk, run.pk, letter, is_passing, percent)
            record_grades(grades=[earned], by=given.OPERATOR, at=datetime.now(UTC) - DAY)
    run = _make_run(OPEN, is_over=False)
    given.program(OPEN, school_key=SCHOOL, runs=[run])
    given.granted(given.key_of(KEY, school_key=SCHOOL), run=run, grant_mode="verified")
    given.bound(KEY, student, school_key=SCHOOL)


def _make_run(key: str, *, is_over: bool) -> CourseRun:
    run = given.course_run(key)
    begun = datetime.now(UTC) - 90 * DAY
    until = datetime.now(UTC) + (-2 if is_over else 60) * DAY
    title = f"Introduction to {key}"
    CourseRun.objects.filter(pk=run.pk).update(title=title, start_at=begun, end_at=until)
    return run


def _enroll(program: ProgramOutline, run: CourseRun, status: str) -> None:
    given.enrolled(KEY, program=program)
    given.on_course(KEY, program=program, run=run)
    given.enrolled(KEY, program=program, status=status)
