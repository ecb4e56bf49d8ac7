"""Receiving an upload: read to its end before anybody is told that it is accepted."""

from datetime import datetime
from typing import IO
from uuid import uuid4

from django.db import transaction

from matricula.registrar.files.api import StoredFile, drop_file, store_file
from matricula.registrar.jobs.api import Job, JobInProgress, require_no_writer, submit_job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program, require_program_permission
from matricula.registrar.uploads.models import Upload
from matricula.registrar.uploads.reading import UploadFile, UploadKind
from matricula.registrar.uploads.transcoding import opening_as_utf_8

FOLDER = "uploads"


def receive_upload(
    *, program: Program, kind: UploadKind, file: IO[bytes], by: Actor, at: datetime
) -> Job:
    """Store a file and have it sent to the LMS, and return the job.

    Nothing of it is sent before all of it could be read.

    Raises:
        EmptyUpload, MissingColumns, RepeatedColumns, UnreadableRoster: nobody can read it.
        JobInProgress: another job writes to the program.
        NoRoomForFile: it cannot be stored.
        PermissionMissing: the actor may not write the program's enrollments.
    """
    require_program_permission(by, Permission.WRITE_ENROLLMENTS, program=program)
    require_no_writer(program=program)
    with opening_as_utf_8(file) as stream:
        upload = UploadFile(stream, kind)
        total = upload.count_rows()
        stream.seek(0)
        stored = _store(stream, program, at)
    try:
        return _submit(program, kind, stored, total, by=by, at=at)
    except JobInProgress:
        drop_file(name=stored.name)
        raise


def _store(stream: IO[bytes], program: Program, at: datetime) -> StoredFile:
    return store_file(
        folder=FOLDER, content=stream, download_name=f"{program.key}-upload.csv", at=at
    )


@transaction.atomic
def _submit(
    program: Program, kind: UploadKind, stored: StoredFile, total: int, *, by: Actor, at: datetime
) -> Job:
    job = submit_job(
        kind=kind.value,
        program=program,
        by=by,
        at=at,
        parameters={"sha256": stored.sha256, "bytes": stored.size},
        input_file=stored.name,
        total=total,
        uuid=uuid4(),
    )
    Upload.objects.create(job=job)
    return job
