"""What somebody studies, as a page tells it."""

from decimal import Decimal

import pytest

from matricula.lms.grades.api import EarnedGrade, record_grades
from matricula.lms.identities.api import email_address
from matricula.lms.learners.api import get_learner, survey_course, survey_studies
from tests import given

pytestmark = pytest.mark.django_db


def test_a_course_stands_in_each_of_its_programs() -> None:
    run = given.course_run()
    for key in ("botany", "hydrology"):
        program = given.program(key, runs=[run])
        given.enrolled("rv-1", program=program)
        given.on_course("rv-1", program=program, run=run)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    by = given.acting(mira)
    survey = survey_studies(learner=get_learner(username="mira", by=by), by=by, at=given.NOW)
    shown = {each.key: [course.key for course in each.courses] for each in survey.programs}
    assert shown == {"botany": [run.key], "hydrology": [run.key]}
    (course,) = survey.courses
    assert [grant.program for grant in course.grants] == ["Botany", "Hydrology"]


def test_another_school_s_reader_sees_what_is_made_for_its_own_names() -> None:
    ours, theirs = given.program("hydrology"), given.program("botany", school_key="LakeU")
    given.enrolled("rv-1", program=ours)
    given.enrolled("lk-1", program=theirs)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.bound("lk-1", mira, school_key="LakeU")
    by = given.holder_of("read", school_key="LakeU")
    survey = survey_studies(learner=get_learner(username="mira", by=by), by=by, at=given.NOW)
    assert [each.key for each in survey.programs] == ["botany"]


def test_a_program_counts_the_courses_that_were_passed_and_no_others() -> None:
    runs = [given.course_run(number) for number in ("HYD1", "HYD2", "HYD3")]
    program = given.program(runs=runs)
    given.enrolled("rv-1", program=program)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    for run in runs:
        given.on_course("rv-1", program=program, run=run)
    earned = [
        EarnedGrade(mira.pk, run.pk, letter="", is_passing=run is runs[0], percent=Decimal("0.5"))
        for run in runs[:2]
    ]
    record_grades(grades=earned, by=given.OPERATOR, at=given.NOW)
    by = given.acting(mira)
    survey = survey_studies(learner=get_learner(username="mira", by=by), by=by, at=given.NOW)
    (shown,) = survey.programs
    assert (shown.passed_count, len(shown.courses)) == (1, 3)
    assert shown.since == given.NOW


def test_a_course_says_of_each_name_that_it_was_made_for_whether_that_lets_them_in() -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    given.enrolled("rv-1", program=program, status="suspended")
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.bound(email_address("mira@example.org"), mira)
    given.granted(email_address("mira@example.org"), run=run)
    by = given.acting(mira)
    learner = get_learner(username="mira", by=by)
    course = survey_course(learner=learner, course_run=run.key, by=by, at=given.NOW)
    assert course is not None
    told = [(grant.program, grant.value, grant.school, grant.effective) for grant in course.grants]
    assert told == [
        ("Hydrology", "rv-1", "RiverU University", False),
        (None, "mira@example.org", "", True),
    ]
    assert survey_course(learner=learner, course_run="none", by=by, at=given.NOW) is None
