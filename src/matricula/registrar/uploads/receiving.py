"""Receiving an upload: read to its end before anybody is told that it is accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import uuid4

from django.db import transaction

from matricula.registrar.files.api import StoredFile, drop_file, store_file
from matricula.registrar.jobs.api import Job, JobInProgress, require_no_writer, submit_job
from matricula.registrar.kernel.api import Actor
from matricula.registrar.partners.api import Permission, Program, require_program_permission
from matricula.registrar.uploads.models import Upload
from matricula.registrar.uploads.reading import UploadFile, UploadKind, guess_kind
from matricula.registrar.uploads.transcoding import opening_as_utf_8

FOLDER = "uploads"


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that could be read to its end, and is kept; ``total`` is how many rows it has."""

    stored: StoredFile
    kind: UploadKind
    total: int

    @property
    def parameters(self) -> Mapping[str, object]:
        """What its job keeps of it."""
        return {"sha256": self.stored.sha256, "bytes": self.stored.size}


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
    received = receive_file(program=program, kind=kind, file=file, at=at)
    try:
        return _submit(program, received, by=by, at=at)
    except JobInProgress:
        drop_file(name=received.stored.name)
        raise


def receive_file(
    *, program: Program, kind: UploadKind | None, file: IO[bytes], at: datetime
) -> ReceivedFile:
    """Read a file to its end and store it; without a kind, its columns tell that.

    Raises:
        EmptyUpload, MissingColumns, RepeatedColumns, UnreadableRoster: nobody can read it.
        NoRoomForFile: it cannot be stored.
    """
    with opening_as_utf_8(file) as stream:
        found = kind or guess_kind(stream)
        total = UploadFile(stream, found).count_rows()
        stream.seek(0)
        stored = store_file(
            folder=FOLDER, content=stream, download_name=f"{program.key}-upload.csv", at=at
        )
    return ReceivedFile(stored, found, total)


@transaction.atomic
def _submit(program: Program, received: ReceivedFile, *, by: Actor, at: datetime) -> Job:
    job = submit_job(
        kind=received.kind.value,
        program=program,
        by=by,
        at=at,
        parameters=received.parameters,
        input_file=received.stored.name,
        total=received.total,
        uuid=uuid4(),
    )
    Upload.objects.create(job=job)
    return job
