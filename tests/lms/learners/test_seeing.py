from functools import partial
from itertools import product

import pytest

from matricula.lms.access.api import Permission, PermissionMissing
from matricula.lms.catalog.api import Program, ProgramOutline, UnknownProgram
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import (
    ProgramOutOfSight,
    get_program_head_in_reach,
    get_program_in_reach,
    get_program_of_uuid,
    list_programs_in_sight,
    require_sight,
)
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> ProgramOutline:
    return given.program(runs=[given.course_run("HYD1")])


@pytest.fixture
def mira() -> Actor:
    return given.acting(given.account("mira"))


def keys_in_sight(by: Actor, type_: str = "masters") -> list[str]:
    return [link.key for link in list_programs_in_sight(type_=type_, by=by)]


def is_in_sight(program: ProgramOutline, by: Actor) -> bool:
    try:
        require_sight(program=program, by=by)
    except ProgramOutOfSight:
        return False
    return True


def test_a_learner_sees_their_program_and_a_stranger_does_not(program: ProgramOutline) -> None:
    given.enrolled("rv-1", program=program)
    learner, stranger = given.account("mira"), given.account("stranger")
    given.bound("rv-1", learner)
    assert is_in_sight(program, given.acting(learner))
    assert keys_in_sight(given.acting(learner)) == ["hydrology"]
    assert not is_in_sight(program, given.acting(stranger))
    assert keys_in_sight(given.acting(stranger)) == []


def test_the_list_and_the_single_program_never_disagree(program: ProgramOutline) -> None:
    """For everybody who could see it for some reason, or lately could."""
    Program.objects.update(type="Masters")
    run = given.course_run("HYD1")
    given.enrolled("staff", "rv-1", program=program)
    given.on_course("staff", program=program, run=run, course_staff="true")
    given.enrolled("gone", program=program, status="canceled")
    given.on_course("gone", program=program, run=run, course_staff="true")
    callers = {}
    for key in ("staff", "rv-1", "gone"):
        account = given.account(f"of-{key}")
        given.bound(key, account)
        callers[key] = given.acting(account)
    callers["reader"] = given.holder_of("read", username="reader")
    callers["reader of another school"] = given.holder_of(
        "read", school_key="Hillside", username="other"
    )
    callers["reader everywhere"] = given.holder_of("read", school_key=None, username="all")
    callers["loader of the catalog"] = given.holder_of("catalog", username="loader")
    seen = {name: is_in_sight(program, by) for name, by in callers.items()}
    assert seen == {name: keys_in_sight(by) == ["hydrology"] for name, by in callers.items()}
    assert [name for name, sees in seen.items() if sees] == [
        "staff",
        "rv-1",
        "reader",
        "reader everywhere",
    ]


def test_who_acts_for_no_account_sees_by_permission_alone(program: ProgramOutline) -> None:
    assert is_in_sight(program, given.OPERATOR)
    assert not is_in_sight(program, given.MAIL)
    assert keys_in_sight(given.MAIL) == []


def test_a_program_is_in_reach_of_who_has_the_permission_for_it(program: ProgramOutline) -> None:
    registrar = given.holder_of("write")
    found = get_program_in_reach(
        uuid=str(program.uuid), permission=Permission.ENROLLMENTS_WRITE, by=registrar
    )
    assert found == program


def test_beyond_reach_there_is_no_program_and_without_any_reach_no_question(
    program: ProgramOutline, mira: Actor
) -> None:
    theirs = given.holder_of("write", school_key="Hillside")
    uuids = (str(program.uuid), "6f0c5d0e-93c1-4f0a-9d55-3a1f7c2b9e10", program.key)
    for get, uuid in product((get_program_in_reach, get_program_head_in_reach), uuids):
        with pytest.raises(UnknownProgram):
            get(uuid=uuid, permission=Permission.ENROLLMENTS_READ, by=theirs)
        with pytest.raises(PermissionMissing):
            get(uuid=uuid, permission=Permission.ENROLLMENTS_READ, by=mira)


def test_its_head_is_in_the_same_reach(program: ProgramOutline) -> None:
    get = partial(
        get_program_head_in_reach,
        uuid=str(program.uuid),
        permission=Permission.ENROLLMENTS_WRITE,
    )
    found = get(by=given.holder_of("write"))
    assert (found.id, found.curricula) == (program.id, program.curricula)
    with pytest.raises(PermissionMissing):
        get(by=given.holder_of("read", username="reader"))


def test_a_key_is_no_uuid(program: ProgramOutline) -> None:
    assert get_program_of_uuid(uuid=str(program.uuid).upper()) == program
    with pytest.raises(UnknownProgram):
        get_program_of_uuid(uuid=program.key)
