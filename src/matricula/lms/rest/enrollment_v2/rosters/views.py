"""Rosters: sent to be planned or applied, and fetched as they are stored."""

import tempfile
from contextlib import ExitStack
from hashlib import blake2b
from http import HTTPStatus
from typing import IO, ClassVar

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.rest.enrollment_v2.describing import describe
from matricula.lms.rest.enrollment_v2.finding import find_program
from matricula.lms.rest.enrollment_v2.rosters.examples import (
    ANSWER,
    COURSE_ROWS,
    PROGRAM_ROWS,
    TEXT,
)
from matricula.lms.rest.enrollment_v2.rosters.forms import (
    CONTENT_TYPES,
    CSV,
    JSON,
    NDJSON,
    ExportWriter,
    choose_form,
    find_form,
    is_packed,
    list_headers,
    write_answers,
    write_head,
)
from matricula.lms.rest.enrollment_v2.rosters.shapes import (
    CourseRoster,
    Job,
    ProgramRoster,
    RosterAnswer,
    RosterQuery,
    shape_answer,
    shape_job,
)
from matricula.lms.rest.enrollment_v2.viewing import EnrollmentView
from matricula.lms.rosters.api import (
    AnsweredRoster,
    Form,
    RosterJob,
    RosterKind,
    export_rows,
    receive_roster,
    submit_roster,
)

ANSWERS = {JSON: RosterAnswer, NDJSON: TEXT, CSV: TEXT}
BLOCK = 1 << 18


class AnyRosterView(EnrollmentView):
    """What the two rosters of a program have in common."""

    kind: ClassVar[RosterKind]

    @property
    def body_limit(self) -> int:  # type: ignore[override]  # read when it is asked for
        """The bytes of a roster that are taken."""
        return int(settings.ROSTER_BYTES)

    def submit(self, request: Request, key: str) -> HttpResponseBase:
        """Have a roster answered, or made a job."""
        query = self.read_query(RosterQuery)
        program = find_program(key, by=self.by)
        with receive_roster(
            stream=self.body,
            name=query.name,
            form=find_form(request),
            kind=self.kind,
            limit=self.body_limit,
            is_packed=is_packed(request),
        ) as file:
            submitted = submit_roster(
                file=file,
                program=program,
                order=query.as_order(),
                rows_at_once=settings.ROSTER_ROWS_AT_ONCE,
                by=self.by,
                at=self.at,
            )
        if isinstance(submitted, RosterJob):
            return accepted(submitted, request)
        return answered(submitted, request, program, query)

    def export(self, request: Request, key: str) -> HttpResponseBase:
        """Send what is stored; written to its end before the first byte is sent."""
        program = find_program(key, by=self.by)
        form = choose_form(request)
        courses = self.kind is RosterKind.COURSE
        with ExitStack() as unless_sent:
            copy = unless_sent.enter_context(tempfile.TemporaryFile(prefix="export-"))
            writer = ExportWriter(form, copy, courses=courses)
            exported = export_rows(program=program, to=writer.add, by=self.by, courses=courses)
            writer.end()
            headers = {"ETag": make_etag(copy), "X-Roster-Left-Out": str(exported.left_out)}
            if request.headers.get("If-None-Match") == headers["ETag"]:
                return HttpResponseNotModified(headers=headers)
            unless_sent.pop_all()  # now the answer closes the file
            return FileResponse(copy, content_type=CONTENT_TYPES[form], headers=headers)


class ProgramRosterView(AnyRosterView):
    """Who is in a program."""

    kind = RosterKind.PROGRAM

    @describe(
        takes={JSON: ProgramRoster, NDJSON: TEXT, CSV: TEXT},
        query=RosterQuery,
        answers={200: ANSWERS, 202: Job},
        refuses=[404],
        takes_example=PROGRAM_ROWS,
        example=ANSWER,
    )
    def post(self, request: Request, key: str) -> HttpResponseBase:
        """Write, or plan, rows of a program's roster.

        JSON, NDJSON or CSV, packed with gzip or not; the answer in the form that is accepted.
        Every row is answered with line, key, verdict and reason; a bad one holds up no other,
        unless `atomic` is asked for. More than 20,000 rows become a job.
        """
        return self.submit(request, key)

    @describe(answers={200: {JSON: ProgramRoster, NDJSON: TEXT, CSV: TEXT}}, refuses=[404])
    def get(self, request: Request, key: str) -> HttpResponseBase:
        """Fetch a program's roster, ordered by student key.

        Sent back in any form, it changes nothing. `X-Roster-Left-Out` counts the rows that no
        roster can name, of retired people mostly.
        """
        return self.export(request, key)


class CourseRosterView(AnyRosterView):
    """Who takes which course runs of a program."""

    kind = RosterKind.COURSE

    @describe(
        takes={JSON: CourseRoster, NDJSON: TEXT, CSV: TEXT},
        query=RosterQuery,
        answers={200: ANSWERS, 202: Job},
        refuses=[404],
        takes_example=COURSE_ROWS,
        example=ANSWER,
    )
    def post(self, request: Request, key: str) -> HttpResponseBase:
        """Write, or plan, rows of a program's course roster.

        As for the roster of the program; a student must be in the program already.
        """
        return self.submit(request, key)

    @describe(answers={200: {JSON: CourseRoster, NDJSON: TEXT, CSV: TEXT}}, refuses=[404])
    def get(self, request: Request, key: str) -> HttpResponseBase:
        """Fetch a program's course roster, ordered by student key.

        Sent back in any form, it changes nothing.
        """
        return self.export(request, key)


def accepted(job: RosterJob, request: Request) -> Response:
    """Return the answer that a job was made, and where it is."""
    shaped = shape_job(job, request)
    headers = {"Location": shaped.links.job, "Retry-After": "1"}
    return Response(shaped, status=HTTPStatus.ACCEPTED, headers=headers)


def answered(
    roster: AnsweredRoster, request: Request, program: ProgramOutline, query: RosterQuery
) -> HttpResponse:
    """Return the answers to a roster."""
    form = choose_form(request)
    head = shape_answer(roster, program=program, order=query.as_order())
    if query.answers == "none":
        return HttpResponse(write_head(head), content_type=JSON)
    pieces = write_answers(
        form,
        [roster.answers],
        head=head,
        layout=roster.layout,
        only_refused=query.answers == "refused",
    )
    headers = {} if form is Form.JSON else list_headers(head)
    return HttpResponse(b"".join(pieces), content_type=CONTENT_TYPES[form], headers=headers)


def make_etag(copy: IO[bytes]) -> str:
    """Return the name of what is in a file, and go to its start."""
    digest = blake2b(digest_size=16)
    copy.seek(0)
    while block := copy.read(BLOCK):
        digest.update(block)
    copy.seek(0)
    return f'"{digest.hexdigest()}"'
