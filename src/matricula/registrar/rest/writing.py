"""Writing enrollments: a few in a request, at once. The words and their order are the contract's.

``student_key`` and ``status`` must be texts; what they say is judged by the LMS, row by row.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms_client.api import CourseRow, Mode, ProgramRow, Row
from matricula.registrar.catalog.api import CourseRun, recall_course_run
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program
from matricula.registrar.rest.describing import OF_WRITES, Method, describe
from matricula.registrar.rest.problems import answer_write
from matricula.registrar.rest.viewing import ProgramView
from matricula.registrar.uploads.api import is_written, write_rows

LIMIT = 25
LONGEST = 1_000
"""Characters of a text; the LMS has a verdict for shorter ones, and refuses longer lines."""
ALL_GOOD, SOME_GOOD, NONE_GOOD = 200, 207, 422
WORDS = {"type": "object", "additionalProperties": {"type": "string"}}
"""By student key: the status it has now, or what is wrong."""


def describe_rows(statuses: Sequence[str], **more: object) -> Mapping[str, object]:
    """Return the schema of a body of rows."""
    said = {"type": "string", "maxLength": LONGEST}
    fields = {"student_key": said, "status": {**said, "examples": list(statuses)}, **more}
    row = {"type": "object", "properties": fields, "required": ["student_key", "status"]}
    return {"application/json": {"type": "array", "items": row, "maxItems": LIMIT}}


PROGRAM_ROWS = describe_rows(["enrolled", "pending", "suspended", "canceled", "ended"])
COURSE_ROWS = describe_rows(["active", "inactive"], course_staff={"type": "boolean"})


class TooManyRows(APIException):
    """More rows than a request may have."""

    status_code = 413
    default_code = "enrollment-limit"
    default_detail = f"Enrollment limit {LIMIT}"


def _writing(rows: Mapping[str, object]) -> Callable[[Method], Method]:
    return describe(
        takes=dict(rows),
        answers={ALL_GOOD: WORDS, SOME_GOOD: WORDS, NONE_GOOD: WORDS},
        refuses=[404, 409, 502, 504],
        told=OF_WRITES,
    )


class ProgramWrites(ProgramView):
    """Rows of a program."""

    answer_error = answer_write

    @_writing(PROGRAM_ROWS)
    def post(self, request: Request, key: str) -> Response:
        """Add enrollments: a list of at most 25. The answer has a word for each student key."""
        return self.write(request, key, Mode.CREATE)

    @_writing(PROGRAM_ROWS)
    def patch(self, request: Request, key: str) -> Response:
        """Change enrollments that there are: a list of at most 25, answered as for adding."""
        return self.write(request, key, Mode.UPDATE)

    def write(self, request: Request, key: str, mode: Mode) -> Response:
        """Have the rows of a request written."""
        program = self.permit(key, Permission.WRITE_ENROLLMENTS).program
        rows = [_read_row(item) for item in read_items(request.data)]
        return write(rows, program=program, mode=mode, by=self.by)


class CourseWrites(ProgramView):
    """Rows of one of a program's course runs."""

    answer_error = answer_write

    @_writing(COURSE_ROWS)
    def post(self, request: Request, key: str, course: str) -> Response:
        """Add enrollments in a course run: a list of at most 25, answered by student key."""
        return self.write(request, key, course, Mode.CREATE)

    @_writing(COURSE_ROWS)
    def patch(self, request: Request, key: str, course: str) -> Response:
        """Change enrollments in a course run: a list of at most 25, answered by student key."""
        return self.write(request, key, course, Mode.UPDATE)

    def write(self, request: Request, key: str, course: str, mode: Mode) -> Response:
        """Have the rows of a request written."""
        program = self.permit(key, Permission.WRITE_ENROLLMENTS).program
        run = recall_course_run(program=program, name=course, at=self.at)
        rows = [_read_course_row(item, run) for item in read_items(request.data)]
        return write(rows, program=program, mode=mode, by=self.by)


def read_items(body: object) -> Sequence[object]:
    """Return the items of a request.

    Raises:
        TooManyRows, ValidationError: it has none that are fit to be sent.
    """
    if not isinstance(body, list):
        raise ValidationError("the body must be a list of enrollments")
    if len(body) > LIMIT:
        raise TooManyRows
    return body


def write(rows: Sequence[Row], *, program: Program, mode: Mode, by: Actor) -> Response:
    """Have rows written, and return a word for each student key; the status says how many did."""
    if not rows:
        return Response({}, status=NONE_GOOD)
    answers = write_rows(program=program, rows=rows, mode=mode, by=by)
    good = sum(map(is_written, answers))
    status = (ALL_GOOD if good == len(answers) else SOME_GOOD) if good else NONE_GOOD
    return Response({each.student_key: each.verdict for each in answers}, status=status)


def _read_row(item: object) -> ProgramRow:
    fields = _require_texts(item)
    return ProgramRow(student_key=fields["student_key"].strip(), status=fields["status"].strip())


def _read_course_row(item: object, run: CourseRun) -> CourseRow:
    fields = _require_texts(item)
    staff = fields.get("course_staff")
    if "course_staff" in fields and not settings.COURSE_STAFF:
        raise PermissionDenied("Schools may not say here who is staff in a course.")
    if not isinstance(staff, bool | None):
        raise ValidationError("course_staff must be true or false")
    return CourseRow(
        student_key=fields["student_key"].strip(),
        course_id=run.key,
        status=fields["status"].strip(),
        course_staff=staff,
    )


def _require_texts(item: object) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise ValidationError("each item of the list must be an object")
    for name in ("student_key", "status"):
        if not isinstance(item.get(name), str):
            raise ValidationError(f"each item must have {name}, a text")
        if len(item[name]) > LONGEST:
            raise ValidationError(f"{name} has more than {LONGEST:,} characters")
    return item
