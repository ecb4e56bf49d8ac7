"""What waits, by program, school and age."""

from datetime import timedelta

import pytest

from matricula.lms.identities.api import email_address
from matricula.lms.kernel.api import Actor
from matricula.lms.people.api import retire_account
from matricula.lms.preemptive_enrollments.api import Waiting, WaitingEnrollment, list_waiting
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def waiting(
    which: Waiting | None = None, *, by: Actor = given.OPERATOR
) -> list[WaitingEnrollment]:
    return list_waiting(which=which or Waiting(), by=by)


def values(which: Waiting | None = None, *, by: Actor = given.OPERATOR) -> list[str]:
    return [each.value for each in waiting(which, by=by)]


def test_what_was_made_for_nobody_yet_waits() -> None:
    runs = [given.course_run("HYD1"), given.course_run("HYD2")]
    program = given.program(runs=runs)
    given.enrolled("rv-1", program=program)
    for n, run in enumerate(runs):
        given.on_course("rv-1", program=program, run=run, at=given.NOW + n * DAY)
    address = email_address("a@x.org")
    given.granted(address, run=runs[0], is_active=False, at=given.NOW + 2 * DAY)
    assert waiting() == [
        WaitingEnrollment(
            kind="student_key",
            organization="RiverU",
            value="rv-1",
            program="hydrology",
            course_run=None,
            status="enrolled",
            courses=2,
            since=given.NOW,
            last_change=given.NOW + DAY,
        ),
        WaitingEnrollment(
            kind="email",
            organization=None,
            value="a@x.org",
            program=None,
            course_run=runs[0].key,
            status="inactive",
            courses=1,
            since=given.NOW + 2 * DAY,
            last_change=given.NOW + 2 * DAY,
        ),
    ]


def test_what_is_somebodys_or_retired_does_not() -> None:
    program = given.program()
    given.enrolled("rv-1", "rv-2", "rv-3", program=program)
    given.bound("rv-1", given.account("mira"))
    noah = given.account("noah")
    given.bound("rv-2", noah)
    retire_account(account=noah, by=given.OPERATOR, at=given.NOW, reason="asked")
    assert values() == ["rv-3"]


def test_it_is_chosen_by_program_school_and_name() -> None:
    hydrology, botany = given.program(), given.program("botany")
    lakes = given.program("lakes", school_key="LakeU")
    given.enrolled("rv-1", program=hydrology)
    given.enrolled("rv-2", program=botany)
    given.enrolled("lk-1", program=lakes)
    given.granted(email_address("a@x.org"), run=given.course_run())
    assert values(Waiting(program_id=botany.id)) == ["rv-2"]
    assert values(Waiting(organization_id=given.school("LakeU").pk)) == ["lk-1"]
    assert values(Waiting(names=(given.key_of("rv-1"), email_address("a@x.org")))) == [
        "rv-1",
        "a@x.org",
    ]
    assert values(Waiting(program_id=botany.id, names=(given.key_of("rv-1"),))) == []
    assert values(Waiting(names=())) == []


@pytest.mark.parametrize("touched", ["nothing", "program", "course"])
def test_it_is_as_old_as_its_last_change_courses_included(touched: str) -> None:
    run = given.course_run()
    program = given.program(runs=[run])
    given.enrolled("rv-1", program=program)
    given.on_course("rv-1", program=program, run=run)
    if touched == "program":
        given.enrolled("rv-1", program=program, status="pending", at=given.NOW + DAY)
    elif touched == "course":
        given.on_course("rv-1", program=program, run=run, status="inactive", at=given.NOW + DAY)
    at_first = Waiting(unchanged_since=given.NOW)
    assert values(at_first) == (["rv-1"] if touched == "nothing" else [])
    assert values(Waiting(unchanged_since=given.NOW + DAY)) == ["rv-1"]
    assert values(Waiting(unchanged_since=given.NOW - DAY)) == []


def test_who_reads_for_a_school_sees_its_students() -> None:
    given.enrolled("rv-1", program=given.program())
    given.enrolled("lk-1", program=given.program("lakes", school_key="LakeU"))
    given.granted(email_address("a@x.org"), run=given.course_run())
    assert values(by=given.holder_of("read")) == ["rv-1"]
    lake = given.holder_of("write", school_key="LakeU", username="lake")
    assert values(by=lake) == ["lk-1"]
    assert values(Waiting(names=(given.key_of("rv-1"),)), by=lake) == []
    assert values(by=given.holder_of("read", school_key=None, username="all")) == values()
    assert values(by=given.holder_of("catalog", username="cataloger")) == []


def test_it_takes_one_statement() -> None:
    given.enrolled("rv-1", "rv-2", program=given.program())
    assert count_statements(waiting) == 1
