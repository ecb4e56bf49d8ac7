"""Undoing requests: what was written under one id becomes what it was before."""

from dataclasses import replace

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.kernel.api import Actor
from matricula.lms.plans.api import (
    NothingToUndo,
    NotOfOneCaller,
    Plan,
    StillWriting,
    undo_request,
)
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting
from matricula.lms.rosters.api import AnsweredRoster, RosterJob, RosterKind
from tests import given
from tests.lms.kernel.seeing import count_statements
from tests.lms.plans.planning import (
    AT_ONCE,
    LATER,
    applied,
    limits,
    planned,
    roster,
    told,
)
from tests.lms.plans.seeing_enrollments import world
from tests.lms.rosters.submitting import made_job, submitted, worked_off

pytestmark = pytest.mark.django_db

HYD = "course-v1:RiverU+HYD1+2031_T1"
ID = "upload-7"


@pytest.fixture
def hydrology() -> ProgramOutline:
    return given.program(runs=[given.course_run()])


@pytest.fixture
def registrar() -> Actor:
    return given.holder_of("write")


def asking(by: Actor, request_id: str = ID) -> Actor:
    return replace(by, request_id=request_id)


def written(
    *rows: tuple[str, ...],
    program: ProgramOutline,
    by: Actor,
    kind: RosterKind = RosterKind.PROGRAM,
) -> None:
    """A roster that is answered at once."""
    answered = submitted(roster(*rows), program=program, by=by, rows_at_once=AT_ONCE, kind=kind)
    assert isinstance(answered, AnsweredRoster)


def undone_request(program: ProgramOutline, *, by: Actor, request_id: str = ID) -> Plan:
    return undo_request(request_id=request_id, program=program, limits=limits(), by=by, at=LATER)


def test_rosters_that_were_answered_at_once_are_taken_back(
    hydrology: ProgramOutline, registrar: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matricula.lms.rosters.reading.CHUNK_ROWS", 2)
    given.enrolled("rv-1", program=hydrology)
    before = world()
    by = asking(registrar)
    written(
        ("rv-1", "ended"), ("rv-2", "enrolled"), ("rv-3", "enrolled"), program=hydrology, by=by
    )
    courses = ("rv-2", HYD, "active", "true")
    written(courses, program=hydrology, by=by, kind=RosterKind.COURSE)
    written(("rv-9", "enrolled"), program=hydrology, by=asking(registrar, "another"))

    undo = undone_request(hydrology, by=registrar)

    assert (undo.undoes, undo.undoes_id, undo.is_undo) == ("request", ID, True)
    assert told(undo) == [
        ("rv-1", "undo", "enrolled", "ended", "enrolled"),
        ("rv-2", "undo", "removed", "enrolled", ""),
        ("rv-2", "undo", "removed", "active", ""),
        ("rv-2", "undo", "removed", "staff", ""),
        ("rv-3", "undo", "removed", "enrolled", ""),
    ]
    applied(undo, by=registrar)
    applied(undone_request(hydrology, by=registrar, request_id="another"), by=registrar)
    assert world() == before


def test_a_row_of_two_calls_is_again_as_before_the_first(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    given.enrolled("rv-1", "rv-2", program=hydrology)
    by = asking(registrar)
    written(("rv-1", "pending"), ("rv-2", "pending"), program=hydrology, by=by)
    given.enrolled("rv-2", program=hydrology, status="suspended")
    written(("rv-1", "ended"), ("rv-2", "ended"), program=hydrology, by=by)

    assert told(undone_request(hydrology, by=registrar)) == [
        ("rv-1", "undo", "enrolled", "ended", "enrolled"),
        ("rv-2", "refuse", "changed-since", "ended", "ended"),
    ], "what another has written in between is not passed over"


def test_a_job_that_a_request_began_is_taken_back_with_it(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    by = asking(registrar)
    written(("rv-1", "enrolled"), program=hydrology, by=by)
    job = made_job(roster(("rv-2", "enrolled")), program=hydrology, by=by)
    with pytest.raises(StillWriting):
        undone_request(hydrology, by=registrar)
    assert isinstance(worked_off(job), RosterJob)

    assert [row[0] for row in told(undone_request(hydrology, by=registrar))] == ["rv-1", "rv-2"]


def test_a_plan_that_is_being_applied_is_waited_for(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    by = asking(registrar)
    plan = planned(roster(("rv-1", "enrolled"), ("rv-2", "enrolled")), program=hydrology, by=by)
    applied(plan, by=by, rows_at_once=1)

    with pytest.raises(StillWriting):
        undone_request(hydrology, by=registrar)


def test_what_others_have_written_under_the_same_id_is_theirs(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    dean, provost = (given.holder_of("write", username=name) for name in ("dean", "provost"))
    written(("rv-1", "enrolled"), program=hydrology, by=asking(registrar))
    assert [row[0] for row in told(undone_request(hydrology, by=dean))] == ["rv-1"]
    written(("rv-2", "enrolled"), program=hydrology, by=asking(provost))

    assert [row[0] for row in told(undone_request(hydrology, by=registrar))] == ["rv-1"]
    assert [row[0] for row in told(undone_request(hydrology, by=provost))] == ["rv-2"]
    with pytest.raises(NotOfOneCaller):
        undone_request(hydrology, by=dean)


def test_what_was_written_to_other_programs_is_left_out(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    tides = given.program("tides")
    by = asking(registrar)
    written(("rv-1", "enrolled"), program=hydrology, by=by)
    written(("rv-1", "enrolled"), program=tides, by=by)

    applied(undone_request(tides, by=registrar), by=registrar)

    assert told(undone_request(hydrology, by=registrar)) == [
        ("rv-1", "undo", "removed", "enrolled", "")
    ]
    assert told(undone_request(tides, by=registrar)) == [("rv-1", "unchanged", "removed", "", "")]


def test_an_act_in_several_programs_is_taken_back_program_by_program(
    hydrology: ProgramOutline,
) -> None:
    run = given.course_run()
    tides = given.program("tides", runs=[run])
    given.enrolled("rv-1", program=hydrology)
    given.enrolled("rv-1", program=tides)
    for program in (hydrology, tides):
        given.on_course("rv-1", program=program, run=run, course_staff="true")
    before = world()
    given.direct(given.key_of("rv-1"), run=run)
    which = Waiting(names=(given.key_of("rv-1"),))
    withdraw_waiting(which=which, by=asking(given.OPERATOR), at=LATER, reason="left")
    assert world() == []

    undo = undone_request(tides, by=given.OPERATOR)

    assert [row[1:3] for row in told(undo)] == [
        ("undo", "enrolled"),
        ("undo", "active"),
        ("undo", "staff"),
    ]
    applied(undo)
    applied(undone_request(hydrology, by=given.OPERATOR))
    assert world() == before


def test_an_id_that_says_nothing_here_takes_nothing_back(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    written(("rv-1", "gone"), program=hydrology, by=asking(registrar))
    written(("rv-1", "enrolled"), program=given.program("tides"), by=asking(registrar))
    given.direct(given.key_of("rv-1"), run=given.course_run())

    for request_id in (ID, "unheard-of", ""):
        with pytest.raises(NothingToUndo):
            undone_request(hydrology, by=registrar, request_id=request_id)


def test_whoever_may_not_write_there_may_not_undo(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    written(("rv-1", "enrolled"), program=hydrology, by=asking(registrar))
    reader = given.holder_of("read", username="reader")
    stranger = given.holder_of("write", school_key="LakeU", username="stranger")

    for by in (reader, stranger):
        with pytest.raises(PermissionMissing):
            undone_request(hydrology, by=by)


def test_the_number_of_statements_does_not_depend_on_the_calls(
    hydrology: ProgramOutline, registrar: Actor
) -> None:
    def undo_so_many(count: int) -> int:
        by = asking(registrar, f"calls-{count}")
        for number in range(count):
            written((f"{count}-{number}", "enrolled"), program=hydrology, by=by)
        return count_statements(
            lambda: undone_request(hydrology, by=registrar, request_id=f"calls-{count}")
        )

    assert undo_so_many(2) == undo_so_many(20)
