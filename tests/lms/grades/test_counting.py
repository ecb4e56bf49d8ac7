import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.grades.api import EarnedGrade, count_grades, record_grades
from tests import given

pytestmark = pytest.mark.django_db


def test_grades_are_counted_by_letter_in_the_runs_asked_for() -> None:
    run, other = given.course_run("HYD1"), given.course_run("HYD2")
    learners = [given.account(name) for name in ("mira", "lena", "sami")]
    grades = [
        EarnedGrade(learner.pk, run.pk, letter, is_passing=letter != "F")
        for learner, letter in zip(learners, "AFA", strict=True)
    ]
    grades.append(EarnedGrade(learners[0].pk, other.pk, "B", is_passing=True))
    record_grades(grades=grades, by=given.OPERATOR, at=given.NOW)
    assert count_grades(course_run_ids=[run.pk], by=given.OPERATOR) == {"A": 2, "F": 1}


def test_counting_needs_the_permission_to_read_everywhere() -> None:
    with pytest.raises(PermissionMissing):
        count_grades(course_run_ids=[], by=given.MAIL)
