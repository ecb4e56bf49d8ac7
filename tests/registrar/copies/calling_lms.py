"""An LMS in memory that counts what is asked of it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from matricula.lms_client.api import (
    CourseRow,
    Digest,
    EnrollmentKind,
    FakeLms,
    ProgramRow,
    StoredRow,
)
from tests.registrar import given

PROGRAM, COURSE = EnrollmentKind.PROGRAM_ENROLLMENTS, EnrollmentKind.COURSE_ENROLLMENTS
ALL = [f"{number:02x}" for number in range(256)]


def nothing(asked: int) -> None:
    """Let the LMS alone."""


@dataclass
class CountingLms(FakeLms):
    """``fetched`` are the buckets of each call for rows.

    ``before_rows`` is called before they are read, with the number of the call, from 1, and
    ``after_row`` after each of them, with its number.
    """

    digests: int = 0
    fetched: list[list[str]] = field(default_factory=list)
    before_rows: Callable[[int], object] = nothing
    after_row: Callable[[int], object] = nothing

    def get_digest(self, program: str, kind: EnrollmentKind) -> Digest:
        self.digests += 1
        return super().get_digest(program, kind)

    def list_bucket_rows(
        self, program: str, kind: EnrollmentKind, buckets: Collection[str]
    ) -> Iterator[StoredRow]:
        self.fetched.append(sorted(buckets))
        self.before_rows(len(self.fetched))
        for number, row in enumerate(super().list_bucket_rows(program, kind, buckets), start=1):
            yield row
            self.after_row(number)

    def forget_calls(self) -> None:
        self.digests, self.fetched = 0, []

    def enroll(self, *keys: str, status: str = "enrolled") -> None:
        self.send_roster(
            given.HYDROLOGY, [ProgramRow(student_key=key, status=status) for key in keys]
        )

    def grant(
        self, *keys: str, status: str = "active", run: str = given.RUN, staff: bool = False
    ) -> None:
        self.send_roster(
            given.HYDROLOGY,
            [
                CourseRow(student_key=key, course_id=run, status=status, course_staff=staff)
                for key in keys
            ],
        )
