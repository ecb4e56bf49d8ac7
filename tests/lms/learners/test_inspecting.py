"""Inspecting a person as support does: with account or waiting, everywhere or at one school."""

from datetime import timedelta

import pytest

from matricula.lms.accounts.api import Account, UnknownAccount
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import UnknownIdentity, account_itself
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import Inspection, inspect_account, inspect_student
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

LATER = given.NOW + timedelta(days=3)


@pytest.fixture
def river() -> ProgramOutline:
    run = given.course_run()
    made = given.program(runs=[run])
    given.enrolled("rv-1", program=made)
    given.on_course("rv-1", program=made, run=run, at=LATER)
    return made


@pytest.fixture
def lake() -> ProgramOutline:
    made = given.program("lakes", school_key="LakeU")
    given.enrolled("rv-1", program=made)
    return made


@pytest.fixture
def mira(river: ProgramOutline) -> Account:
    made = given.account("mira")
    given.bound("rv-1", made)
    return made


def student(
    key: str = "rv-1", *, organization: str = "RiverU", by: Actor = given.OPERATOR
) -> Inspection:
    return inspect_student(organization_key=organization, key=key, by=by)


def account(asked: str = "mira", *, by: Actor = given.OPERATOR) -> Inspection:
    return inspect_account(asked=asked, by=by)


def test_an_account_is_shown_with_its_programs_and_their_courses(
    mira: Account, river: ProgramOutline
) -> None:
    found = account("mira@example.org")
    assert found.profile is not None
    assert found.profile.id == mira.pk
    assert [(key.organization, key.value) for key in found.keys] == [("RiverU", "rv-1")]
    [enrollment] = found.enrollments
    assert (enrollment.program_uuid, enrollment.program_title) == (river.uuid, "Hydrology")
    assert (enrollment.student_key, enrollment.status) == ("rv-1", "enrolled")
    assert (enrollment.created_at, enrollment.modified_at) == (given.NOW, given.NOW)
    [course] = enrollment.courses
    assert (course.course_run, course.is_active) == (given.course_run().key, True)
    assert (course.created_at, course.modified_at) == (LATER, LATER)
    assert course.seat is not None
    assert (course.seat.mode, course.seat.is_active) == ("masters", True)


def test_the_seat_is_what_all_grants_add_up_to(mira: Account, river: ProgramOutline) -> None:
    given.enrolled("rv-1", program=river, status="suspended")
    [enrollment] = account().enrollments
    seat = enrollment.courses[0].seat
    assert seat is not None
    assert (seat.mode, seat.is_active) == ("masters", False)
    given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode="verified")
    seat = account().enrollments[0].courses[0].seat
    assert seat is not None
    assert (seat.mode, seat.is_active) == ("verified", True)


@pytest.mark.usefixtures("river")
def test_whoever_waits_is_found_by_the_student_key() -> None:
    found = student("RV-1", organization="riveru")
    assert found.profile is None
    assert [(key.organization, key.value) for key in found.keys] == [("RiverU", "rv-1")]
    [enrollment] = found.enrollments
    assert enrollment.courses[0].is_active
    assert enrollment.courses[0].seat is None


def test_a_search_at_one_school_shows_nothing_of_another(
    mira: Account, river: ProgramOutline, lake: ProgramOutline
) -> None:
    given.bound("rv-1", mira, school_key="LakeU")
    assert [each.program_uuid for each in student().enrollments] == [river.uuid]
    found = student(organization="LakeU")
    assert [each.program_uuid for each in found.enrollments] == [lake.uuid]
    assert [key.organization for key in found.keys] == ["LakeU"]
    assert len(account().enrollments) == 2


def test_an_agent_of_one_school_sees_that_school_alone(
    mira: Account, river: ProgramOutline, lake: ProgramOutline
) -> None:
    given.bound("rv-1", mira, school_key="LakeU")
    by = given.holder_of("support")
    found = account(by=by)
    assert [each.program_uuid for each in found.enrollments] == [river.uuid]
    assert [key.organization for key in found.keys] == ["RiverU"]
    with pytest.raises(UnknownIdentity):
        student(organization="LakeU", by=by)
    stranger = given.holder_of("support", school_key="HillU", username="hill")
    with pytest.raises(UnknownAccount):
        account(by=stranger)


def test_a_plus_that_became_a_blank_is_tried_as_a_plus(river: ProgramOutline) -> None:
    given.enrolled("rv+9", program=river)
    assert student("rv 9").enrollments[0].student_key == "rv+9"
    given.enrolled("rv 9", program=river)
    assert student("rv 9").enrollments[0].student_key == "rv 9"


@pytest.mark.usefixtures("river")
@pytest.mark.parametrize("key", ["", " ", "rv-2", "rv\x00", "x" * 300])
def test_nobody_is_refused(key: str) -> None:
    for organization in ("RiverU", "NoU", "\x00", ""):
        with pytest.raises(UnknownIdentity):
            student(key, organization=organization)
    with pytest.raises(UnknownAccount):
        account(key)


def test_the_number_of_queries_does_not_depend_on_what_there_is(mira: Account) -> None:
    by = given.holder_of("support", school_key=None)
    few = [count_statements(lambda: account(by=by)), count_statements(lambda: student(by=by))]
    runs = [given.course_run(f"C{n}") for n in range(4)]
    for n in range(5):
        program = given.program(f"p{n}", runs=runs)
        given.enrolled("rv-1", program=program)
        for run in runs:
            given.on_course("rv-1", program=program, run=run)
    assert len(account(by=by).enrollments) == 6
    many = [count_statements(lambda: account(by=by)), count_statements(lambda: student(by=by))]
    assert many == few
    assert max(many) <= 10
