"""Carrying out an upload by edX's API: 25 rows a call, for an LMS that has nothing better.

That API judges each call by itself, so what concerns the whole file is judged here: repeated rows,
and the names of courses. Begun again, all is written again, which changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import tee

import msgspec
from django.utils.translation import gettext as _

from matricula.lms_client.api import CourseRow, Lms, LmsBroken, ProgramRow, Row, RowAnswer
from matricula.registrar.catalog.api import recall_courses
from matricula.registrar.jobs.api import JobAtWork, JobLeft
from matricula.registrar.partners.api import Program
from matricula.registrar.uploads.reading import Fault, UploadFile, UploadKind, UploadRow
from matricula.service.folding import fold

REPORTED = 1_000
DUPLICATED = Fault("duplicated", "the student key is there more than once")
NO_COURSE = Fault("course-not-found", "the program has no such course")
INVALID_STAFF = Fault("invalid-course-staff", "course_staff is true, false or nothing")
STAFF: Mapping[str, bool | None] = {"": None, "true": True, "false": False}

Name = tuple[str, str]
"""Folded student key, and course run or nothing."""


class WritingByV1:
    """An upload's rows, and their answers as they come; ``is_canceled`` if these end early."""

    def __init__(self, lms: Lms, program: Program, file: UploadFile, at_work: JobAtWork) -> None:
        """Read the file for what is there twice."""
        self._lms, self._program, self._at_work = lms, program, at_work
        self._kind = file.kind
        self._runs = _map_runs(program) if file.kind is UploadKind.COURSE else {}
        self._times = Counter(map(self._name, _keep_good(file.list_rows())))
        # One reading for all who take rows from it: the file has one place where it is read.
        self.rows, self._answered, self._sent = tee(file.list_rows(), 3)
        self.is_canceled = False

    def list_answers(self) -> Iterator[RowAnswer]:
        """Yield an answer to each row that has no fault of its own."""
        try:
            yield from self._write()
        except JobLeft:
            self.is_canceled = True

    def _write(self) -> Iterator[RowAnswer]:
        sent = (row for row in _keep_good(self._sent) if self._find_fault(row) is None)
        answers = self._lms.write_v1(self._program.uuid, map(self._shape, sent))
        for number, row in enumerate(_keep_good(self._answered)):
            if number % REPORTED == 0:
                self._at_work.require_going_on()
                self._at_work.report(done=number)
            fault = self._find_fault(row)
            if fault is None:
                answer = next(answers, None)
                if answer is None:
                    raise LmsBroken(
                        _("The LMS does not answer line %(line)s.") % {"line": row.line}
                    )
                yield msgspec.structs.replace(answer, line=row.line)
            else:
                yield RowAnswer(
                    line=row.line,
                    student_key=row.student_key,
                    action="refuse",
                    verdict=fault.verdict,
                    reason=fault.reason,
                )

    def _find_fault(self, row: UploadRow) -> Fault | None:
        if self._kind is UploadKind.COURSE and row.course_id not in self._runs:
            return NO_COURSE
        if self._times[self._name(row)] > 1:
            return DUPLICATED
        return None if row.course_staff.lower() in STAFF else INVALID_STAFF

    def _name(self, row: UploadRow) -> Name:
        return fold(row.student_key), self._runs.get(row.course_id, row.course_id)

    def _shape(self, row: UploadRow) -> Row:
        if self._kind is UploadKind.PROGRAM:
            return ProgramRow(student_key=row.student_key, status=row.status)
        return CourseRow(
            student_key=row.student_key,
            course_id=self._runs[row.course_id],
            status=row.status,
            course_staff=STAFF[row.course_staff.lower()],
        )


def _keep_good(rows: Iterator[UploadRow]) -> Iterator[UploadRow]:
    return (row for row in rows if row.fault is None)


def _map_runs(program: Program) -> dict[str, str]:
    """Return the key of each course run by its names; a key is stronger than a school's name."""
    runs = recall_courses(program=program, at=datetime.now(UTC)).runs
    by_school = {run.external_key: run.key for run in runs if run.external_key}
    return {**by_school, **{run.key: run.key for run in runs}}
