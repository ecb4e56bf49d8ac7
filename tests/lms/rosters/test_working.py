import pytest
from django.db import IntegrityError, connection, transaction

from matricula.lms.access.api import take_role
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor
from matricula.lms.ledger.api import Change, ChangeSet
from matricula.lms.rosters import reading, working
from matricula.lms.rosters.api import JobState, cancel_job, tell_how_far
from matricula.lms.rosters.models import RosterJob, RosterJobChunk
from matricula.lms.rosters.working import JobPaused, work_off_job
from tests import given
from tests.lms.rosters.answering import stored
from tests.lms.rosters.submitting import (
    clock,
    judgements,
    made_job,
    stopping_after,
    verdicts,
    worked_off,
)

pytestmark = pytest.mark.django_db

HEADER = "student_key,status\n"
FIVE = HEADER + "".join(f"rv-{number},enrolled\n" for number in range(5))
BAD = FIVE.replace("rv-3,enrolled", "rv-3,gone")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", 2)


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program("hydrology", runs=[given.course_run("HYD1")])


@pytest.fixture
def registrar() -> Actor:
    return given.holder_of("write")


def count_changes() -> int:
    return Change.objects.filter(subject="program_enrollment").count()


def test_a_job_is_worked_off(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = worked_off(made_job(BAD, program=hydrology, by=registrar))
    assert job.state == JobState.SUCCEEDED
    assert job.is_applied
    assert (job.rows, job.answered) == (5, 5)
    assert job.counts == {"create": 4, "refuse": 1}
    assert job.verdicts == {"enrolled": 4, "invalid-status": 1}
    assert [judged.line for judged in judgements(job)] == [2, 3, 4, 5, 6]
    assert verdicts(job) == [*["enrolled"] * 3, "invalid-status", "enrolled"]
    assert judgements(job)[3].reason.startswith("'gone' is none of")
    assert len(stored(hydrology)) == 4
    assert tell_how_far(job) == "All 5 rows are answered and written."


def test_its_changes_are_the_callers(hydrology: ProgramOutline, registrar: Actor) -> None:
    worked_off(made_job(FIVE, program=hydrology, by=registrar))
    actors = set(ChangeSet.objects.values_list("actor", "reason"))
    assert actors == {(registrar.name, "roster 'roster.csv'")}


def test_a_job_goes_on_at_the_first_chunk_that_is_not_answered(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar)
    with pytest.raises(JobPaused):
        worked_off(job, is_stopping=stopping_after(1))
    job.refresh_from_db()
    assert (job.state, job.answered) == (JobState.IN_PROGRESS, 2)
    assert tell_how_far(job) == "The first 2 of 5 rows are answered and written."
    assert len(stored(hydrology)) == 2

    done = worked_off(job)
    assert (done.state, done.answered) == (JobState.SUCCEEDED, 5)
    assert verdicts(done) == ["enrolled"] * 5
    assert count_changes() == 5


def test_a_finished_job_is_not_begun_again(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = worked_off(made_job(FIVE, program=hydrology, by=registrar))
    given.enrolled("rv-0", program=hydrology, status="ended")
    again = worked_off(job)
    assert again.finished_at == job.finished_at
    assert "rv-0,ended" in stored(hydrology)


def test_a_chunk_that_another_worker_has_done_is_not_done_again(
    hydrology: ProgramOutline, registrar: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its looking which are left, and its turn."""
    job = made_job(FIVE, program=hydrology, by=registrar)
    ordinary = working._answer_chunk

    def be_late(*words: object) -> None:
        monkeypatch.setattr(working, "_answer_chunk", ordinary)
        worked_off(job)
        given.enrolled("rv-0", program=hydrology, status="ended")
        RosterJob.objects.update(state=JobState.IN_PROGRESS, finished_at=None)
        ordinary(*words)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(working, "_answer_chunk", be_late)
    done = worked_off(job)
    assert done.answered == 5
    assert "rv-0,ended" in stored(hydrology)


def test_a_key_repeated_in_another_chunk_is_refused_on_both_lines(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = worked_off(made_job(FIVE + "RV-0,ended\n", program=hydrology, by=registrar))
    assert verdicts(job) == ["duplicated", *["enrolled"] * 4, "duplicated"]
    assert "line 7" in judgements(job)[0].reason


def test_repeats_are_judged_over_the_whole_also_after_a_pause(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE + "RV-0,ended\n", program=hydrology, by=registrar)
    with pytest.raises(JobPaused):
        worked_off(job, is_stopping=stopping_after(2))
    assert verdicts(worked_off(job)) == ["duplicated", *["enrolled"] * 4, "duplicated"]


def test_a_dry_run_answers_and_writes_nothing(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = worked_off(made_job(BAD, program=hydrology, by=registrar, dry_run=True))
    assert job.state == JobState.SUCCEEDED
    assert not job.is_applied
    assert job.counts == {"create": 4, "refuse": 1}
    assert not ChangeSet.objects.exists()
    assert tell_how_far(job) == "All 5 rows are answered."


def test_an_atomic_job_writes_all(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = worked_off(made_job(FIVE, program=hydrology, by=registrar, atomic=True))
    assert (job.state, job.is_applied, job.answered) == (JobState.SUCCEEDED, True, 5)
    assert verdicts(job) == ["enrolled"] * 5
    assert len(stored(hydrology)) == 5


def test_an_atomic_job_with_a_bad_row_answers_all_and_writes_nothing(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = worked_off(made_job(BAD, program=hydrology, by=registrar, atomic=True))
    assert (job.state, job.is_applied, job.answered) == (JobState.SUCCEEDED, False, 5)
    assert verdicts(job) == [*["enrolled"] * 3, "invalid-status", "enrolled"]
    assert stored(hydrology) == []
    assert not ChangeSet.objects.exists()
    assert tell_how_far(job).startswith("Nothing is written, because rows are refused")


def test_an_atomic_job_that_is_paused_has_written_nothing(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar, atomic=True)
    with pytest.raises(JobPaused):
        worked_off(job, is_stopping=stopping_after(2))
    assert stored(hydrology) == []
    assert RosterJobChunk.objects.filter(answers=None).count() == 3
    assert worked_off(job).is_applied


def test_a_job_whose_caller_lost_the_role_before_fails_with_words(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar)
    lose_role(registrar)
    done = worked_off(job)
    assert (done.state, done.failure_code) == (JobState.FAILED, "permission-missing")
    assert "may not enrollments:write" in done.failure
    assert done.answered == 0
    assert stored(hydrology) == []


def test_a_job_whose_caller_lost_the_role_meanwhile_keeps_what_it_has(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar)

    def lose_it_after_two() -> bool:
        if RosterJob.objects.get(pk=job.pk).answered == 2:
            lose_role(registrar)
        return False

    done = worked_off(job, is_stopping=lose_it_after_two)
    assert (done.state, done.answered) == (JobState.FAILED, 2)
    assert verdicts(done) == ["enrolled"] * 2
    assert len(stored(hydrology)) == 2
    assert tell_how_far(done) == "The first 2 of 5 rows are answered and written."


def lose_role(actor: Actor) -> None:
    assert actor.account_id is not None
    take_role(
        account_id=actor.account_id,
        role="write",
        organization_id=given.school().pk,
        by=given.OPERATOR,
    )


def test_a_job_that_is_canceled_meanwhile_keeps_what_it_has(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar)

    def cancel_after_two() -> bool:
        if RosterJob.objects.get(pk=job.pk).answered == 2:
            cancel_job(uuid=job.uuid, by=registrar, at=given.NOW)
        return False

    done = worked_off(job, is_stopping=cancel_after_two)
    assert (done.state, done.answered) == (JobState.CANCELED, 2)
    assert len(stored(hydrology)) == 2


def test_an_atomic_job_that_is_canceled_meanwhile_writes_nothing(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar, atomic=True)
    asked = stopping_after(3)

    def cancel_at_the_end() -> bool:
        if asked():
            RosterJob.objects.update(cancel_requested_at=given.NOW)
        return False

    done = worked_off(job, is_stopping=cancel_at_the_end)
    assert (done.state, done.answered) == (JobState.CANCELED, 0)
    assert stored(hydrology) == []


def test_a_job_that_is_gone_is_no_trouble(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar)
    uuid = job.uuid
    job.delete()
    assert work_off_job(uuid=uuid, clock=clock, is_stopping=lambda: False) is None


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("a_roster_job_has_a_declared_state", {"state": "lost"}),
        ("a_roster_job_is_finished_when_its_state_is_final", {"state": "failed"}),
        ("a_roster_job_is_finished_when_its_state_is_final", {"finished_at": given.NOW}),
        ("a_roster_job_answers_no_more_rows_than_it_has", {"answered": 6}),
    ],
)
def test_the_database_refuses_a_job_that_cannot_be(
    constraint: str, change: dict[str, object], hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RosterJob.objects.filter(pk=job.pk).update(**change)


def test_a_job_has_one_chunk_of_a_number(hydrology: ProgramOutline, registrar: Actor) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar)
    with pytest.raises(IntegrityError, match="one_chunk_per_job_and_number"), transaction.atomic():
        RosterJobChunk.objects.create(job=job, number=0, count=1, rows=b"")


def test_a_job_waits_in_the_queue_behind_those_of_its_program(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    job = made_job(FIVE, program=hydrology, by=registrar)
    with connection.cursor() as cursor:
        cursor.execute("SELECT lock, args ->> 'uuid' FROM procrastinate_jobs")
        assert cursor.fetchall() == [(f"program:{hydrology.id}", str(job.uuid))]
