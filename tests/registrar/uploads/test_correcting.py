"""The refused rows of an upload, as a file to be mended."""

import pytest

from matricula.lms_client.api import FakeLms
from matricula.registrar.files.api import FileGone
from matricula.registrar.jobs.api import Job
from matricula.registrar.uploads.api import open_corrections
from tests.registrar.uploads.sending import applied, planned, undone, uploaded, with_students

pytestmark = pytest.mark.django_db

FILE = (
    'Name,Student_Key,status\r\n"Kim, Ann",rv-1,enrolled\r\nBo,rv-2,on-leave\r\n'
    "\r\n=Cy,,enrolled\r\n"
)


def corrections(job: Job) -> list[str]:
    with open_corrections(job) as file:
        return file.read().decode().split("\r\n")


def test_it_has_what_was_sent_and_why_it_was_refused(lms: FakeLms) -> None:
    with_students(lms, 1)
    for job in (planned(FILE).job, uploaded(FILE)):
        header, first, second, end = corrections(job)
        assert header == "Name,Student_Key,status,reason"
        assert first.startswith("Bo,rv-2,on-leave,")
        assert second == "'=Cy,,enrolled,the student key is blank"
        assert end == ""


def test_mended_it_is_sent_again_and_has_one_reason() -> None:
    header, row, _ = corrections(planned("student_key,status\nrv-2,on-leave\n").job)
    again = planned(f"{header}\n{row}\n").job
    assert again.counts == {"refuse": 1}
    assert corrections(again) == [header, row, ""]
    mended = row.replace("on-leave", "enrolled")
    assert planned(f"{header}\n{mended}\n").job.counts == {"create": 1}


def test_an_undo_was_made_of_no_file(lms: FakeLms) -> None:
    with_students(lms, 1)
    undo = undone(applied(planned("student_key,status\nrv-0,ended\n")))
    with pytest.raises(FileGone):
        open_corrections(undo.job)
