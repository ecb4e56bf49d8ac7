"""A program as it was, page by page."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import (
    CourseEnrollmentsWanted,
    ListedCourseEnrollment,
    list_course_enrollments,
)
from matricula.lms.identities.api import unbind_identity
from matricula.lms.learners.api import (
    PastWanted,
    list_past_course_enrollments,
    list_past_program_enrollments,
)
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting
from matricula.lms.program_enrollments.api import (
    ListedProgramEnrollment,
    ProgramEnrollmentsWanted,
    list_program_enrollments,
)
from tests import given
from tests.lms.kernel.seeing import count_statements, list_nodes, planning, run

pytestmark = pytest.mark.django_db


def day(number: int) -> datetime:
    return given.NOW + timedelta(days=number)


def programs(program: ProgramOutline, at: int, **which: Any) -> list[ListedProgramEnrollment]:  # noqa: ANN401  any side
    return list_past_program_enrollments(
        program=program, as_of=day(at), which=PastWanted(**which), by=given.OPERATOR
    )


def courses(program: ProgramOutline, at: int, **which: Any) -> list[ListedCourseEnrollment]:  # noqa: ANN401  any side
    return list_past_course_enrollments(
        program=program, as_of=day(at), which=PastWanted(**which), by=given.OPERATOR
    )


@pytest.fixture
def program() -> ProgramOutline:
    """On day 0 rv-1 and rv-2 are in the program and on its course; then much happens."""
    hyd = given.course_run()
    made = given.program(runs=[hyd, given.course_run("GEO1")])
    given.enrolled("rv-1", "rv-2", program=made)
    given.on_course("rv-1", program=made, run=hyd, course_staff="yes")
    given.on_course("rv-2", program=made, run=hyd)
    given.bound("rv-1", given.account("mira"), at=day(1))
    given.enrolled("rv-1", program=made, status="suspended", at=day(2))
    given.enrolled("rv-3", program=made, at=day(2))
    given.on_course("rv-1", program=made, run=hyd, course_staff="no", status="inactive", at=day(3))
    names = (given.key_of("rv-2"),)
    withdraw_waiting(
        which=Waiting(program_id=made.id, names=names), by=given.OPERATOR, at=day(4), reason="left"
    )
    unbind_identity(name=given.key_of("rv-1"), by=given.OPERATOR, at=day(5), reason="no")
    return made


def test_now_is_a_moment_like_any_other(program: ProgramOutline) -> None:
    given.bound("rv-1", given.account("noah"), at=day(6))
    given.on_course("rv-3", program=program, run=given.course_run(), course_staff="yes", at=day(6))
    given.enrolled("rv-1", program=program, at=day(6))
    which, by = ProgramEnrollmentsWanted(program_id=program.id), given.OPERATOR
    assert programs(program, 7) == list_program_enrollments(which=which, limit=100, by=by)
    grants = CourseEnrollmentsWanted(program_id=program.id)
    assert courses(program, 7) == list_course_enrollments(which=grants, limit=100, by=by)
    assert len(courses(program, 7)) == 2


def test_each_day_is_as_it_was(program: ProgramOutline) -> None:
    seen = [
        [(each.student_key, each.status, each.account_exists) for each in programs(program, at)]
        for at in range(-1, 6)
    ]
    two = ("rv-2", "enrolled", False)
    three = ("rv-3", "enrolled", False)
    assert seen == [
        [],
        [("rv-1", "enrolled", False), two],
        [("rv-1", "enrolled", True), two],
        [("rv-1", "suspended", True), two, three],
        [("rv-1", "suspended", True), two, three],
        [("rv-1", "suspended", True), three],
        [("rv-1", "suspended", False), three],
    ]
    assert [each.username for each in programs(program, 1)] == ["mira", ""]


def test_so_is_each_grant(program: ProgramOutline) -> None:
    seen = [
        [
            (each.value, each.is_active, each.effective, each.course_staff)
            for each in courses(program, at)
        ]
        for at in range(6)
    ]
    two = ("rv-2", True, False, False)
    assert seen == [
        [("rv-1", True, False, True), two],
        [("rv-1", True, True, True), two],
        [("rv-1", True, False, True), two],
        [("rv-1", False, False, False), two],
        [("rv-1", False, False, False)],
        [("rv-1", False, False, False)],
    ]


def test_every_filter_leaves_what_it_names(program: ProgramOutline) -> None:
    def keys(**which: Any) -> list[str | None]:  # noqa: ANN401  any side
        return [each.student_key for each in programs(program, 3, **which)]

    assert keys(statuses=("enrolled",)) == ["rv-2", "rv-3"]
    assert keys(waiting=False) == ["rv-1"]
    assert keys(names=(given.key_of("RV-2"), given.key_of("rv-1"))) == ["rv-1", "rv-2"]
    assert [each.value for each in courses(program, 3, is_active=True)] == ["rv-2"]
    assert [each.value for each in courses(program, 3, names=(given.key_of("rv-2"),))] == ["rv-2"]
    assert courses(program, 3, course_run_ids=(given.course_run("GEO1").pk,)) == []
    assert len(courses(program, 3, course_run_ids=(given.course_run().pk,))) == 2


def test_pages_follow_each_other(program: ProgramOutline) -> None:
    whole = programs(program, 3)
    for n, each in enumerate(whole):
        page = list_past_program_enrollments(
            program=program, as_of=day(3), by=given.OPERATOR, after=each.id, limit=1
        )
        assert page == whole[n + 1 : n + 2]
    grants = courses(program, 3)
    for n, grant in enumerate(grants):
        following = list_past_course_enrollments(
            program=program, as_of=day(3), by=given.OPERATOR, after=grant.position, limit=1
        )
        assert following == grants[n + 1 : n + 2]


def test_another_program_is_another(program: ProgramOutline) -> None:
    other = given.program("botany")
    assert (programs(other, 3), courses(other, 3)) == ([], [])


def test_only_readers_of_the_school_may(program: ProgramOutline) -> None:
    by = given.holder_of("read", school_key="LakeU")
    for list_past in (list_past_program_enrollments, list_past_course_enrollments):
        with pytest.raises(PermissionMissing):
            list_past(program=program, as_of=day(3), by=by)


def test_either_takes_one_statement(program: ProgramOutline) -> None:
    assert count_statements(lambda: programs(program, 3)) == 1
    assert count_statements(lambda: courses(program, 3)) == 1


def test_a_page_far_in_looks_up_a_page_of_the_ledger() -> None:
    program = given.program(runs=[given.course_run()])
    students = [f"rv-{n}" for n in range(4000)]
    given.enrolled(*students, program=program)
    given.on_course(*students, program=program, run=given.course_run())
    run("ANALYZE")
    inside = courses(program, 1)[2000].position
    with planning("\nSELECT page.id", "SELECT page.") as plans:
        list_past_program_enrollments(
            program=program, as_of=day(1), by=given.OPERATOR, after=inside.group, limit=20
        )
        list_past_course_enrollments(
            program=program, as_of=day(1), by=given.OPERATOR, after=inside, limit=20
        )
    assert len(plans) == 2
    for plan in plans:
        whole = [n["Relation Name"] for n in list_nodes(plan) if n["Node Type"] == "Seq Scan"]
        assert not {"change", "identity", "course_enrollment"} & set(whole)
