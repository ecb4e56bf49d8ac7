"""Uploads: files of any number of rows; and those that wait for a second person."""

from typing import IO, ClassVar, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import APIException
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from matricula.registrar.partners.api import Permission
from matricula.registrar.rest.describing import OF_WRITES, ListOf, describe
from matricula.registrar.rest.jobs import read_job_id
from matricula.registrar.rest.problems import answer_write
from matricula.registrar.rest.shapes import (
    AcceptedShape,
    JobShape,
    shape_accepted,
    shape_job,
    shape_jobs,
)
from matricula.registrar.rest.viewing import ApiView, ProgramView
from matricula.registrar.uploads.api import (
    UploadKind,
    approve_upload,
    list_waiting_uploads,
    receive_upload,
    reject_upload,
)

ACCEPTED = 202
AROUND = 1 << 16
"""Bytes that a form may have around its file."""
FORM = {
    "multipart/form-data": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    }
}


class NoFile(APIException):
    """The form has no file of that name."""

    status_code = 400
    default_code = "no-file"
    default_detail = "No file content uploaded"


class ProgramUpload(ProgramView):
    """A file of who is in a program."""

    answer_error = answer_write
    parser_classes = (MultiPartParser,)
    kind: ClassVar[UploadKind] = UploadKind.PROGRAM

    @describe(
        takes=FORM, answers={ACCEPTED: AcceptedShape}, refuses=[404, 409, 502, 504], told=OF_WRITES
    )
    def post(self, request: Request, key: str) -> Response:
        """Send a CSV file; each of its rows is answered in the result of the job."""
        program = self.permit(key, Permission.WRITE_ENROLLMENTS).program
        file = read_file(request)
        job = receive_upload(program=program, kind=self.kind, file=file, by=self.by, at=self.at)
        return Response(shape_accepted(job, request=request), status=ACCEPTED)


class CourseUpload(ProgramUpload):
    """A file of who takes which course runs of a program."""

    kind = UploadKind.COURSE


class Approvals(ProgramView):
    """The uploads of a program that somebody else than their sender must approve."""

    @describe(answers={200: ListOf(JobShape)}, refuses=[404])
    def get(self, request: Request, key: str) -> Response:
        """List jobs that wait to be approved, the oldest first."""
        del request
        program = self.permit(key, Permission.WRITE_ENROLLMENTS).program
        waiting = list_waiting_uploads(program=program, by=self.by)
        return Response(shape_jobs(waiting, by=self.by))


class JobApprove(ApiView):
    """Letting an upload go on."""

    @describe(answers={200: JobShape}, refuses=[404, 409])
    def post(self, request: Request, job_id: str) -> Response:
        """Approve an upload of somebody else that would change much of a program."""
        del request
        job = approve_upload(uuid=read_job_id(job_id), by=self.by, at=self.at)
        return Response(shape_job(job, by=self.by))


class JobReject(ApiView):
    """Ending an upload before it is sent."""

    @describe(answers={200: JobShape}, refuses=[404, 409])
    def post(self, request: Request, job_id: str) -> Response:
        """Reject an upload of somebody else that waits to be approved."""
        del request
        job = reject_upload(uuid=read_job_id(job_id), by=self.by)
        return Response(shape_job(job, by=self.by))


def read_file(request: Request) -> IO[bytes]:
    """Return the file of a form, which was written to disk as it came.

    Raises:
        NoFile: it has none.
        RequestDataTooBig: it is too large.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_BYTES + AROUND:
        raise RequestDataTooBig
    sent = request.FILES.get("file")
    if sent is None or sent.file is None:
        raise NoFile
    return cast("IO[bytes]", sent.file)
