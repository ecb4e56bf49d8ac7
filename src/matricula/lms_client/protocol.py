"""What may be asked of an LMS."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Protocol
from uuid import UUID

from matricula.lms_client.plan_records import Plan, PlanAnswer
from matricula.lms_client.records import (
    Binding,
    ChangePage,
    CourseEnrollment,
    CourseRow,
    CourseStudent,
    Digest,
    EnrollmentKind,
    EnrollmentPage,
    Form,
    Grade,
    HistoryMonth,
    Job,
    Mode,
    Organization,
    Program,
    ProgramEnrollment,
    ProgramRow,
    RosterAnswer,
    RowAnswer,
    StoredRow,
    Student,
)

Row = ProgramRow | CourseRow


class Lms(Protocol):
    """An LMS, over HTTP or in memory. Programs are named by key or uuid, or in edX's API by uuid.

    Each method raises ``LmsTrouble``: ``LmsNotFound`` for what does not exist or may not be known,
    ``LmsNotAllowed``, ``LmsRefused``, and what is nobody's fault here: ``LmsBusy``, ``LmsBroken``,
    ``LmsUnreachable``. Lists are read page by page, as they are taken.
    """

    def get_program(self, uuid: UUID) -> Program:
        """Return a program with its curricula and course runs."""

    def find_program(self, key: str) -> Program | None:
        """Return the program of a key or uuid with its curricula and course runs, or None."""

    def list_programs(self) -> Iterator[Program]:
        """Return all programs of the catalog."""

    def list_organizations(self) -> Iterator[Organization]:
        """Return all organizations of the catalog."""

    def send_roster(
        self,
        program: str,
        rows: Iterable[Row],
        *,
        mode: Mode = Mode.UPSERT,
        atomic: bool = False,
        dry_run: bool = False,
        reason: str = "",
        key: str = "",
        request_id: str = "",
    ) -> RosterAnswer | Job:
        """Send rows of one kind; a short roster is answered at once, a long one becomes a job.

        What is sent again under the same ``key`` is not done again, and has the same answer. What
        was written under a ``request_id`` of ours can be taken back by ``undo_request``.

        Raises:
            ValueError: there are rows of both kinds, or none.
        """

    def send_roster_file(
        self,
        program: str,
        file: IO[bytes],
        *,
        kind: EnrollmentKind,
        form: Form,
        mode: Mode = Mode.UPSERT,
        atomic: bool = False,
        dry_run: bool = False,
        reason: str = "",
        key: str = "",
        request_id: str = "",
    ) -> RosterAnswer | Job:
        """Send what is left of a file as a roster; it is read as it is sent, and perhaps again.

        Its lines count as the LMS counts them: in CSV the header is the first. ``key`` and
        ``request_id`` are as for ``send_roster``.
        """

    def get_job(self, job: UUID) -> Job:
        """Return how a job stands."""

    def cancel_job(self, job: UUID) -> Job:
        """Ask for a job to stop; what it has written stays written."""

    def list_answers(self, job: UUID) -> Iterator[RowAnswer]:
        """Return the answers of a finished job, by line."""

    def make_plan(
        self,
        program: str,
        file: IO[bytes],
        *,
        kind: EnrollmentKind,
        form: Form,
        mode: Mode = Mode.UPSERT,
        name: str = "",
        reason: str = "",
        key: str = "",
    ) -> Plan:
        """Have what is left of a file judged, row by row, and kept to be applied exactly so.

        A short roster is ``ready`` at once, a long one is ``planning``. What is sent again under
        the same ``key`` is the same plan.
        """

    def get_plan(self, plan: UUID) -> Plan:
        """Return how a plan stands."""

    def list_plan_answers(self, plan: UUID, *, action: str | None = None) -> Iterator[PlanAnswer]:
        """Return what a plan would do with each row so far, by line; or the rows of one action."""

    def apply_plan(self, plan: UUID, *, key: str = "") -> Plan:
        """Do what a plan shows, or nothing; a short one is ``applied``, a long one ``applying``.

        However often it is asked for, it is done once. What a worker finds to be stale is told by
        ``get_plan``.

        Raises:
            PlanStale: rows are no longer what it was made for.
        """

    def discard_plan(self, plan: UUID) -> Plan:
        """Give up a plan that is not applied."""

    def undo_job(self, job: UUID, *, reason: str = "") -> Plan:
        """Make a plan that takes back what a job has written, as far as it still stands."""

    def undo_plan(self, plan: UUID, *, reason: str = "") -> Plan:
        """Make a plan that takes back what an applied one has written; an undo, too."""

    def undo_request(self, request_id: str, *, program: str, reason: str = "") -> Plan:
        """Make a plan that takes back what we have written to a program under an id of ours.

        In however many calls; jobs that they have become are ended by then.
        """

    def list_program_enrollments(
        self,
        program: str,
        *,
        waiting: bool | None = None,
        changed_since: datetime | None = None,
        student_key: str | None = None,
    ) -> Iterator[ProgramEnrollment]:
        """Return the enrollments of a program, or those of one of its students."""

    def list_waiting(self, program: str, *, cursor: str = "", size: int = 50) -> EnrollmentPage:
        """Return a page of those enrollments of a program that wait for somebody, oldest first."""

    def list_course_enrollments(
        self, program: str, *, course_run: str | None = None, student_key: str | None = None
    ) -> Iterator[CourseEnrollment]:
        """Return what students are granted through a program, or one of them."""

    def list_history(self, program: str, *, months: int = 24) -> Sequence[HistoryMonth]:
        """Return how a program stood at the ends of so many months, and now.

        Months before there was anything are left out. Of a large program it takes a while.
        """

    def get_digest(self, program: str, kind: EnrollmentKind) -> Digest:
        """Return the digest of a program's enrollments: cheap as long as nothing changes."""

    def list_bucket_rows(
        self, program: str, kind: EnrollmentKind, buckets: Collection[str]
    ) -> Iterator[StoredRow]:
        """Return the rows of buckets, in no order; they are read as they are taken."""

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

    def list_students(self, program: UUID) -> Iterator[Student]:
        """Return who is in a program, with the names of their accounts. By edX's API."""

    def list_course_students(self, program: UUID, course_run: str) -> Iterator[CourseStudent]:
        """Return who is granted a course run through a program. By edX's API."""

    def list_grades(self, program: UUID, course_run: str) -> Iterator[Grade]:
        """Return the grades of a program's students in one of its course runs. By edX's API."""

    def write_v1(
        self, program: UUID, rows: Iterable[Row], *, mode: Mode = Mode.UPSERT
    ) -> Iterator[RowAnswer]:
        """Write rows by edX's API, so many at a time as it takes, and yield each row's answer.

        A call is made when its first answer is asked for. Rows are compared within a call alone.
        A row's action is ``write`` or ``refuse``: that API does not say more. A course is named
        by its run's own key. With ``Mode.CREATE``, rows whose answer was lost on the way are
        answered ``conflict``.
        """
