"""Writing by edX's Program Enrollments API: 25 rows a call, and a word for each."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from urllib.parse import quote
from uuid import UUID

import msgspec

from matricula.lms_client.calling import Calls, read_json
from matricula.lms_client.protocol import Row
from matricula.lms_client.records import CourseRow, Mode, ProgramRow, RowAnswer
from matricula.lms_client.refusals import LmsBroken

V1 = "/api/program_enrollments/v1/programs"
ROWS_OF_A_CALL = 25
METHODS = {Mode.CREATE: "POST", Mode.UPDATE: "PATCH", Mode.UPSERT: "PUT"}
WRITTEN = {"enrolled", "pending", "suspended", "canceled", "ended", "active", "inactive"}
ALL_REFUSED = 422
NO_CURRICULUM = "None"
"""Means the active one."""


def write_v1(
    calls: Calls, program: UUID, rows: Iterable[Row], *, mode: Mode
) -> Iterator[RowAnswer]:
    """Write rows in calls of ``ROWS_OF_A_CALL``, and yield the answer to each."""
    line = 1
    for address, few in list_calls(program, rows):
        answer = calls.call(
            METHODS[mode],
            address,
            body=msgspec.json.encode([_shape(row, mode) for row in few]),
            headers={"Content-Type": "application/json"},
            also_good=[ALL_REFUSED],
        )
        words = read_json(answer, dict[str, str])
        for row in few:
            yield _answer(line, row, words)
            line += 1


def list_calls(program: UUID, rows: Iterable[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
    """Yield where to send which rows: neighbours of one course go together."""
    for address, together in groupby(rows, key=lambda row: _address(program, row)):
        while few := list(islice(together, ROWS_OF_A_CALL)):
            yield address, few


def _address(program: UUID, row: Row) -> str:
    if isinstance(row, CourseRow):
        return f"{V1}/{program}/courses/{quote(row.course_id)}/enrollments/"
    return f"{V1}/{program}/enrollments/"


def _shape(row: Row, mode: Mode) -> dict[str, str | bool]:
    shaped: dict[str, str | bool] = {"student_key": row.student_key.strip(), "status": row.status}
    if isinstance(row, ProgramRow) and mode is not Mode.UPDATE:
        shaped["curriculum_uuid"] = row.curriculum_uuid or NO_CURRICULUM
    if isinstance(row, CourseRow) and row.course_staff is not None:
        shaped["course_staff"] = row.course_staff
    return shaped


def _answer(line: int, row: Row, words: dict[str, str]) -> RowAnswer:
    word = words.get(row.student_key.strip())
    if word is None:
        raise LmsBroken(f"The LMS does not answer the row of line {line}.")
    return RowAnswer(
        line=line,
        student_key=row.student_key,
        action="write" if word in WRITTEN else "refuse",
        verdict=word,
        course_id=row.course_id if isinstance(row, CourseRow) else None,
    )
