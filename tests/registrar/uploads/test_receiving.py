"""Files as schools send them: read in any case that is clear, refused in words where it is not."""

import threading
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from matricula.lms_client.api import FakeLms
from matricula.registrar.files.api import StoredFile, open_file
from matricula.registrar.jobs.api import Job, JobInProgress, JobState
from matricula.registrar.partners.api import PermissionMissing
from matricula.registrar.uploads.api import (
    EmptyUpload,
    MissingColumns,
    RepeatedColumns,
    UploadKind,
    receive_upload,
)
from matricula.service.splitting import UnclosedQuote, UnreadableRoster, WrongEncoding
from tests.registrar import given
from tests.registrar.uploads.sending import COURSE, received, statuses, uploaded, worked_off

pytestmark = pytest.mark.django_db

PLAIN = "student_key,status\nrv-é,enrolled\n"


def test_a_file_becomes_a_job_that_nobody_has_begun() -> None:
    job = received(PLAIN)
    assert (job.state, job.total, job.direction) == (JobState.PENDING, 1, "write")
    with open_file(name=job.input_file) as file:
        assert file.read().decode() == PLAIN
    assert len(job.parameters["sha256"]) == 64


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.rstrip("\n").encode(),
        ' Status,STUDENT_KEY ,name\n enrolled , rv-é ,"Kim, Ann"\n'.encode(),
        '\n"student_key","status"\n\n"rv-é","enrolled"\n,,\n'.encode(),
    ],
)
def test_it_is_read_as_spreadsheets_write_it(content: bytes, lms: FakeLms) -> None:
    assert uploaded(content).text == "200"
    assert statuses(lms) == {"rv-é": "enrolled"}


def test_what_is_stored_is_readable_to_nobody_else() -> None:
    path = Path(default_storage.path(received(PLAIN).input_file))
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("content", "refusal", "words"),
    [
        (b"", EmptyUpload, "empty"),
        (b"\n \n", EmptyUpload, "empty"),
        (b"key,state\na,b\n", MissingColumns, "columns student_key, status"),
        (b"student_key;status\na;b\n", MissingColumns, "semicolons"),
        (b"student_key,status,STATUS\na,b,c\n", RepeatedColumns, "status more than once"),
        (b"student_key,status\nrv-1,enrolled\nr\xe9,x\n", WrongEncoding, "Line 3, column 2"),
        (PLAIN.encode("utf-32"), WrongEncoding, "UTF-32"),
        (PLAIN.encode("utf-16")[:-1], WrongEncoding, "Line"),
        (b'student_key,status\n"rv-1,enrolled\n', UnclosedQuote, "Line 2, column 1"),
        (b"PK\x03\x04" + bytes(100), UnreadableRoster, "Line 1"),
    ],
)
def test_what_nobody_can_read_is_refused_at_once(
    content: bytes, refusal: type[Exception], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        received(content)
    assert not Job.objects.exists()


def test_a_course_upload_has_a_course_in_each_row() -> None:
    with pytest.raises(MissingColumns, match="no column course_id"):
        received(PLAIN, kind=COURSE)


def test_a_second_one_is_refused_while_the_first_is_at_work() -> None:
    first = received(PLAIN)
    with pytest.raises(JobInProgress, match=r"^Job already in progress for program$"):
        received(PLAIN)
    worked_off(first)
    assert received(PLAIN).state == JobState.PENDING


def test_whoever_may_not_write_sends_nothing() -> None:
    given.with_role("read_enrollments", "reader", school=None)
    with pytest.raises(PermissionMissing):
        receive_upload(
            program=given.program(),
            kind=UploadKind.PROGRAM,
            file=BytesIO(PLAIN.encode()),
            by=given.actor("reader"),
            at=given.NOW,
        )


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_is_taken() -> None:
    program = given.program()
    given.with_role("read_write_enrollments", school=given.RIVER)
    by = given.actor()
    start = threading.Barrier(6)
    outcomes: list[str] = []

    def send() -> None:
        start.wait()
        try:
            receive_upload(
                program=program,
                kind=UploadKind.PROGRAM,
                file=BytesIO(PLAIN.encode()),
                by=by,
                at=given.NOW,
            )
            outcomes.append("taken")
        except JobInProgress:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 5 + ["taken"]
    assert StoredFile.objects.count() == 1
