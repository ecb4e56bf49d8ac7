"""What somebody studies, as a page tells it."""

import pytest

from matricula.lms.learners.api import get_learner, survey_studies
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
    survey = survey_studies(learner=get_learner(username="mira", by=by), by=by)
    shown = {each.key: [course.key for course in each.courses] for each in survey.programs}
    assert shown == {"botany": [run.key], "hydrology": [run.key]}
    assert survey.courses == ()


def test_another_school_s_reader_sees_what_is_made_for_its_own_names() -> None:
    ours, theirs = given.program("hydrology"), given.program("botany", school_key="LakeU")
    given.enrolled("rv-1", program=ours)
    given.enrolled("lk-1", program=theirs)
    mira = given.account("mira")
    given.bound("rv-1", mira)
    given.bound("lk-1", mira, school_key="LakeU")
    by = given.holder_of("read", school_key="LakeU")
    survey = survey_studies(learner=get_learner(username="mira", by=by), by=by)
    assert [each.key for each in survey.programs] == ["botany"]
