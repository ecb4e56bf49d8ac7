"""Which staff roles somebody has, and when they work."""

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import get_program
from matricula.lms.course_enrollments.api import list_course_roles
from matricula.lms.kernel.api import Actor
from matricula.lms.program_enrollments.api import STATUSES
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> Account:
    made = given.account("teacher")
    program = given.program(runs=[given.course_run()])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=given.course_run(), course_staff="true")
    given.bound("rv-1", made)
    return made


def roles(who: Account, by: Actor = given.OPERATOR) -> list[tuple[str, str]]:
    return [(each.course_run, each.role) for each in list_course_roles(account_id=who.pk, by=by)]


def test_a_role_of_a_proven_student_key_is_the_accounts(teacher: Account) -> None:
    assert roles(teacher, by=given.acting(teacher)) == [(given.course_run().key, "staff")]
    assert roles(given.account("noah")) == []


@pytest.mark.parametrize("status", STATUSES)
def test_it_works_while_the_program_enrollment_does(teacher: Account, status: str) -> None:
    program = get_program(key="hydrology")
    given.enrolled("rv-1", program=program, status=status)
    assert bool(roles(teacher)) is STATUSES[status].may_study


def test_and_while_the_course_enrollment_does(teacher: Account) -> None:
    program = get_program(key="hydrology")
    given.on_course("rv-1", program=program, run=given.course_run(), status="inactive")
    assert roles(teacher) == []


def test_others_are_not_asked_about(teacher: Account) -> None:
    for by in (given.acting(given.account("noah")), given.holder_of("read")):
        with pytest.raises(PermissionMissing):
            roles(teacher, by=by)
