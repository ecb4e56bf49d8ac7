"""Who may write course enrollments; it is asked before anything else."""

from collections.abc import Callable

import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.course_enrollments.api import (
    CourseRow,
    DirectRow,
    list_attendance,
    plan_program_course_enrollments,
    write_direct_enrollments,
    write_program_course_enrollments,
)
from matricula.lms.identities.api import email_address
from matricula.lms.kernel.api import Actor, WriteMode
from tests import given
from tests.lms.kernel.seeing import read_all

pytestmark = pytest.mark.django_db

HYD = "course-v1:RiverU+HYD1+2031_T1"


def inactive(by: Actor) -> Actor:
    Account.objects.update(is_active=False)
    return by


OTHERS: dict[str, Callable[[], Actor]] = {
    "nobody": lambda: given.acting(given.account("nobody")),
    "a reader": lambda: given.holder_of("read"),
    "support": lambda: given.holder_of("support", school_key=None),
    "another school's registrar": lambda: given.holder_of("write", school_key="LakeU"),
    "a registrar whose account is not active": lambda: inactive(given.holder_of("write")),
    "the sign-on": lambda: given.MAIL,
}
WHO = pytest.mark.parametrize("who", OTHERS.values(), ids=OTHERS)


def write(program: ProgramOutline, rows: list[CourseRow], by: Actor) -> object:
    return write_program_course_enrollments(
        program=program, rows=rows, mode=WriteMode.UPSERT, by=by, at=given.NOW
    )


def plan(program: ProgramOutline, rows: list[CourseRow], by: Actor) -> object:
    return plan_program_course_enrollments(
        program=program, rows=rows, mode=WriteMode.UPSERT, by=by
    )


def grant(by: Actor, *, school_key: str | None = "RiverU") -> object:
    name = (
        email_address("a@example.org")
        if school_key is None
        else given.key_of("rv-1", school_key=school_key)
    )
    row = DirectRow(2, name, given.course_run().pk, "nonsense", is_active=True)
    return write_direct_enrollments(rows=[row], mode=WriteMode.UPSERT, by=by, at=given.NOW)


def test_the_registrar_of_the_school_may() -> None:
    program, by = given.program(runs=[given.course_run()]), given.holder_of("write")
    for act in (write, plan):
        assert act(program, [CourseRow(2, "rv-1", HYD, "active")], by) != []


@WHO
@pytest.mark.parametrize("act", [write, plan])
@pytest.mark.parametrize("rows", [[], [CourseRow(2, "\x00", "nowhere", "nonsense")]])
def test_others_may_not_write_a_course_roster(
    who: Callable[[], Actor], act: Callable[..., object], rows: list[CourseRow]
) -> None:
    program, by = given.program(runs=[given.course_run()]), who()
    before = read_all()
    with pytest.raises(PermissionMissing):
        act(program, rows, by)
    assert read_all() == before


@WHO
def test_others_may_not_grant_a_run_directly(who: Callable[[], Actor]) -> None:
    by = who()
    given.school()
    given.course_run()
    before = read_all()
    with pytest.raises(PermissionMissing):
        grant(by)
    assert read_all() == before


@pytest.mark.parametrize("school_key", ["RiverU", None])
def test_a_schools_registrar_may_not_grant_runs_directly(school_key: str | None) -> None:
    before = given.holder_of("write"), given.course_run(), given.school()
    with pytest.raises(PermissionMissing):
        grant(before[0], school_key=school_key)
    assert read_all()["course_enrollment"] == []
    assert grant(given.holder_of("write", school_key=None, username="all")) != []


def test_who_attends_is_for_readers_of_everything() -> None:
    with pytest.raises(PermissionMissing):
        list_attendance(course_run_ids=[], by=given.holder_of("read"))
    by = given.holder_of("read", school_key=None, username="all")
    assert list_attendance(course_run_ids=[], by=by) == []
