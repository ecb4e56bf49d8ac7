"""As of: what there was at a past moment, seen from today."""

from datetime import datetime, timedelta

import msgspec
import pytest

from matricula.lms.access.api import PermissionMissing
from matricula.lms.accounts.api import Account
from matricula.lms.catalog.api import ProgramOutline
from matricula.lms.identities.api import (
    account_itself,
    rebind_identity,
    unbind_identity,
)
from matricula.lms.kernel.api import Actor
from matricula.lms.learners.api import (
    NotThereYet,
    Picture,
    get_learner,
    get_named_learner,
    list_course_enrollments_as_of,
    list_program_enrollments_as_of,
    picture_learner,
    picture_learner_as_of,
)
from matricula.lms.people.api import retire_account
from matricula.lms.preemptive_enrollments.api import Waiting, withdraw_waiting
from tests import given
from tests.lms.kernel.seeing import count_statements

pytestmark = pytest.mark.django_db

BEFORE = given.NOW - timedelta(days=1)


def day(number: int) -> datetime:
    return given.NOW + timedelta(days=number)


def of_mira(at: datetime, *, by: Actor = given.OPERATOR) -> Picture:
    return picture_learner_as_of(
        learner=get_learner(username="mira", by=given.OPERATOR), as_of=at, by=by
    )


def of_key(at: datetime, *, by: Actor = given.OPERATOR) -> Picture:
    learner = get_named_learner(name=given.key_of("rv-1"), by=given.OPERATOR)
    return picture_learner_as_of(learner=learner, as_of=at, by=by)


@pytest.fixture
def program() -> ProgramOutline:
    """On day 0 rv-1 is in the program and on its course."""
    made = given.program(runs=[given.course_run()])
    given.enrolled("rv-1", program=made)
    given.on_course("rv-1", program=made, run=given.course_run())
    return made


@pytest.fixture
def mira(program: ProgramOutline) -> Account:
    """On day 2 Mira proves that she is rv-1."""
    made = given.account("mira")
    given.bound("rv-1", made, at=day(2))
    return made


def test_now_is_a_moment_like_any_other(mira: Account) -> None:
    given.granted(account_itself(mira.uuid), run=given.course_run(), grant_mode="verified")
    given.program("botany", runs=[given.course_run()])
    now = picture_learner(
        learner=get_learner(username="mira", by=given.OPERATOR), by=given.OPERATOR
    )
    then = of_mira(day(3))
    assert sorted(map(repr, then.seats[0].grants)) == sorted(map(repr, now.seats[0].grants))
    trim = {"seats": ()}
    assert msgspec.structs.replace(then, **trim) == msgspec.structs.replace(now, **trim)
    assert of_key(day(3)) == then


def test_before_the_binding_the_account_had_nothing(mira: Account) -> None:
    found = of_mira(day(1))
    assert (found.account, found.identities, found.program_enrollments, found.seats) == (
        "mira",
        (),
        (),
        (),
    )


def test_before_the_binding_the_name_waited(mira: Account) -> None:
    found = of_key(day(1))
    assert (found.account, found.identities[0].bound) == (None, False)
    assert found.program_enrollments[0].waiting
    assert found.seats[0].grants[0].reason == "waiting: no account has proven this name yet"
    assert of_key(day(2)).account == "mira"


def test_after_the_unbinding_it_waits_again(mira: Account) -> None:
    unbind_identity(name=given.key_of("rv-1"), by=given.OPERATOR, at=day(4), reason="no")
    assert of_mira(day(4)).identities == ()
    assert of_key(day(4)).account is None
    assert of_mira(day(3)).seats[0].is_active
    assert of_key(day(3)) == of_mira(day(3))


def test_after_moving_it_is_the_others_and_was_the_firsts(mira: Account) -> None:
    noah = given.account("noah")
    rebind_identity(
        name=given.key_of("rv-1"), account_id=noah.pk, by=given.OPERATOR, at=day(4), reason="his"
    )
    assert of_key(day(3)).account == "mira"
    assert of_key(day(5)).account == "noah"
    assert of_mira(day(3)).seats != ()
    assert of_mira(day(5)).seats == ()


def test_a_status_is_as_it_was(mira: Account, program: ProgramOutline) -> None:
    given.enrolled("rv-1", program=program, status="suspended", at=day(4))
    given.enrolled("rv-1", program=program, at=day(6))
    statuses = [of_mira(day(n)).program_enrollments[0].status for n in (3, 4, 5, 6, 9)]
    assert statuses == ["enrolled", "suspended", "suspended", "enrolled", "enrolled"]
    assert [of_mira(day(n)).seats[0].is_active for n in (3, 5, 7)] == [True, False, True]


def test_a_grant_is_as_it_was(mira: Account, program: ProgramOutline) -> None:
    run = given.course_run()
    given.on_course("rv-1", program=program, run=run, status="inactive", at=day(4))
    assert [of_mira(day(n)).seats[0].is_active for n in (3, 4)] == [True, False]


def test_what_was_deleted_is_seen_before(program: ProgramOutline) -> None:
    withdraw_waiting(
        which=Waiting(program_id=program.id), by=given.OPERATOR, at=day(4), reason="left"
    )
    before, after = of_key(day(3)), of_key(day(5))
    assert [each.program for each in before.program_enrollments] == ["hydrology"]
    assert [seat.course_run for seat in before.seats] == [given.course_run().key]
    assert before.seats[0].grants[0].program == "hydrology"
    assert (after.program_enrollments, after.seats) == ((), ())


def test_before_anything_was_made_there_is_nothing(mira: Account) -> None:
    found = of_key(BEFORE)
    assert (found.identities, found.program_enrollments, found.seats) == ((), (), ())


def test_an_account_that_was_made_later_is_said(mira: Account) -> None:
    with pytest.raises(NotThereYet, match="'mira' then: it was made at 2031-01-10T09:00:00"):
        of_mira(mira.date_joined - timedelta(seconds=1))
    assert of_mira(mira.date_joined).account == "mira"


def test_a_retired_person_is_not_brought_back(mira: Account) -> None:
    retire_account(account=mira, by=given.OPERATOR, at=day(4), reason="asked")
    mira.refresh_from_db()
    learner = get_learner(username=mira.username, by=given.OPERATOR)
    found = picture_learner_as_of(learner=learner, as_of=day(3), by=given.OPERATOR)
    text = msgspec.json.encode(found).decode()
    assert "rv-1" not in text
    assert [each.value[:8] for each in found.identities] == ["retired_"]
    assert [each.status for each in found.program_enrollments] == ["enrolled"]
    assert found.seats[0].is_active
    later = picture_learner_as_of(learner=learner, as_of=day(5), by=given.OPERATOR)
    assert later.identities == ()


def test_everybody_sees_all_of_themselves(mira: Account) -> None:
    assert of_mira(day(3), by=given.acting(mira)) == of_mira(day(3))


def test_who_reads_for_a_school_sees_its_side(mira: Account) -> None:
    by = given.holder_of("read")
    assert of_mira(day(3), by=by) == of_mira(day(3))
    other = given.holder_of("read", school_key="LakeU", username="lake")
    for found in (of_mira(day(3), by=other), of_key(day(3), by=other)):
        assert (found.identities, found.program_enrollments, found.seats) == ((), (), ())
    assert of_key(day(3), by=other).account is None


@pytest.mark.parametrize("programs", [1, 5])
def test_the_number_of_statements_does_not_depend_on_what_there_was(programs: int) -> None:
    mira = given.account("mira")
    for n in range(programs):
        program = given.program(f"p{n}", runs=[given.course_run(f"C{n}")])
        given.enrolled(f"rv-{n}", program=program)
        given.on_course(f"rv-{n}", program=program, run=given.course_run(f"C{n}"))
        given.bound(f"rv-{n}", mira)
    assert count_statements(lambda: of_mira(day(1))) == 14


class TestPrograms:
    def programs(self, program: ProgramOutline, at: datetime) -> list[tuple[str, str]]:
        found = list_program_enrollments_as_of(program=program, as_of=at, by=given.OPERATOR)
        return [(each.student_key, each.status) for each in found]

    def courses(self, program: ProgramOutline, at: datetime) -> list[tuple[str, bool]]:
        found = list_course_enrollments_as_of(program=program, as_of=at, by=given.OPERATOR)
        return [(each.student_key, each.is_active) for each in found]

    def test_a_program_is_as_it_was(self, program: ProgramOutline) -> None:
        run = given.course_run()
        given.enrolled("rv-0", program=program, at=day(1))
        given.on_course("rv-0", program=program, run=run, at=day(1))
        given.enrolled("rv-1", program=program, status="ended", at=day(2))
        given.on_course("rv-1", program=program, run=run, status="inactive", at=day(2))
        which = Waiting(program_id=program.id, names=(given.key_of("rv-0"),))
        withdraw_waiting(which=which, by=given.OPERATOR, at=day(3), reason="left")
        assert self.programs(program, BEFORE) == []
        assert self.programs(program, day(0)) == [("rv-1", "enrolled")]
        assert self.programs(program, day(1)) == [("rv-0", "enrolled"), ("rv-1", "enrolled")]
        assert self.programs(program, day(2)) == [("rv-0", "enrolled"), ("rv-1", "ended")]
        assert self.programs(program, day(3)) == [("rv-1", "ended")]
        assert self.courses(program, BEFORE) == []
        assert self.courses(program, day(1)) == [("rv-0", True), ("rv-1", True)]
        assert self.courses(program, day(2)) == [("rv-0", True), ("rv-1", False)]
        assert self.courses(program, day(3)) == [("rv-1", False)]

    def test_what_is_said_of_a_row(self, program: ProgramOutline) -> None:
        [enrollment] = list_program_enrollments_as_of(
            program=program, as_of=day(0), by=given.OPERATOR
        )
        assert enrollment.curriculum == str(next(iter(program.curricula)))
        [grant] = list_course_enrollments_as_of(program=program, as_of=day(0), by=given.OPERATOR)
        assert (grant.course_run, grant.mode) == (given.course_run().key, "masters")

    @pytest.mark.usefixtures("program")
    def test_another_program_is_another(self) -> None:
        assert self.programs(given.program("botany"), day(1)) == []

    def test_only_readers_of_the_school_may(self, program: ProgramOutline) -> None:
        for list_ in (list_program_enrollments_as_of, list_course_enrollments_as_of):
            with pytest.raises(PermissionMissing):
                list_(
                    program=program,
                    as_of=day(0),
                    by=given.holder_of("read", school_key="LakeU", username=list_.__name__),
                )
        by = given.holder_of("read")
        assert len(list_program_enrollments_as_of(program=program, as_of=day(0), by=by)) == 1
