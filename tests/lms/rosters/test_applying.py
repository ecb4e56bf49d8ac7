import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor, ActorKind, WriteMode
from matricula.lms.ledger.api import ChangeSet
from matricula.lms.rosters import reading
from matricula.lms.rosters.api import apply_roster, plan_roster
from matricula.service.splitting import UnreadableRoster
from tests import given
from tests.lms.rosters.answering import applied, exported, file_of, planned, stored

pytestmark = pytest.mark.django_db

ROSTER = "student_key,status\nrv-1,enrolled\nrv-2,pending\n"
MIXED = "student_key,status\nrv-1,enrolled\nrv-2,gone\nrv-3,pending\n"


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program("hydrology", runs=[given.course_run("HYD1", external_key="hyd")])


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", 2)


def test_a_roster_is_applied(hydrology: ProgramOutline) -> None:
    answered = applied(ROSTER, program=hydrology)
    assert answered.actions == ["create", "create"]
    assert answered.verdicts == ["enrolled", "pending"]
    assert answered.lines == [2, 3]
    assert answered.answers.is_applied
    assert stored(hydrology) == ["rv-1,enrolled", "rv-2,pending"]


def test_a_plan_says_the_same_and_writes_nothing(hydrology: ProgramOutline) -> None:
    answered = planned(ROSTER, program=hydrology)
    assert answered.actions == ["create", "create"]
    assert not answered.answers.is_applied
    assert stored(hydrology) == []
    assert not ChangeSet.objects.exists()


def test_a_roster_applied_again_changes_nothing(hydrology: ProgramOutline) -> None:
    applied(ROSTER, program=hydrology)
    assert applied(ROSTER, program=hydrology).actions == ["unchanged", "unchanged"]


def test_a_bad_row_does_not_hold_up_a_good_one(hydrology: ProgramOutline) -> None:
    answered = applied(MIXED, program=hydrology)
    assert answered.verdicts == ["enrolled", "invalid-status", "pending"]
    assert answered.answers.is_refused
    assert answered.answers.is_applied
    assert stored(hydrology) == ["rv-1,enrolled", "rv-3,pending"]


@pytest.mark.usefixtures("small_chunks")
def test_atomic_writes_nothing_if_any_row_is_refused(hydrology: ProgramOutline) -> None:
    text = MIXED.replace("gone", "ended") + "rv-4,enrolled\nrv-5,gone\n"
    plan = planned(text, program=hydrology)
    answered = applied(text, program=hydrology, atomic=True)
    assert answered.verdicts == plan.verdicts
    assert answered.actions == plan.actions
    assert not answered.answers.is_applied
    assert stored(hydrology) == []
    assert not ChangeSet.objects.exists()


@pytest.mark.usefixtures("small_chunks")
def test_atomic_writes_everything_if_no_row_is_refused(hydrology: ProgramOutline) -> None:
    text = MIXED.replace("gone", "ended")
    assert applied(text, program=hydrology, atomic=True).answers.is_applied
    assert stored(hydrology) == ["rv-1,enrolled", "rv-2,ended", "rv-3,pending"]


@pytest.mark.usefixtures("small_chunks")
def test_an_atomic_apply_that_is_left_halfway_has_written_nothing(
    hydrology: ProgramOutline,
) -> None:
    answers = apply_roster(
        file=file_of(MIXED),
        program=hydrology,
        mode=WriteMode.UPSERT,
        by=given.OPERATOR,
        at=given.NOW,
        atomic=True,
    )
    next(answers)
    answers.close()
    assert stored(hydrology) == []


@pytest.mark.usefixtures("small_chunks")
def test_what_has_been_answered_is_written(hydrology: ProgramOutline) -> None:
    answers = apply_roster(
        file=file_of(MIXED),
        program=hydrology,
        mode=WriteMode.UPSERT,
        by=given.OPERATOR,
        at=given.NOW,
    )
    assert stored(hydrology) == []
    next(answers)
    assert stored(hydrology) == ["rv-1,enrolled"]
    assert not answers.is_applied


@pytest.mark.usefixtures("small_chunks")
def test_a_bad_byte_on_the_last_line_writes_nothing(hydrology: ProgramOutline) -> None:
    with pytest.raises(UnreadableRoster, match="Line 5, column 1"):
        applied(MIXED.encode() + b"\xff,enrolled", program=hydrology)
    assert stored(hydrology) == []


def test_a_mode_limits_what_may_happen(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    assert planned(ROSTER, program=hydrology, mode=WriteMode.CREATE).verdicts == [
        "conflict",
        "pending",
    ]
    assert planned(ROSTER, program=hydrology, mode=WriteMode.UPDATE).verdicts == [
        "enrolled",
        "not-in-program",
    ]


def test_a_course_roster_is_applied(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    text = "student_key,course_id,status,course_staff\nrv-1,hyd,active,yes\nrv-2,hyd,active,\n"
    answered = applied(text, program=hydrology)
    assert answered.verdicts == ["active", "not-in-program"]
    assert "rv-1,course-v1:RiverU+HYD1+2031_T1,active,true" in exported(
        program=hydrology, courses=True
    )


@pytest.mark.usefixtures("small_chunks")
def test_the_ledger_says_which_roster_it_was(hydrology: ProgramOutline) -> None:
    applied(MIXED, program=hydrology, name="week 1.csv")
    applied(MIXED.replace("pending", "ended"), program=hydrology, reason="the dean asked")
    reasons = ChangeSet.objects.order_by("id").values_list("reason", flat=True)
    assert list(reasons) == ["roster 'week 1.csv'"] * 2 + ["the dean asked"] * 2


def test_a_permission_is_needed_for_plan_and_apply_alike(hydrology: ProgramOutline) -> None:
    nobody = Actor(kind=ActorKind.ACCOUNT, key="0", channel="test", account_id=0)
    with pytest.raises(PermissionMissing):
        plan_roster(file=file_of(ROSTER), program=hydrology, mode=WriteMode.UPSERT, by=nobody)
    with pytest.raises(PermissionMissing):
        apply_roster(
            file=file_of(ROSTER),
            program=hydrology,
            mode=WriteMode.UPSERT,
            by=nobody,
            at=given.NOW,
        )


def test_the_number_of_statements_does_not_grow_with_the_rows(hydrology: ProgramOutline) -> None:
    counted = []
    for rows in (1, 400):
        text = "student_key,status\n" + "".join(f"s{n}-{rows},enrolled\n" for n in range(rows))
        with CaptureQueriesContext(connection) as queries:
            applied(text, program=hydrology)
        counted.append(len(queries))
    assert counted[0] == counted[1]
