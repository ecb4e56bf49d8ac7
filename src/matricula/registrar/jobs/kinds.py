"""The kinds of jobs, as one table of data."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Whether a job reads the LMS's enrollments or writes them."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: ``task`` is what workers know it by, ``words`` what people read."""

    name: str
    direction: Direction
    words: str

    @property
    def task(self) -> str:
        """The name of its task in the queue."""
        return f"jobs.{self.name}"


KINDS = {
    kind.name: kind
    for kind in (
        Kind("list_program_enrollments", Direction.READ, "program enrollment download"),
        Kind("list_course_run_enrollments", Direction.READ, "course enrollment download"),
        Kind(
            "list_all_course_run_enrollments",
            Direction.READ,
            "enrollment download of all courses",
        ),
        Kind("get_course_run_grades", Direction.READ, "grade download"),
        Kind("write_program_enrollments", Direction.WRITE, "program enrollment upload"),
        Kind("write_course_run_enrollments", Direction.WRITE, "course enrollment upload"),
        Kind("plan_program_enrollments", Direction.READ, "plan of a program enrollment upload"),
        Kind("plan_course_run_enrollments", Direction.READ, "plan of a course enrollment upload"),
        Kind("plan_undo", Direction.READ, "plan of an undo"),
        Kind("undo_enrollments", Direction.WRITE, "undo of an upload"),
    )
}
