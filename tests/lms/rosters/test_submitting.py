import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Action, Actor
from matricula.lms.ledger.api import ChangeSet, InvalidReason
from matricula.lms.rosters import reading
from matricula.lms.rosters.api import (
    AccountNeeded,
    AnsweredRoster,
    Form,
    JobState,
    MissingColumns,
    RosterJob,
    RosterKind,
    UnexpectedColumn,
)
from matricula.lms.rosters.models import RosterJobChunk
from matricula.service.splitting import UnreadableRoster
from tests import given
from tests.lms.rosters.answering import stored
from tests.lms.rosters.submitting import submitted

pytestmark = pytest.mark.django_db

ROSTER = "student_key,status,note\nrv-1,enrolled,=1+1\nrv-2,pending,\nrv-3,gone,x\n"


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program("hydrology", runs=[given.course_run("HYD1")])


@pytest.fixture
def registrar() -> Actor:
    return given.holder_of("write")


def test_a_short_roster_is_answered_at_once(hydrology: ProgramOutline, registrar: Actor) -> None:
    answered = submitted(ROSTER, program=hydrology, by=registrar, rows_at_once=3)
    assert isinstance(answered, AnsweredRoster)
    assert [each.judgement.verdict for each in answered.answers] == [
        "enrolled",
        "pending",
        "invalid-status",
    ]
    assert answered.actions == {Action.CREATE: 2, Action.REFUSE: 1}
    assert answered.is_applied
    assert stored(hydrology) == ["rv-1,enrolled", "rv-2,pending"]


def test_a_longer_one_becomes_a_job_and_writes_nothing_yet(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = submitted(ROSTER, program=hydrology, by=registrar, rows_at_once=2)
    assert isinstance(job, RosterJob)
    job.refresh_from_db()
    assert (job.state, job.rows, job.answered) == (JobState.PENDING, 3, 0)
    assert stored(hydrology) == []


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_whatever_the_chunks_the_limit_is_the_same(
    size: int, hydrology: ProgramOutline, registrar: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", size)
    answered = submitted(ROSTER, program=hydrology, by=registrar, rows_at_once=3)
    assert isinstance(answered, AnsweredRoster)
    job = submitted(ROSTER, program=hydrology, by=registrar, rows_at_once=2)
    assert isinstance(job, RosterJob)
    chunks = RosterJobChunk.objects.filter(job=job).order_by("number")
    counts = list(chunks.values_list("count", flat=True))
    assert sum(counts) == 3
    assert len(counts) == -(-3 // size)


def test_an_atomic_roster_with_a_bad_row_writes_nothing(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    answered = submitted(ROSTER, program=hydrology, by=registrar, rows_at_once=3, atomic=True)
    assert isinstance(answered, AnsweredRoster)
    assert not answered.is_applied
    assert stored(hydrology) == []


def test_a_dry_run_writes_nothing(hydrology: ProgramOutline, registrar: Actor) -> None:
    answered = submitted(ROSTER, program=hydrology, by=registrar, rows_at_once=3, dry_run=True)
    assert isinstance(answered, AnsweredRoster)
    assert answered.actions == {Action.CREATE: 2, Action.REFUSE: 1}
    assert not answered.is_applied
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize("rows_at_once", [0, 10])
def test_an_unreadable_end_leaves_nothing_behind(
    rows_at_once: int,
    hydrology: ProgramOutline,
    registrar: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", 1)
    with pytest.raises(UnreadableRoster, match="Line 5, column 1"):
        submitted(
            ROSTER.encode() + b"\xff",
            program=hydrology,
            by=registrar,
            rows_at_once=rows_at_once,
        )
    assert not RosterJob.objects.exists()
    assert stored(hydrology) == []


def test_the_header_must_be_that_of_its_kind(hydrology: ProgramOutline, registrar: Actor) -> None:
    with pytest.raises(MissingColumns, match="course_id"):
        submitted(ROSTER, program=hydrology, by=registrar, kind=RosterKind.COURSE)
    with pytest.raises(UnexpectedColumn):
        submitted("student_key,status,course_id\na,b,c\n", program=hydrology, by=registrar)


def test_who_may_not_write_is_refused_before_a_row_is_read(hydrology: ProgramOutline) -> None:
    reader = given.holder_of("read", username="reader")
    with pytest.raises(PermissionMissing):
        submitted(b"\xff", program=hydrology, by=reader)


def test_a_reason_that_cannot_be_kept_is_refused_before_a_job_is_made(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    with pytest.raises(InvalidReason):
        submitted(ROSTER, program=hydrology, by=registrar, reason="a\x07b")


def test_a_job_is_an_accounts(hydrology: ProgramOutline) -> None:
    with pytest.raises(AccountNeeded):
        submitted(ROSTER, program=hydrology, by=given.OPERATOR)


def test_all_forms_give_the_same_answers(hydrology: ProgramOutline, registrar: Actor) -> None:
    bodies = {
        Form.CSV: "student_key,status\nrv-1,enrolled\nRV-1,ended\nrv-2,gone\n,enrolled\n",
        Form.JSON: """[{"student_key": "rv-1", "status": "enrolled"},
            {"student_key": "RV-1", "status": "ended"}, {"student_key": "rv-2", "status": "gone"},
            {"status": "enrolled"}]""",
        Form.NDJSON: """{"student_key": "rv-1", "status": "enrolled"}
            {"student_key": "RV-1", "status": "ended"}
            {"student_key": "rv-2", "status": "gone"}
            {"student_key": null, "status": "enrolled"}""",
    }
    found = {}
    for form, body in bodies.items():
        answered = submitted(body, program=hydrology, by=registrar, rows_at_once=9, form=form)
        assert isinstance(answered, AnsweredRoster)
        judged = [each.judgement for each in answered.answers]
        found[form] = [(each.action, each.verdict) for each in judged]
    assert found[Form.CSV] == [
        (Action.REFUSE, "duplicated"),
        (Action.REFUSE, "duplicated"),
        (Action.REFUSE, "invalid-status"),
        (Action.REFUSE, "invalid-key"),
    ]
    assert found[Form.JSON] == found[Form.NDJSON] == found[Form.CSV]
