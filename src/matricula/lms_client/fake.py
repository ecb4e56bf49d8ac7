"""An LMS in memory, for tests of those who call one. The same tests hold it to the real one."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID, uuid4

import msgspec

from matricula.lms_client.digesting import digest_program, find_bucket
from matricula.lms_client.faking import (
    Numbered,
    active_curriculum,
    count,
    not_found,
    read_rows,
    runs,
    school,
)
from matricula.lms_client.faking_plans import FakePlans
from matricula.lms_client.protocol import Row
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
    Job,
    Mode,
    Organization,
    Program,
    ProgramEnrollment,
    RosterAnswer,
    RowAnswer,
    StoredCourseRow,
    StoredProgramRow,
    StoredRow,
    Student,
)
from matricula.lms_client.refusals import LmsNotFound
from matricula.lms_client.writing_v1 import list_calls
from matricula.service.folding import fold

STUDYING = {"enrolled", "pending", "ended"}


@dataclass
class FakeLms(FakePlans):
    """An LMS in memory. Rows are folded as the LMS does.

    Jobs are done when they are asked for the second time, as if a worker had been at them. The
    address of an account is its username at example.org.
    """

    def get_program(self, uuid: UUID) -> Program:
        """Return a program with its curricula and course runs."""
        return self._find_program(str(uuid))

    def find_program(self, key: str) -> Program | None:
        """Return the program of a key or uuid with its curricula and course runs, or None."""
        try:
            return self._find_program(key)
        except LmsNotFound:
            return None

    def list_programs(self) -> Iterator[Program]:
        """Return all programs of the catalog."""
        yield from self.programs

    def list_organizations(self) -> Iterator[Organization]:
        """Return all organizations of the catalog."""
        known = {
            each.uuid: each
            for program in self.programs
            for each in program.authoring_organizations
        }
        yield from known.values()

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
        """Send rows of one kind; a short roster is answered at once, a long one becomes a job."""
        sent = list(rows)
        if len({type(row) for row in sent}) != 1:
            raise ValueError("A roster has rows, all of one kind.")
        return self._answer_once(
            key,
            program,
            list(enumerate(sent, start=1)),
            mode=mode,
            atomic=atomic,
            dry_run=dry_run,
            reason=reason,
            request_id=request_id,
        )

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
        """Send what is left of a file as a roster."""
        return self._answer_once(
            key,
            program,
            read_rows(file.read(), kind, form),
            mode=mode,
            atomic=atomic,
            dry_run=dry_run,
            reason=reason,
            request_id=request_id,
        )

    def get_job(self, job: UUID) -> Job:
        """Return how a job stands."""
        return self._find_job(job)[0]

    def cancel_job(self, job: UUID) -> Job:
        """Ask for a job to stop; here it is always too late."""
        return self._find_job(job)[0]

    def list_answers(self, job: UUID) -> Iterator[RowAnswer]:
        """Return the answers of a finished job, by line."""
        yield from self._find_job(job)[1]

    def list_program_enrollments(
        self,
        program: str,
        *,
        waiting: bool | None = None,
        changed_since: datetime | None = None,
        student_key: str | None = None,
    ) -> Iterator[ProgramEnrollment]:
        """Return the enrollments of a program, or those of one of its students."""
        found = self._find_program(program)
        wanted = None if student_key is None else fold(student_key)
        for (uuid, folded), stored in self._students.items():
            account = self._holder(found, folded)
            is_waiting = account is None
            is_late = changed_since is not None and stored.modified_at < changed_since
            is_meant = uuid == found.uuid and wanted in {None, folded}
            if is_meant and waiting in {None, is_waiting} and not is_late:
                yield ProgramEnrollment(
                    student_key=stored.value,
                    organization=school(found),
                    program=found.key,
                    curriculum=active_curriculum(found),
                    status=stored.status,
                    waiting=is_waiting,
                    account=account,
                    created_at=stored.created_at,
                    modified_at=stored.modified_at,
                )

    def list_waiting(self, program: str, *, cursor: str = "", size: int = 50) -> EnrollmentPage:
        """Return a page of those enrollments of a program that wait for somebody."""
        start = int(cursor or 0)
        found = list(self.list_program_enrollments(program, waiting=True))[start:]
        following = str(start + size) if len(found) > size else ""
        return EnrollmentPage(results=found[:size], next_cursor=following)

    def list_course_enrollments(
        self, program: str, *, course_run: str | None = None, student_key: str | None = None
    ) -> Iterator[CourseEnrollment]:
        """Return what students are granted through a program, or one of them."""
        found = self._find_program(program)
        by_key = {run.key: run for run in runs(found)}
        wanted = None if student_key is None else fold(student_key)
        for (uuid, folded, key), stored in self._grants.items():
            is_meant = uuid == found.uuid and wanted in {None, folded}
            if is_meant and course_run in {None, key}:
                account = self._holder(found, folded)
                status = self._students[found.uuid, folded].status
                is_active = stored.status == "active"
                yield CourseEnrollment(
                    kind="student_key",
                    value=self._students[found.uuid, folded].value,
                    organization=school(found),
                    program=found.key,
                    course_run=key,
                    external_key=by_key[key].external_key or "",
                    mode=found.mode or "",
                    active=is_active,
                    effective=is_active and status in STUDYING and account is not None,
                    course_staff=stored.is_staff,
                    waiting=account is None,
                    account=account,
                    created_at=stored.created_at,
                    modified_at=stored.modified_at,
                )

    def get_digest(self, program: str, kind: EnrollmentKind) -> Digest:
        """Return the digest of a program's enrollments."""
        found = self._find_program(program)
        return digest_program(found.key, kind, self._list_stored(found, kind))

    def list_bucket_rows(
        self, program: str, kind: EnrollmentKind, buckets: Collection[str]
    ) -> Iterator[StoredRow]:
        """Return the rows of buckets."""
        rows = self._list_stored(self._find_program(program), kind)
        return iter([row for row in rows if row.bucket in buckets])

    def list_changes(
        self,
        *,
        after: str | None = None,
        program: str | None = None,
        subjects: Collection[str] = (),
    ) -> ChangePage:
        """Return a page of what has changed since a cursor."""
        start = int(after or 0)
        key = None if program is None else self._find_program(program).key
        found = [
            each
            for each in self._changes[start:]
            if key in {None, (each.after or {}).get("program")}
            and (not subjects or each.subject in subjects)
        ]
        return ChangePage(results=found, next_cursor=str(len(self._changes)), is_end=True)

    def find_seat(self, username: str, course_run: str) -> str | None:
        """Return the mode in which a learner is in a course run, or None."""
        if username not in self.usernames:
            raise not_found(f"There is no account {username!r}.")
        for program in self.programs:
            for enrollment in self.list_course_enrollments(program.key, course_run=course_run):
                if enrollment.account == username and enrollment.effective:
                    return enrollment.mode
        return None

    def bind_student_keys(
        self, organization: str, usernames: dict[str, str], *, reason: str
    ) -> list[Binding]:
        """Link student keys to accounts, each by itself; ``usernames`` are by student key."""
        return [
            Binding(value=key, username=name, outcome=self._bind(organization, key, name, reason))
            for key, name in usernames.items()
        ]

    def list_students(self, program: UUID) -> Iterator[Student]:
        """Return who is in a program, with the names of their accounts."""
        for each in self.list_program_enrollments(str(program)):
            yield Student(
                student_key=each.student_key,
                status=each.status,
                account_exists=each.account is not None,
                curriculum_uuid=each.curriculum,
                username=each.account or "",
                email=f"{each.account}@example.org" if each.account else "",
            )

    def list_course_students(self, program: UUID, course_run: str) -> Iterator[CourseStudent]:
        """Return who is granted a course run through a program."""
        found = self._require_run(program, course_run)
        for each in self.list_course_enrollments(found.key, course_run=course_run):
            yield CourseStudent(
                student_key=each.value,
                status="active" if each.active else "inactive",
                account_exists=each.account is not None,
                curriculum_uuid=active_curriculum(found),
                course_staff=each.course_staff,
            )

    def list_grades(self, program: UUID, course_run: str) -> Iterator[Grade]:
        """Return the grades of a program's students in one of its course runs."""
        found = self._require_run(program, course_run)
        for each in self.list_course_enrollments(found.key, course_run=course_run):
            grade = self.grades.get((each.account or "", course_run))
            if grade is not None and grade.percent is None:
                yield Grade(student_key=each.value, error="The grade has no percent.")
            elif grade is not None:
                yield Grade(
                    student_key=each.value,
                    passed=grade.is_passing,
                    percent=grade.percent,
                    letter_grade=grade.letter or None,
                )

    def write_v1(
        self, program: UUID, rows: Iterable[Row], *, mode: Mode = Mode.UPSERT
    ) -> Iterator[RowAnswer]:
        """Write rows so many at a time, and yield each row's answer."""
        line = 1
        for _, few in list_calls(program, rows):
            for row in few:
                if isinstance(row, CourseRow):
                    self._require_run(program, row.course_id)
            found = self._find_program(str(program))
            judged = self._judge_all(found, list(enumerate(few, start=line)), mode)
            for each in judged:
                self._write(found, each, "")
            for each in judged:
                action = "refuse" if each.answer.action == "refuse" else "write"
                yield msgspec.structs.replace(each.answer, action=action, reason="")
            line += len(few)

    def _answer_once(
        self,
        key: str,
        program: str,
        rows: list[Numbered],
        **order: Any,  # noqa: ANN401  handed on
    ) -> RosterAnswer | Job:
        answer = self._kept.get(key) or self._answer_roster(program, rows, **order)
        if key:
            self._kept[key] = answer
        return answer

    def _answer_roster(
        self,
        program: str,
        rows: list[Numbered],
        *,
        mode: Mode,
        atomic: bool,
        dry_run: bool,
        reason: str,
        request_id: str,
    ) -> RosterAnswer | Job:
        found = self._find_program(program)
        judged = self._judge_all(found, rows, mode)
        is_refused = any(each.answer.action == "refuse" for each in judged)
        applied = not dry_run and not (atomic and is_refused)
        written = [each for one in judged if applied for each in self._write(found, one, reason)]
        self._note_request(found, request_id, written)
        answers = [each.answer for each in judged]
        if len(rows) <= self.rows_at_once:
            return RosterAnswer(applied=applied, counts=count(answers), rows=answers)
        job = Job(uuid=uuid4(), program=found.key, state="pending", progress=0.0)
        done = Job(
            uuid=job.uuid,
            program=found.key,
            state="succeeded",
            progress=1.0,
            counts=count(answers),
            applied=applied,
        )
        self._jobs[job.uuid] = (done, answers)
        self._written[job.uuid] = written
        return job

    def _list_stored(self, program: Program, kind: EnrollmentKind) -> list[StoredRow]:
        if kind is EnrollmentKind.COURSE_ENROLLMENTS:
            return [
                StoredCourseRow(
                    bucket=find_bucket(each.value),
                    course_run=each.course_run,
                    curriculum=active_curriculum(program),
                    status="active" if each.active else "inactive",
                    course_staff=each.course_staff,
                    account_exists=each.account is not None,
                    student_key=each.value,
                )
                for each in self.list_course_enrollments(program.key)
            ]
        return [
            StoredProgramRow(
                bucket=find_bucket(each.student_key or ""),
                curriculum=each.curriculum,
                status=each.status,
                account_exists=each.account is not None,
                student_key=each.student_key or "",
            )
            for each in self.list_program_enrollments(program.key)
        ]

    def _require_run(self, program: UUID, course_run: str) -> Program:
        found = self._find_program(str(program))
        if course_run not in {run.key for run in runs(found)}:
            raise not_found(f"There is no course run {course_run!r} in {found.key}.")
        return found
