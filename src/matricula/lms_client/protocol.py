"""What may be asked of an LMS."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Protocol
from uuid import UUID

from matricula.lms_client.records import (
    Binding,
    ChangePage,
    CourseEnrollment,
    CourseRow,
    Job,
    Mode,
    Program,
    ProgramEnrollment,
    ProgramRow,
    RosterAnswer,
    RowAnswer,
)

Row = ProgramRow | CourseRow


class Lms(Protocol):
    """An LMS, over HTTP or in memory. Programs are named by key or uuid.

    Each method raises ``LmsTrouble``: ``LmsNotFound`` for what does not exist or may not be known,
    ``LmsNotAllowed``, ``LmsRefused``, and what is nobody's fault here: ``LmsBusy``, ``LmsBroken``,
    ``LmsUnreachable``. Lists are read page by page, as they are taken.
    """

    def get_program(self, uuid: UUID) -> Program:
        """Return a program with its curricula and course runs."""

    def list_programs(self) -> Iterator[Program]:
        """Return all programs of the catalog."""

    def send_roster(
        self,
        program: str,
        rows: Iterable[Row],
        *,
        mode: Mode = Mode.UPSERT,
        atomic: bool = False,
        dry_run: bool = False,
        reason: str = "",
    ) -> RosterAnswer | Job:
        """Send rows of one kind; a short roster is answered at once, a long one becomes a job.

        Raises:
            ValueError: there are rows of both kinds, or none.
        """

    def get_job(self, job: UUID) -> Job:
        """Return how a job stands."""

    def cancel_job(self, job: UUID) -> Job:
        """Ask for a job to stop; what it has written stays written."""

    def list_answers(self, job: UUID) -> Iterator[RowAnswer]:
        """Return the answers of a finished job, by line."""

    def list_program_enrollments(
        self,
        program: str,
        *,
        waiting: bool | None = None,
        changed_since: datetime | None = None,
    ) -> Iterator[ProgramEnrollment]:
        """Return the enrollments of a program."""

    def list_course_enrollments(
        self, program: str, *, course_run: str | None = None
    ) -> Iterator[CourseEnrollment]:
        """Return what students are granted through a program."""

    def list_changes(
        self,
        *,
        after: str | None = None,
        program: str | None = None,
        subjects: Collection[str] = (),
    ) -> ChangePage:
        """Return a page of what has changed since a cursor; without ``subjects``, of all."""

    def find_seat(self, username: str, course_run: str) -> str | None:
        """Return the mode in which a learner is in a course run, or None."""

    def bind_student_keys(
        self, organization: str, usernames: dict[str, str], *, reason: str
    ) -> list[Binding]:
        """Link student keys to accounts, each by itself; ``usernames`` are by student key."""
