from io import StringIO

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis import given as sampled

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline, get_program
from matricula.lms.kernel.api import Actor, ActorKind, WriteMode, find_key_fault, fold
from matricula.lms.people.api import retire_account
from matricula.lms.program_enrollments.api import (
    STATUSES,
    ProgramRow,
    write_program_enrollments,
)
from matricula.lms.rosters.api import export_roster
from tests import given
from tests.lms.rosters.answering import exported, planned, stored

pytestmark = pytest.mark.django_db

AWKWARD = [
    "rv,1",
    'say "no"',
    '"',
    '""',
    '"quoted"',
    "=1+1",
    "'x",
    "-",
    "+1",
    "José",
    "日本",
    "a;b",
]


@pytest.fixture
def hydrology() -> ProgramOutline:
    runs = [given.course_run("HYD1", external_key="hyd"), given.course_run("HYD2")]
    return given.program("hydrology", runs=runs, active_curricula=2, inactive_curricula=1)


def test_an_export_is_a_roster_ordered_by_student_key(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-2", "RV-1", program=hydrology, status="pending")
    uuid = next(iter(hydrology.curricula))
    assert exported(program=hydrology).splitlines() == [
        "student_key,status,curriculum_uuid",
        f"RV-1,pending,{uuid}",
        f"rv-2,pending,{uuid}",
    ]


def test_an_export_of_an_empty_program_is_a_header(hydrology: ProgramOutline) -> None:
    assert exported(program=hydrology, courses=True).splitlines() == [
        "student_key,course_id,status,course_staff,curriculum_uuid"
    ]


def test_awkward_keys_come_back_as_they_were(hydrology: ProgramOutline) -> None:
    given.enrolled(*AWKWARD, program=hydrology)
    answered = planned(exported(program=hydrology), program=hydrology)
    assert answered.actions == ["unchanged"] * len(AWKWARD)
    assert {answer.row.student_key for answer in answered.rows} == set(AWKWARD)


def test_a_student_under_two_curricula_is_exported_twice(hydrology: ProgramOutline) -> None:
    rows = [ProgramRow(2, "rv-1", "enrolled", str(uuid)) for uuid in hydrology.curricula]
    write_program_enrollments(
        program=hydrology, rows=rows, mode=WriteMode.UPSERT, by=given.OPERATOR, at=given.NOW
    )
    answered = planned(exported(program=hydrology), program=hydrology)
    assert answered.actions == ["unchanged"] * 3


def test_a_course_export_goes_back_in_unchanged(hydrology: ProgramOutline) -> None:
    given.enrolled("rv,1", "rv-2", program=hydrology)
    first, second = given.course_run("HYD1"), given.course_run("HYD2")
    given.on_course("rv,1", "rv-2", program=hydrology, run=first, course_staff="yes")
    given.on_course("rv,1", program=hydrology, run=second, status="inactive")
    text = exported(program=hydrology, courses=True)
    uuid = next(iter(hydrology.curricula))
    assert text.splitlines()[1:] == [
        f'"rv,1",{first.key},active,true,{uuid}',
        f'"rv,1",{second.key},inactive,false,{uuid}',
        f"rv-2,{first.key},active,true,{uuid}",
    ]
    assert planned(text, program=hydrology).actions == ["unchanged"] * 3


def test_other_programs_are_not_exported(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=given.program("soil"))
    assert stored(hydrology) == []


def test_retired_people_are_left_out_and_counted(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", "rv-2", program=hydrology)
    given.on_course("rv-1", program=hydrology, run=given.course_run("HYD1"))
    learner = given.account()
    given.bound("rv-1", learner)
    retire_account(account=learner, by=given.OPERATOR, at=given.NOW, reason="asked for")
    for courses, rows in ((False, 1), (True, 0)):
        export = export_roster(
            program=hydrology, to=StringIO(), by=given.OPERATOR, courses=courses
        )
        assert (export.rows, export.left_out) == (rows, 1)
    assert stored(hydrology) == ["rv-2,enrolled"]


def test_a_course_run_that_left_the_program_is_left_out(hydrology: ProgramOutline) -> None:
    given.enrolled("rv-1", program=hydrology)
    run = given.course_run("HYD1")
    given.on_course("rv-1", program=hydrology, run=run)
    run.program_set.clear()
    left = get_program(key="hydrology")
    export = export_roster(program=left, to=StringIO(), by=given.OPERATOR, courses=True)
    assert (export.rows, export.left_out) == (0, 1)


def test_a_permission_is_needed(hydrology: ProgramOutline) -> None:
    nobody = Actor(kind=ActorKind.ACCOUNT, key="0", channel="test", account_id=0)
    with pytest.raises(PermissionMissing):
        export_roster(program=hydrology, to=StringIO(), by=nobody)


KEYS = strategies.lists(
    strategies.text(strategies.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda key: find_key_fault(key) is None),
    unique_by=fold,
    min_size=1,
    max_size=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@sampled(
    keys=KEYS, statuses=strategies.lists(strategies.sampled_from(list(STATUSES)), min_size=30)
)
def test_whatever_is_stored_comes_out_and_goes_back_in_unchanged(
    hydrology: ProgramOutline, keys: list[str], statuses: list[str]
) -> None:
    """What earlier examples stored stays, and makes the later ones longer."""
    rows = [ProgramRow(n, key, statuses[n]) for n, key in enumerate(keys)]
    write_program_enrollments(
        program=hydrology, rows=rows, mode=WriteMode.UPSERT, by=given.OPERATOR, at=given.NOW
    )
    answered = planned(exported(program=hydrology), program=hydrology)
    assert set(answered.actions) == {"unchanged"}
    assert {fold(key) for key in keys} <= {fold(one.row.student_key) for one in answered.rows}
