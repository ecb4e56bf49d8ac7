from collections.abc import Sequence
from decimal import Decimal

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import CourseRun, ProgramOutline
from matricula.lms.grades.api import EarnedGrade, record_grades
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import StudentGrade, list_student_grades
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> CourseRun:
    return given.course_run("HYD1")


@pytest.fixture
def program(run: CourseRun) -> ProgramOutline:
    made = given.program(runs=[run])
    keys = [f"rv-{number}" for number in range(5)]
    given.enrolled(*keys, program=made)
    given.on_course(*keys, program=made, run=run)
    for key in keys[:4]:
        given.bound(key, given.account(f"of-{key}"))
    return made


def grades(
    program: ProgramOutline,
    run: CourseRun,
    *,
    limit: int = 9,
    by: Actor = given.OPERATOR,
    **edge: int,
) -> Sequence[StudentGrade]:
    return list_student_grades(program=program, course_run_id=run.pk, limit=limit, by=by, **edge)


def keys_of(found: Sequence[StudentGrade]) -> list[str]:
    return [grade.student_key for grade in found]


def test_students_with_an_account_have_grades_and_those_who_wait_have_none(
    program: ProgramOutline, run: CourseRun
) -> None:
    first = Account.objects.get(username="of-rv-0")
    earned = EarnedGrade(first.pk, run.pk, "A", is_passing=True, percent=Decimal("0.9"))
    record_grades(grades=[earned], by=given.OPERATOR, at=given.NOW)

    found = grades(program, run)

    assert keys_of(found) == ["rv-0", "rv-1", "rv-2", "rv-3"]
    assert (found[0].percent, found[0].letter, found[0].is_passing) == (Decimal("0.9"), "A", True)
    assert (found[1].percent, found[1].letter, found[1].is_passing) == (Decimal(0), "", False)


def test_a_list_goes_on_after_an_id_and_back_before_one(
    program: ProgramOutline, run: CourseRun
) -> None:
    ids = [grade.id for grade in grades(program, run)]
    assert keys_of(grades(program, run, limit=2)) == ["rv-0", "rv-1"]
    assert keys_of(grades(program, run, limit=2, after=ids[1])) == ["rv-2", "rv-3"]
    assert keys_of(grades(program, run, limit=2, before=ids[3])) == ["rv-1", "rv-2"]
    assert keys_of(grades(program, run, before=ids[0])) == []


def test_somebody_known_by_two_keys_has_their_grade_under_each(
    program: ProgramOutline, run: CourseRun
) -> None:
    given.bound("rv-4", Account.objects.get(username="of-rv-0"))
    assert keys_of(grades(program, run))[-1] == "rv-4"


def test_another_schools_registrar_may_not_ask(program: ProgramOutline, run: CourseRun) -> None:
    theirs = given.holder_of("write", school_key="Hillside")
    with pytest.raises(PermissionMissing):
        grades(program, run, by=theirs)
