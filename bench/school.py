"""The school that is measured: its programs, its students' keys, its rosters."""

from collections.abc import Sequence

from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.course_enrollments.api import CourseRow
from matricula.lms.program_enrollments.api import ProgramRow
from tests import given

_ODD = 2_654_435_761
"""Any odd factor leads from each number below 2**32 to another one, far from its neighbours'."""


def key(number: int) -> str:
    """Return a student's key. Neighbouring numbers have keys in no order, as in real rosters."""
    return f"S{number * _ODD % 2**32:010d}"


def program(name: str, *, runs: int = 0) -> tuple[ProgramOutline, list[CourseRun]]:
    """Make a program with so many course runs of its own."""
    made = [given.course_run(f"{name}{number}") for number in range(runs)]
    return given.program(name, runs=made), made


def program_rows(first: int, count: int, *, status: str) -> list[ProgramRow]:
    """Return rows of a program's roster, for students by their numbers."""
    return [
        ProgramRow(line, key(number), status)
        for line, number in enumerate(range(first, first + count), start=2)
    ]


def course_rows(
    first: int, count: int, runs: Sequence[CourseRun], *, status: str
) -> list[CourseRow]:
    """Return rows of a program's course roster: each of the students in each run."""
    pairs = ((number, run) for number in range(first, first + count) for run in runs)
    return [
        CourseRow(line, key(number), run.key, status)
        for line, (number, run) in enumerate(pairs, start=2)
    ]
