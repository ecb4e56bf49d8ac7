"""Erasing from the rosters of jobs: a person's rows, and no row of anybody else."""

import pytest

from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor
from matricula.lms.ledger.api import Names
from matricula.lms.rosters import reading
from matricula.lms.rosters.api import RosterJob, erase_from_rosters, list_job_answers
from matricula.lms.rosters.models import RosterJobChunk
from tests import given
from tests.lms.kernel.seeing import count_statements
from tests.lms.rosters.submitting import judgements, made_job, verdicts, worked_off

pytestmark = pytest.mark.django_db

NAMES = Names(["RV-Zoë", "rv-zoë", "Zoë Quist", "Zoë", "zq@example.org"])
ROSTER = """\
student_key,who,status
RV-ZOË,Zoë Quist,enrolled
rv-zoe\u0308 ,"Quist, Z.",nowhere
rv-zoëlla,Zoë Quist,enrolled
rv-2,their friend is ZQ@example.org,enrolled
rv-3,Zoë,enrolled,too much of Zoë Quist
"""


@pytest.fixture
def program() -> ProgramOutline:
    return given.program(runs=[given.course_run()])


@pytest.fixture
def by() -> Actor:
    return given.holder_of("write")


def erase(program: ProgramOutline) -> int:
    keys = {(program.organization_id, "rv-zoë")}
    return erase_from_rosters(names=NAMES, student_keys=keys)


def cells(job: RosterJob) -> list[list[str]]:
    return [each.cells for chunk in list_job_answers(job=job) for each in chunk]


def test_their_rows_lose_what_is_about_them_and_keep_their_answers(
    program: ProgramOutline, by: Actor
) -> None:
    job = worked_off(made_job(ROSTER, program=program, by=by))
    before = judgements(job)
    assert erase(program) == 2
    assert cells(job) == [
        ["[erased]", "[erased]", "enrolled"],
        ["[erased]", "[erased]", "nowhere"],
        ["rv-zoëlla", "[erased]", "enrolled"],
        ["rv-2", "their friend is [erased]", "enrolled"],
        ["rv-3", "Zoë", "enrolled", "too much of [erased]"],
    ]
    assert judgements(job) == before


def test_a_row_without_an_answer_is_refused(program: ProgramOutline, by: Actor) -> None:
    job = made_job(ROSTER, program=program, by=by)
    assert erase(program) == 2
    done = worked_off(job)
    assert verdicts(done) == ["not-found"] * 2 + ["enrolled"] * 2 + ["invalid-row"]
    assert judgements(done)[0].reason == "the student was retired before this row was answered"


def test_nothing_is_done_twice(program: ProgramOutline, by: Actor) -> None:
    made_job(ROSTER, program=program, by=by)
    erase(program)
    [before] = RosterJobChunk.objects.values_list("rows")
    assert erase(program) == 0
    assert [before] == list(RosterJobChunk.objects.values_list("rows"))


def test_the_same_key_of_another_school_is_somebody_else(by: Actor) -> None:
    lake = given.program("limnology", school_key="LakeU")
    given.with_role("write", Account.objects.get(username="registrar"), school_key="LakeU")
    job = made_job(ROSTER, program=lake, by=by)
    assert erase_from_rosters(names=NAMES, student_keys={(given.school().pk, "rv-zoë")}) == 0
    assert cells(worked_off(job))[0] == ["RV-ZOË", "[erased]", "enrolled"]


def test_files_and_reasons_lose_the_name(program: ProgramOutline, by: Actor) -> None:
    job = made_job(ROSTER, program=program, by=by)
    RosterJob.objects.update(name="zq@example.org.csv", reason="of Zoë Quist", failure="rv-2")
    erase(program)
    job.refresh_from_db()
    assert (job.name, job.reason, job.failure) == ("[erased].csv", "of [erased]", "rv-2")


def test_chunks_without_the_name_are_not_touched(
    program: ProgramOutline, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", 1)
    rows = [f"rv-{number},enrolled\n" for number in range(30)]
    header = "student_key,status\n"
    made_job(header + "rv-zoë,enrolled\n", program=program, by=by)
    few = count_statements(lambda: erase(program))
    made_job(header + "".join(["rv-zoë,enrolled\n", *rows]), program=program, by=by)
    assert count_statements(lambda: erase(program)) == few
