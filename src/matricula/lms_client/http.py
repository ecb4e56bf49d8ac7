"""The LMS over HTTP."""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any, Generic, Self, TypeVar
from urllib.parse import quote
from uuid import UUID

import msgspec

from matricula.lms_client.calling import Access, Calls, read_json
from matricula.lms_client.protocol import Row
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
from matricula.lms_client.refusals import LmsBroken

V2 = "/api/enrollment/v2"
CATALOG = "/api/v1/programs/"
NDJSON = "application/x-ndjson"
ROSTER_SECONDS = 600
"""How long a short roster may take to be answered, and a long one to be stored."""
IN_MEMORY = 1 << 20
LARGEST_PAGE = 1_000
ACCEPTED = 202

Item = TypeVar("Item")


class _Page(msgspec.Struct, Generic[Item], frozen=True):
    results: list[Item]
    next: str | None = None


class _Bindings(msgspec.Struct, frozen=True):
    results: list[Binding]


class _Seat(msgspec.Struct, frozen=True):
    mode: str | None


class HttpLms:
    """An LMS at an address, called as a client of it. Not to be shared by threads."""

    def __init__(self, access: Access) -> None:
        """Call nothing yet."""
        self._calls = Calls(access)

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

    def list_programs(self) -> Iterator[Program]:
        """Return all programs of the catalog."""
        return self._list(CATALOG, Program, {})

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
        """Send rows of one kind; a short roster is answered at once, a long one becomes a job."""
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            kind = _write_rows(body, rows)
            body.seek(0)
            answer = self._calls.call(
                "POST",
                f"{V2}/programs/{_segment(program)}/{kind}",
                params={
                    "mode": mode.value,
                    "atomic": _word(atomic),
                    "dry_run": _word(dry_run),
                    "reason": reason,
                },
                body=body,
                headers={"Content-Type": NDJSON},
                read_seconds=ROSTER_SECONDS,
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
        address, accept = f"{V2}/jobs/{job}/result", {"Accept": NDJSON}
        with self._calls.call("GET", address, headers=accept, stream=True) as answer:
            decoder = msgspec.json.Decoder(RowAnswer)
            try:
                for line in answer.iter_lines():
                    if line:
                        yield decoder.decode(line)
            except msgspec.DecodeError as error:
                raise LmsBroken(f"The LMS answers a job with rubbish: {error}.") from error

    def list_program_enrollments(
        self,
        program: str,
        *,
        waiting: bool | None = None,
        changed_since: datetime | None = None,
    ) -> Iterator[ProgramEnrollment]:
        """Return the enrollments of a program."""
        params = {
            "program": program,
            "page_size": LARGEST_PAGE,
            "waiting": None if waiting is None else _word(waiting),
            "changed_since": changed_since and changed_since.isoformat(),
        }
        return self._list(f"{V2}/program-enrollments", ProgramEnrollment, params)

    def list_course_enrollments(
        self, program: str, *, course_run: str | None = None
    ) -> Iterator[CourseEnrollment]:
        """Return what students are granted through a program."""
        params = {"program": program, "course_run": course_run, "page_size": LARGEST_PAGE}
        return self._list(f"{V2}/course-enrollments", CourseEnrollment, params)

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

    def _read(
        self, address: str, wanted: type[Item], params: Mapping[str, Any] | None = None
    ) -> Item:
        told: Item = read_json(self._calls.call("GET", address, params=params), wanted)
        return told

    def _list(self, address: str, wanted: type[Item], params: Mapping[str, Any]) -> Iterator[Item]:
        page: _Page[Item] = self._read(address, _Page[wanted], params)  # type: ignore[valid-type]  # a type that is known only now
        yield from page.results
        while page.next:
            page = self._read(page.next, _Page[wanted])  # type: ignore[valid-type]  # as above
            yield from page.results


def _write_rows(body: IO[bytes], rows: Iterable[Row]) -> str:
    """Write the rows a line each, and return which roster they are of."""
    encoder, kinds = msgspec.json.Encoder(), set[type[Row]]()
    for row in rows:
        kinds.add(type(row))
        body.write(encoder.encode(row) + b"\n")
    if len(kinds) != 1:
        raise ValueError("A roster has rows, all of one kind.")
    return {ProgramRow: "roster", CourseRow: "course-roster"}[kinds.pop()]


def _segment(text: str) -> str:
    return quote(text, safe="")


def _word(flag: bool) -> str:  # noqa: FBT001  it is what is written
    return "true" if flag else "false"
