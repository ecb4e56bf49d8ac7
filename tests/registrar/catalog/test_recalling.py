"""Recalling programs and courses, and asking the LMS for what is not known."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from matricula.lms_client.api import FakeLms, LmsUnreachable
from matricula.registrar.catalog.api import (
    UnknownCourse,
    forget_courses,
    recall_course_run,
    recall_courses,
    recall_program,
)
from matricula.registrar.kernel.api import LmsIsUnreachable
from matricula.registrar.partners.api import PermissionMissing, UnknownProgram, find_program
from tests.registrar import given

pytestmark = pytest.mark.django_db


def away() -> FakeLms:
    raise LmsUnreachable("The LMS cannot be reached: there is no connection.")


def test_what_is_known_costs_no_call(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    given.remembered()
    settings.REACH_LMS = away
    with django_assert_num_queries(1):
        program = recall_program(key=given.HYDROLOGY, at=given.NOW)
    with django_assert_num_queries(2):
        assert len(recall_courses(program=program, at=given.NOW).runs) == 2


def test_a_program_that_is_not_known_is_asked_for() -> None:
    program = recall_program(key=given.HYDROLOGY, at=given.NOW)
    assert len(recall_courses(program=program, at=given.NOW).runs) == 2
    assert find_program(key=given.POETRY) is None  # it alone


def test_one_that_the_lms_does_not_know_is_unknown() -> None:
    with pytest.raises(UnknownProgram):
        recall_program(key="nothing", at=given.NOW)


def test_a_failure_is_told_and_not_remembered(settings: Settings, lms: FakeLms) -> None:
    settings.REACH_LMS = away
    with pytest.raises(LmsIsUnreachable):
        recall_program(key=given.HYDROLOGY, at=given.NOW)
    settings.REACH_LMS = lambda: lms
    assert recall_program(key=given.HYDROLOGY, at=given.NOW).key == given.HYDROLOGY


@pytest.mark.parametrize("name", [given.RUN, "HYD-A"])
def test_a_course_run_is_found_by_either_name(name: str) -> None:
    program = given.program()
    run = recall_course_run(program=program, name=name, at=given.NOW)
    assert run.key == given.RUN


@pytest.mark.parametrize("name", ["", "hyd-a", "course-v1:RiverU+ART1+2031_T1"])
def test_a_course_run_of_no_such_name_is_unknown(name: str) -> None:
    program = given.program()
    with pytest.raises(UnknownCourse):
        recall_course_run(program=program, name=name, at=given.NOW)


def test_what_was_forgotten_is_asked_for_again(settings: Settings) -> None:
    program = given.program()
    staff = given.actor("boss", is_staff=True)
    assert forget_courses(program=program, by=staff) == 1
    assert len(recall_courses(program=program, at=given.NOW).runs) == 2
    assert forget_courses(program=None, by=staff) == 3
    settings.REACH_LMS = away
    with pytest.raises(LmsIsUnreachable):
        recall_courses(program=program, at=given.NOW)


def test_only_staff_forget() -> None:
    with pytest.raises(PermissionMissing):
        forget_courses(program=None, by=given.actor())
