"""The LMS over HTTP."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, Generic, Self, TypeVar
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID, uuid4

import msgspec

from matricula.lms_client.calling import read_json, read_lines
from matricula.lms_client.plans_over_http import V2, PlansOverHttp
from matricula.lms_client.protocol import Row
from matricula.lms_client.records import (
    Binding,
    ChangePage,
    CourseEnrollment,
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
    StoredCourseRow,
    StoredProgramRow,
    StoredRow,
    Student,
)
from matricula.lms_client.refusals import LmsNotFound
from matricula.lms_client.writing_v1 import ALL_REFUSED, V1, write_v1

CATALOG = "/api/v1/programs/"
ORGANIZATIONS = "/api/v1/organizations/"
IN_MEMORY = 1 << 20
LARGEST_PAGE = 1_000
LARGEST_CATALOG_PAGE = 100
ACCEPTED, NO_CONTENT = 202, 204
ROSTERS = {
    EnrollmentKind.PROGRAM_ENROLLMENTS: "roster",
    EnrollmentKind.COURSE_ENROLLMENTS: "course-roster",
}
STORED_ROWS: dict[EnrollmentKind, type[StoredRow]] = {
    EnrollmentKind.PROGRAM_ENROLLMENTS: StoredProgramRow,
    EnrollmentKind.COURSE_ENROLLMENTS: StoredCourseRow,
}

Item = TypeVar("Item")


class _Page(msgspec.Struct, Generic[Item], frozen=True):
    results: list[Item]
    next: str | None = None


class _Bindings(msgspec.Struct, frozen=True):
    results: list[Binding]


class _Named(msgspec.Struct, frozen=True):
    uuid: UUID


class _Seat(msgspec.Struct, frozen=True):
    mode: str | None


class _History(msgspec.Struct, frozen=True):
    months: list[HistoryMonth]


class HttpLms(PlansOverHttp):
    """An LMS at an address, called as a client of it. Not to be shared by threads."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *args: object) -> None:
        """Let go of the connections."""
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._calls.close()

    def get_program(self, uuid: UUID) -> Program:
        """Return a program with its curricula and course runs."""
        return self._read(f"{CATALOG}{uuid}/", Program)

    def find_program(self, key: str) -> Program | None:
        """Return the program of a key or uuid with its curricula and course runs, or None."""
        try:
            named: _Named = self._read(f"{V2}/programs/{_segment(key)}", _Named)
            return self.get_program(named.uuid)
        except LmsNotFound:
            return None

    def list_programs(self) -> Iterator[Program]:
        """Return all programs of the catalog."""
        return self._list(CATALOG, Program, {"limit": LARGEST_CATALOG_PAGE})

    def list_organizations(self) -> Iterator[Organization]:
        """Return all organizations of the catalog."""
        return self._list(ORGANIZATIONS, Organization, {"limit": LARGEST_CATALOG_PAGE})

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
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            kind = _write_rows(body, rows)
            body.seek(0)
            return self.send_roster_file(
                program,
                body,
                kind=kind,
                form=Form.NDJSON,
                mode=mode,
                atomic=atomic,
                dry_run=dry_run,
                reason=reason,
                key=key,
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
        """Send what is left of a file as a roster; it is read as it is sent."""
        answer = self._calls.call(
            "POST",
            f"{V2}/programs/{_segment(program)}/{ROSTERS[kind]}",
            params={
                "mode": mode.value,
                "atomic": _word(atomic),
                "dry_run": _word(dry_run),
                "reason": reason,
            },
            body=file,
            headers={
                "Content-Type": form.value,
                "Idempotency-Key": key or str(uuid4()),
                **({"X-Request-ID": request_id} if request_id else {}),
            },
            read_seconds=self._roster_seconds,
        )
        wanted: Any = Job if answer.status_code == ACCEPTED else RosterAnswer
        sent: RosterAnswer | Job = read_json(answer, wanted)
        return sent

    def get_job(self, job: UUID) -> Job:
        """Return how a job stands."""
        return self._read(f"{V2}/jobs/{job}", Job)

    def cancel_job(self, job: UUID) -> Job:
        """Ask for a job to stop; what it has written stays written."""
        told: Job = read_json(self._calls.call("POST", f"{V2}/jobs/{job}/cancel"), Job)
        return told

    def list_answers(self, job: UUID) -> Iterator[RowAnswer]:
        """Return the answers of a finished job, by line."""
        return self._read_lines(f"{V2}/jobs/{job}/result", RowAnswer)

    def list_program_enrollments(
        self,
        program: str,
        *,
        waiting: bool | None = None,
        changed_since: datetime | None = None,
        student_key: str | None = None,
    ) -> Iterator[ProgramEnrollment]:
        """Return the enrollments of a program, or those of one of its students."""
        params = {
            "program": program,
            "page_size": LARGEST_PAGE,
            "student_key": student_key,
            "waiting": None if waiting is None else _word(waiting),
            "changed_since": changed_since and changed_since.isoformat(),
        }
        return self._list(f"{V2}/program-enrollments", ProgramEnrollment, params)

    def list_waiting(self, program: str, *, cursor: str = "", size: int = 50) -> EnrollmentPage:
        """Return a page of those enrollments of a program that wait for somebody."""
        params = {
            "program": program,
            "waiting": "true",
            "page_size": size,
            "cursor": cursor or None,
        }
        wanted: Any = _Page[ProgramEnrollment]
        page: _Page[ProgramEnrollment] = self._read(f"{V2}/program-enrollments", wanted, params)
        following = parse_qs(urlsplit(page.next or "").query).get("cursor", [""])
        return EnrollmentPage(results=page.results, next_cursor=following[0])

    def list_course_enrollments(
        self, program: str, *, course_run: str | None = None, student_key: str | None = None
    ) -> Iterator[CourseEnrollment]:
        """Return what students are granted through a program, or one of them."""
        params = {
            "program": program,
            "course_run": course_run,
            "student_key": student_key,
            "page_size": LARGEST_PAGE,
        }
        return self._list(f"{V2}/course-enrollments", CourseEnrollment, params)

    def list_history(self, program: str, *, months: int = 24) -> Sequence[HistoryMonth]:
        """Return how a program stood at the ends of so many months, and now."""
        answer = self._calls.call(
            "GET",
            f"{V2}/programs/{_segment(program)}/history",
            params={"months": months},
            read_seconds=self._roster_seconds,
        )
        told: _History = read_json(answer, _History)
        return told.months

    def get_digest(self, program: str, kind: EnrollmentKind) -> Digest:
        """Return the digest of a program's enrollments."""
        return self._read(
            f"{V2}/programs/{_segment(program)}/digest", Digest, {"kind": kind.value}
        )

    def list_bucket_rows(
        self, program: str, kind: EnrollmentKind, buckets: Collection[str]
    ) -> Iterator[StoredRow]:
        """Return the rows of buckets, in no order; they are read as they are taken."""
        if not buckets:
            return iter(())
        address = f"{V2}/programs/{_segment(program)}/digest/rows"
        params = {"kind": kind.value, "bucket": list(buckets)}
        return self._read_lines(address, STORED_ROWS[kind], params)

    def list_changes(
        self,
        *,
        after: str | None = None,
        program: str | None = None,
        subjects: Collection[str] = (),
    ) -> ChangePage:
        """Return a page of what has changed since a cursor."""
        params = {
            "after": after,
            "program": program,
            "subject": list(subjects),
            "page_size": LARGEST_PAGE,
        }
        return self._read(f"{V2}/changes", ChangePage, params)

    def find_seat(self, username: str, course_run: str) -> str | None:
        """Return the mode in which a learner is in a course run, or None."""
        return self._read(f"{V2}/seats/{_segment(username)}/{quote(course_run)}", _Seat).mode

    def bind_student_keys(
        self, organization: str, usernames: dict[str, str], *, reason: str
    ) -> list[Binding]:
        """Link student keys to accounts, each by itself; ``usernames`` are by student key."""
        wanted = [{"value": key, "username": name} for key, name in usernames.items()]
        done: list[Binding] = []
        for start in range(0, len(wanted), LARGEST_PAGE):
            body = {
                "kind": "student_key",
                "organization": organization,
                "bindings": wanted[start : start + LARGEST_PAGE],
                "reason": reason,
            }
            answer = self._calls.call(
                "POST",
                f"{V2}/identities/bind",
                body=msgspec.json.encode(body),
                headers={"Content-Type": "application/json"},
            )
            done += read_json(answer, _Bindings).results
        return done

    def list_students(self, program: UUID) -> Iterator[Student]:
        """Return who is in a program, with the names of their accounts."""
        return self._list(f"{V1}/{program}/enrollments/", Student, {"page_size": LARGEST_PAGE})

    def list_course_students(self, program: UUID, course_run: str) -> Iterator[CourseStudent]:
        """Return who is granted a course run through a program."""
        address = f"{V1}/{program}/courses/{quote(course_run)}/enrollments/"
        return self._list(address, CourseStudent, {"page_size": LARGEST_PAGE})

    def list_grades(self, program: UUID, course_run: str) -> Iterator[Grade]:
        """Return the grades of a program's students in one of its course runs."""
        address = f"{V1}/{program}/courses/{quote(course_run)}/grades/"
        return self._list(address, Grade, {"page_size": LARGEST_PAGE}, also_good=[ALL_REFUSED])

    def write_v1(
        self, program: UUID, rows: Iterable[Row], *, mode: Mode = Mode.UPSERT
    ) -> Iterator[RowAnswer]:
        """Write rows by edX's API, so many at a time as it takes, and yield each row's answer."""
        return write_v1(self._calls, program, rows, mode=mode)

    def _read(
        self, address: str, wanted: type[Item], params: Mapping[str, Any] | None = None
    ) -> Item:
        told: Item = read_json(self._calls.call("GET", address, params=params), wanted)
        return told

    def _read_lines(
        self, address: str, wanted: type[Item], params: Mapping[str, Any] | None = None
    ) -> Iterator[Item]:
        headers = {"Accept": Form.NDJSON.value}
        answer = self._calls.call("GET", address, params=params, headers=headers, stream=True)
        return read_lines(answer, wanted)

    def _list(
        self,
        address: str,
        wanted: type[Item],
        params: Mapping[str, Any],
        also_good: Collection[int] = (),
    ) -> Iterator[Item]:
        following: str | None = address
        given: Mapping[str, Any] | None = params
        while following:
            answer = self._calls.call("GET", following, params=given, also_good=also_good)
            if answer.status_code == NO_CONTENT:  # as edX tells of no grades
                return
            page: _Page[Item] = read_json(answer, _Page[wanted])  # type: ignore[valid-type]  # a type that is known only now
            yield from page.results
            following, given = page.next, None


def _write_rows(body: IO[bytes], rows: Iterable[Row]) -> EnrollmentKind:
    """Write the rows a line each, and return of which kind they are."""
    encoder, kinds = msgspec.json.Encoder(), set[type[Row]]()
    for row in rows:
        kinds.add(type(row))
        body.write(encoder.encode(row) + b"\n")
    if len(kinds) != 1:
        raise ValueError("A roster has rows, all of one kind.")
    is_program = kinds == {ProgramRow}
    return EnrollmentKind.PROGRAM_ENROLLMENTS if is_program else EnrollmentKind.COURSE_ENROLLMENTS


def _segment(text: str) -> str:
    return quote(text, safe="")


def _word(flag: bool) -> str:  # noqa: FBT001  it is what is written
    return "true" if flag else "false"
